/** A message on its way to one session, of QoS 1 or 2. */
export type Queued = {
  /** Its place in the order, over all sessions. */
  readonly seq: number;
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: 1 | 2;
  /** What aedes calls the message while it hands it out. */
  brokerId: string;
  brokerCounter: number;
  /** The packet id that it was sent under; undefined until then. */
  messageId: number | undefined;
  /** PUBREC has come: only the PUBREL is still owed. */
  isReleased: boolean;
};

/** What a message costs beside its topic and payload, about. */
const ENTRY_BYTES = 200;

export function bytesOf({ topic, payload }: Pick<Queued, 'topic' | 'payload'>): number {
  return topic.length + payload.length + ENTRY_BYTES;
}

/** What one session has not acknowledged, in order: [MQTT-4.6.0-5]. */
export class SessionQueue {
  readonly #entries = new Map<number, Queued>();
  readonly #byMessage = new Map<string, Queued>();
  readonly #byPacketId = new Map<number, Queued>();
  #bytes = 0;

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Oldest first; what is added meanwhile comes too. */
  entries(): IterableIterator<Queued> {
    return this.#entries.values();
  }

  add(entry: Queued): void {
    this.#entries.set(entry.seq, entry);
    this.#byMessage.set(messageKey(entry), entry);
    if (entry.messageId !== undefined) this.#byPacketId.set(entry.messageId, entry);
    this.#bytes += bytesOf(entry);
  }

  /** aedes has given the message a name of its own. */
  rename(entry: Queued, name: Pick<Queued, 'brokerId' | 'brokerCounter'>): void {
    if (this.#entries.get(entry.seq) !== entry) return;
    this.#byMessage.delete(messageKey(entry));
    entry.brokerId = name.brokerId;
    entry.brokerCounter = name.brokerCounter;
    this.#byMessage.set(messageKey(entry), entry);
  }

  find(name: Pick<Queued, 'brokerId' | 'brokerCounter'>): Queued | undefined {
    return this.#byMessage.get(messageKey(name));
  }

  findPacketId(messageId: number): Queued | undefined {
    return this.#byPacketId.get(messageId);
  }

  /** It is sent under this packet id; one that had it before has it no more. */
  assign(entry: Queued, messageId: number): void {
    const before = this.#byPacketId.get(messageId);
    if (before && before !== entry) before.messageId = undefined;
    if (entry.messageId !== undefined) this.#byPacketId.delete(entry.messageId);
    entry.messageId = messageId;
    this.#byPacketId.set(messageId, entry);
  }

  /** Of those that were never sent; else of those that were. */
  oldest(): Queued | undefined {
    let first: Queued | undefined;
    for (const entry of this.#entries.values()) {
      if (entry.messageId === undefined) return entry;
      first ??= entry;
    }
    return first;
  }

  delete(entry: Queued): void {
    if (!this.#entries.delete(entry.seq)) return;
    this.#byMessage.delete(messageKey(entry));
    if (entry.messageId !== undefined) this.#byPacketId.delete(entry.messageId);
    this.#bytes -= bytesOf(entry);
  }
}

function messageKey({ brokerId, brokerCounter }: Pick<Queued, 'brokerId' | 'brokerCounter'>): string {
  return `${brokerCounter} ${brokerId}`;
}

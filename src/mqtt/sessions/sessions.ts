import type { Clock } from '../../domain/time.ts';
import { HandOut } from './hand-out.ts';
import { newSession, type Session } from './session.ts';
import { SessionFilters } from './session-filters.ts';
import type { SessionBound, SessionLimits } from './session-limits.ts';
import { bytesOf, type Queued } from './session-queue.ts';
import type { SessionTables } from './sessions-schema.ts';
import type { TurnWriter } from './turn-writer.ts';

type Qos = 0 | 1 | 2;
type Message = { readonly topic: string; readonly payload: Buffer; readonly qos: Qos };

export type SessionsOptions = {
  readonly tables: SessionTables;
  readonly writer: Pick<TurnWriter, 'add' | 'flushed'>;
  readonly limits: SessionLimits;
  readonly clock: Clock;
  /** A session was ended, or its oldest message dropped, for this bound. */
  readonly onBound: (bound: SessionBound, client: string) => void;
};

/** Of messages that were not handed on by this process. */
const STORED = 'stored';

/**
 * The sessions that outlive their connections [MQTT-3.1.2-4]: what each subscribes to, and what is on its way to it. All of
 * it is in memory, where it is read and matched, and written to `mqtt.db` as it changes.
 *
 * A queue is for subscribers: at a bound its oldest message is dropped and counted. What kvarter itself takes in is in
 * the journal and knows no such bound.
 */
export class Sessions {
  /** What they subscribe to. */
  readonly filters: SessionFilters;
  readonly #options: SessionsOptions;
  /** Those that are away are in the order of their leaving. */
  readonly #sessions = new Map<string, Session>();
  #nextSeq = 1;
  #queuedBytes = 0;

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.filters = new SessionFilters(options.tables, options.writer);
    this.#load();
  }

  get size(): number {
    return this.#sessions.size;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Of the fullest queue: messages and bytes. */
  fullest(): { readonly messages: number; readonly bytes: number } {
    let [messages, bytes] = [0, 0];
    for (const { queue } of this.#sessions.values()) {
      messages = Math.max(messages, queue.size);
      bytes = Math.max(bytes, queue.bytes);
    }
    return { messages, bytes };
  }

  has(client: string): boolean {
    return this.#sessions.has(client);
  }

  /** Begins a session, or goes on with it: from now on what is live waits until the queue is handed out. */
  connect(client: string): void {
    const { limits, onBound } = this.#options;
    let session = this.#sessions.get(client);
    if (!session) {
      if (this.#sessions.size >= limits.maxSessions) {
        const longestAway = this.#longestAway();
        onBound('maxSessions', longestAway?.client ?? client);
        if (!longestAway) throw new Error(`[mqtt.maxSessions] ${limits.maxSessions} sessions are connected`);
        this.end(longestAway.client);
      }
      session = newSession(client);
    }
    session.behind = new HandOut(session.queue);
    // Until the connection is made: should it never be, the session has been left now.
    this.#leave(session);
  }

  /** The connection is made: its session does not expire. */
  attach(client: string): void {
    const session = this.#sessions.get(client);
    if (!session) return;
    session.awaySinceMs = undefined;
    this.#options.writer.add(this.#options.tables.putSession, client, null);
  }

  /** Its connection has ended: it expires from now on. */
  disconnect(client: string): void {
    const session = this.#sessions.get(client);
    if (session && session.awaySinceMs === undefined) this.#leave(session);
  }

  /** Forgets it, with its subscriptions and its queue [MQTT-3.1.2-6]. */
  end(client: string): void {
    const session = this.#sessions.get(client);
    if (!session) return;
    const { tables, writer } = this.#options;
    this.filters.forget(client);
    for (const entry of session.queue.entries()) this.#drop(session, entry);
    this.#sessions.delete(client);
    writer.add(tables.endSession, client);
  }

  /** Ends those that were away for too long. */
  expire(): void {
    const before = this.#options.clock() - this.#options.limits.expiryMs;
    const old = [...this.#sessions.values()].filter(
      ({ awaySinceMs }) => awaySinceMs !== undefined && awaySinceMs < before,
    );
    for (const { client } of old) {
      this.end(client);
      this.#options.onBound('sessionExpiryHours', client);
    }
  }

  /** Puts the message in the session's queue; gives its entry. */
  enqueue(client: string, message: Message, granted: 1 | 2): Queued | undefined {
    const session = this.#sessions.get(client);
    if (!session || message.qos === 0) return undefined;
    const { limits, tables, writer } = this.#options;
    const seq = this.#nextSeq++;
    const entry: Queued = {
      seq,
      topic: message.topic,
      payload: message.payload,
      qos: message.qos < granted ? message.qos : granted,
      brokerId: STORED,
      brokerCounter: seq,
      messageId: undefined,
      isReleased: false,
    };
    this.#hold(session, entry);
    writer.add(tables.putOutgoing, seq, client, entry.topic, entry.payload, entry.qos, null, 0);
    const { queue } = session;
    while (queue.size > limits.maxQueuedMessages) this.#dropOldest(session, 'maxQueuedMessages');
    while (queue.size > 1 && queue.bytes > limits.maxQueuedBytes) this.#dropOldest(session, 'maxQueuedKb');
    while (queue.size > 0 && this.#queuedBytes > limits.maxQueuedTotalBytes) {
      this.#dropOldest(session, 'maxQueuedTotalMb');
    }
    return entry;
  }

  /** aedes hands the message on, under a name of its own. */
  rename(client: string, entry: Queued, name: Pick<Queued, 'brokerId' | 'brokerCounter'>): void {
    this.#sessions.get(client)?.queue.rename(entry, name);
  }

  /**
   * May the connection send this live message? Not while its session is behind, and not what it has sent already: both
   * come, or came, from the queue, in its order.
   */
  isDue(client: string, message: Pick<Queued, 'topic' | 'brokerId' | 'brokerCounter'>): boolean {
    const session = this.#sessions.get(client);
    const entry = session?.queue.find(message);
    if (session && entry) return !session.behind && entry.messageId === undefined;
    // It was never queued, for a subscription of QoS 0; or it has been acknowledged, or dropped at a bound.
    return !this.filters.match(message.topic).has(client);
  }

  /** Sent under this packet id from now on; of QoS 2, resolves when that is written: it must not be sent under another. */
  async sent(
    client: string,
    name: Pick<Queued, 'brokerId' | 'brokerCounter'>,
    messageId: number,
  ): Promise<void> {
    const session = this.#sessions.get(client);
    const entry = session?.queue.find(name);
    if (!session || !entry) return;
    session.behind?.sent(entry);
    if (entry.messageId === messageId) return;
    session.queue.assign(entry, messageId);
    const { tables, writer } = this.#options;
    writer.add(tables.sentOutgoing, messageId, entry.isReleased ? 1 : 0, entry.seq);
    if (entry.qos === 2) await writer.flushed();
  }

  /** PUBREC has come. Resolves when that is written: behind PUBREL the message must not be sent again. */
  async released(client: string, messageId: number): Promise<void> {
    const session = this.#sessions.get(client);
    const entry = session?.queue.findPacketId(messageId);
    if (!session || !entry) return;
    session.behind?.sent(entry);
    if (entry.isReleased) return;
    entry.isReleased = true;
    const { tables, writer } = this.#options;
    writer.add(tables.sentOutgoing, messageId, 1, entry.seq);
    await writer.flushed();
  }

  /** PUBACK or PUBCOMP has come. */
  acknowledged(client: string, messageId: number): Queued | undefined {
    const session = this.#sessions.get(client);
    const entry = session?.queue.findPacketId(messageId);
    if (session && entry) this.#drop(session, entry);
    return entry;
  }

  /** The queue for a connection that has just begun: all of it, also what comes meanwhile; then what is live is due. */
  async *handOut(client: string): AsyncGenerator<Queued> {
    const session = this.#sessions.get(client);
    const behind = session?.behind;
    if (!session || !behind) return;
    yield* behind.entries(
      () => session.behind === behind,
      () => {
        session.behind = undefined;
      },
    );
  }

  /** Everything, for a database that has nothing. */
  writeAll(write: TurnWriter['add']): void {
    const { tables } = this.#options;
    this.filters.writeAll(write);
    for (const { client, awaySinceMs, queue } of this.#sessions.values()) {
      write(tables.putSession, client, awaySinceMs ?? null);
      for (const { seq, topic, payload, qos, messageId, isReleased } of queue.entries()) {
        write(tables.putOutgoing, seq, client, topic, payload, qos, messageId ?? null, isReleased ? 1 : 0);
      }
    }
  }

  #load(): void {
    const { load } = this.#options.tables;
    // Who was connected when the service ended is away from now on.
    const nowMs = this.#options.clock();
    const stored = [...load.sessions()].map(({ client, awaySinceMs }) => ({
      client,
      awaySinceMs: awaySinceMs ?? nowMs,
    }));
    for (const { client, awaySinceMs } of stored.toSorted((a, b) => a.awaySinceMs - b.awaySinceMs)) {
      this.#sessions.set(client, { ...newSession(client), awaySinceMs });
    }
    for (const { client, seq, messageId, isReleased, ...message } of load.outgoing()) {
      this.#nextSeq = seq + 1;
      const session = this.#sessions.get(client);
      if (!session) continue;
      this.#hold(session, {
        ...message,
        seq,
        brokerId: STORED,
        brokerCounter: seq,
        messageId: messageId ?? undefined,
        isReleased: isReleased !== 0,
      });
    }
  }

  #leave(session: Session): void {
    const { clock, tables, writer } = this.#options;
    session.awaySinceMs = clock();
    this.#sessions.delete(session.client);
    this.#sessions.set(session.client, session);
    writer.add(tables.putSession, session.client, session.awaySinceMs);
  }

  #hold(session: Session, entry: Queued): void {
    session.queue.add(entry);
    this.#queuedBytes += bytesOf(entry);
  }

  #drop(session: Session, entry: Queued): void {
    session.queue.delete(entry);
    this.#queuedBytes -= bytesOf(entry);
    session.behind?.sent(entry);
    this.#options.writer.add(this.#options.tables.endOutgoing, entry.seq);
  }

  #dropOldest(session: Session, bound: SessionBound): void {
    const oldest = session.queue.oldest();
    if (!oldest) return;
    this.#drop(session, oldest);
    this.#options.onBound(bound, session.client);
  }

  #longestAway(): Session | undefined {
    for (const session of this.#sessions.values()) if (session.awaySinceMs !== undefined) return session;
    return undefined;
  }
}

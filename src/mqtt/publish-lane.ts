import type { Duplex } from 'node:stream';
import { asError } from '../domain/errors.ts';
import type { Journal, JournalRecord } from '../journal/journal.ts';
import { fieldEnd, number16 } from './guard/guard-text.ts';

/** A PUBLISH that is in the journal, for those who subscribe to its topic. */
export type Published = { readonly topic: string; readonly payload: Buffer; readonly qos: 0 | 1 };

export type LaneOptions = {
  readonly append: Journal['append'];
  /** The record to journal; undefined when the client may not publish there, which is then aedes's to refuse. */
  readonly record: (topic: string, payload: Buffer) => JournalRecord | undefined;
  /** Does anybody subscribe to it? */
  readonly isWanted: (topic: string) => boolean;
  /** Keeps what is wanted for subscribers that are away, before it is acknowledged; nothing where none is. */
  readonly keep: (wanted: readonly Published[]) => Promise<void> | undefined;
  /** Told after the acknowledgement, in order. */
  readonly onPublished: (published: Published) => void;
  /** Counts what is on its way to the journal. */
  readonly flow: {
    readonly begin: (bytes: number) => void;
    readonly settle: (publishes: number, bytes: number) => void;
  };
};

const RETAIN = 0x01;
const QOS = 0x06;
const QOS_1 = 0x02;
const PUBACK = [0x40, 0x02] as const;
const PUBACK_BYTES = 4;

/** Publishes that became part of one frame, and whom to tell of them when it is durable. */
type Batch = {
  readonly packetIds: number[];
  readonly wanted: Published[];
  publishes: number;
  bytes: number;
};

/**
 * What a sensor does all day: QoS 0 and 1 publishes, straight from the guard into the journal. One promise a frame and
 * one write of PUBACKs a socket, instead of a parsed packet, a client queue and a promise for each of them in aedes,
 * which cost three times as much as the journal (`tests/bench/README.md`). The rest stays aedes's: sessions, QoS 2,
 * retained messages, and who subscribes to what.
 *
 * PUBACKs keep the order of their PUBLISHes [MQTT-4.6.0-2]: while aedes has publishes of this client on their way, the
 * later ones go through it as well.
 */
export class PublishLane {
  readonly #stream: Duplex;
  readonly #options: LaneOptions;
  #isOpen = false;
  /** Publishes of this client that aedes is dealing with. */
  #elsewhere = 0;
  #frame: Promise<void> | undefined;
  #acknowledged: Promise<void> | undefined;
  #keeping: Promise<void> | undefined;
  #batch: Batch = emptyBatch();
  /** The newest topic, because a client mostly publishes on one. */
  #topic = '';
  #topicBytes: Buffer = Buffer.alloc(0);

  constructor(stream: Duplex, options: LaneOptions) {
    this.#stream = stream;
    this.#options = options;
  }

  /** The client is accepted and has its CONNACK. */
  open(): void {
    this.#isOpen = true;
  }

  /** aedes deals with a publish of this client and size; gives the function to call when it has. */
  pass(bytes: number): () => void {
    this.#options.flow.begin(bytes);
    let isPassed = false;
    return () => {
      if (isPassed) return;
      isPassed = true;
      // A will has not come this way.
      if (this.#elsewhere > 0) this.#elsewhere -= 1;
      this.#options.flow.settle(1, bytes);
    };
  }

  /** Resolves when all that was taken is acknowledged, or the stream is closed because it cannot be. */
  async settled(): Promise<void> {
    await this.#acknowledged;
  }

  /** Takes a checked PUBLISH whose body is `bytes` from `start` to `end`; false when it is aedes's. */
  take(first: number, bytes: Buffer, start: number, end: number): boolean {
    if (this.#append(first, bytes, start, end)) return true;
    // From here on, not when aedes gets to see it: that is behind all that came in the same chunk.
    this.#elsewhere += 1;
    return false;
  }

  #append(first: number, bytes: Buffer, start: number, end: number): boolean {
    const qos = first & QOS;
    if (!this.#isOpen || this.#elsewhere > 0 || qos > QOS_1 || first & RETAIN) return false;
    const topicEnd = fieldEnd(bytes, start, end);
    const topic = this.#topicOf(bytes, start + 2, topicEnd);
    const payload = bytes.subarray(qos === 0 ? topicEnd : topicEnd + 2, end);
    const record = this.#options.record(topic, payload);
    if (record === undefined) return false;
    const batch = this.#batchOf(this.#options.append(record));
    batch.publishes += 1;
    batch.bytes += end - start;
    this.#options.flow.begin(end - start);
    if (qos === QOS_1) batch.packetIds.push(number16(bytes, topicEnd));
    if (this.#options.isWanted(topic)) batch.wanted.push({ topic, payload, qos: qos === 0 ? 0 : 1 });
    return true;
  }

  #topicOf(bytes: Buffer, start: number, end: number): string {
    if (bytes.compare(this.#topicBytes, 0, this.#topicBytes.length, start, end) !== 0) {
      this.#topicBytes = Buffer.from(bytes.subarray(start, end));
      this.#topic = this.#topicBytes.toString();
    }
    return this.#topic;
  }

  /** The journal gives all records of one frame the same promise. */
  #batchOf(durable: Promise<void>): Batch {
    if (durable === this.#frame) return this.#batch;
    const batch = emptyBatch();
    this.#frame = durable;
    this.#batch = batch;
    this.#acknowledged = durable.then(
      () => {
        this.#options.flow.settle(batch.publishes, batch.bytes);
        const kept = batch.wanted.length > 0 ? this.#options.keep(batch.wanted) : undefined;
        if (kept === undefined && this.#keeping === undefined) return this.#acknowledge(batch);
        // In order: behind a batch that is still being kept, the next one waits as well.
        const before = this.#keeping;
        const keeping = Promise.all([before, kept]).then(() => {
          if (this.#keeping === keeping) this.#keeping = undefined;
          this.#acknowledge(batch);
        });
        this.#keeping = keeping;
        return keeping;
      },
      // Without an acknowledgement the client keeps the packet and sends it again when it reconnects.
      (cause: unknown) => {
        this.#options.flow.settle(batch.publishes, batch.bytes);
        this.#stream.destroy(asError(cause));
      },
    );
    return batch;
  }

  #acknowledge({ packetIds, wanted }: Batch): void {
    if (packetIds.length > 0 && !this.#stream.destroyed && this.#stream.writable) {
      const pubacks = Buffer.allocUnsafe(packetIds.length * PUBACK_BYTES);
      let at = 0;
      for (const packetId of packetIds) {
        pubacks[at] = PUBACK[0];
        pubacks[at + 1] = PUBACK[1];
        pubacks[at + 2] = packetId >> 8;
        pubacks[at + 3] = packetId & 0xff;
        at += PUBACK_BYTES;
      }
      this.#stream.write(pubacks);
    }
    for (const published of wanted) this.#options.onPublished(published);
  }
}

function emptyBatch(): Batch {
  return { packetIds: [], wanted: [], publishes: 0, bytes: 0 };
}

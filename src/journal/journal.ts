/**
 * What is journaled: a packet byte for byte; that a QoS 2 exchange is over; a clock tick (once a minute) and each start of
 * the service, so that time is data too.
 */
export type JournalRecord =
  | PacketRecord
  | { readonly kind: 'released'; readonly exchange: Exchange }
  | {
      readonly kind: 'tick';
      readonly atMs: number;
      /** By how much the clock was set since the tick before (NTP, a person), ms; absent when it just ran. */
      readonly steppedMs?: number;
    }
  /** The service has started: since the tick before nobody listened. */
  | { readonly kind: 'start'; readonly atMs: number };

export type PacketRecord = {
  readonly kind: 'packet';
  readonly receivedAtMs: number;
  readonly topic: string;
  readonly payload: Uint8Array;
  /** The name it was published under; absent when nobody had to say who they are. */
  readonly sender?: string;
  /** Of a QoS 2 publish: until its release the same exchange is the same packet, sent again. */
  readonly exchange?: Exchange;
};

/** What a client calls a QoS 2 publish on its way: [MQTT-4.3.3-2]. In a release, packet id 0 is all of the client's. */
export type Exchange = { readonly client: string; readonly packetId: number };

/** A place between frames. Opaque: compare and store it, never take it apart. */
export type Cursor = string & { readonly brand: 'Cursor' };

/** One group commit: records that became durable together. `next` is the place behind it. */
export type Frame = {
  readonly at: Cursor;
  readonly next: Cursor;
  readonly records: readonly JournalRecord[];
};

/** What of the journal is kept although nobody needs it any more; what is older and past the bytes goes, oldest first. */
export type Retention = {
  /** A segment that was written to since then is kept, epoch ms … */
  readonly sinceMs: number;
  /** … unless the journal is larger than this. */
  readonly bytes: number;
};

/**
 * The only queue: a durable log that is appended to in batches and read from any number of places.
 * Every adapter passes `tests/contracts/journal.test.ts`.
 */
export interface Journal extends AsyncDisposable {
  /**
   * Resolves when the record is on stable storage; until then nothing may be acknowledged. Rejects with a coded error;
   * the record is then not in the journal, and the next call tries the disk anew. Records that become durable together
   * may share one promise.
   *
   * At the journal's bound it neither resolves nor rejects until `trim` has made room (or the journal closes): that is
   * the back-pressure. What waits is held in memory, so who calls must limit how much of it there can be.
   */
  append(record: JournalRecord): Promise<void>;
  /**
   * Whole frames from a place on (or from the oldest kept), in order; waits for more until the signal aborts. Damage is
   * passed over, and told; never served.
   */
  read(from: Cursor | undefined, signal: AbortSignal): AsyncIterable<Frame>;
  /** The place behind the newest durable frame. */
  head(): Cursor;
  /** Forgets whole segments before the place: all, or those that the retention does not keep. */
  trim(before: Cursor, keep?: Retention): Promise<void>;
  /** Bytes kept, for metrics and bounds. */
  sizeBytes(): number;
  /** Bytes kept behind a place: what somebody who is there still has to read. Undefined is before the oldest. */
  bytesBehind(place: Cursor | undefined): number;
  /** Is it at its bound, so that records wait? */
  isFull(): boolean;
}

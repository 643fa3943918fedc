/** What is journaled: a packet byte for byte, or a clock tick (once a minute), so that time is data too. */
export type JournalRecord =
  | {
      readonly kind: 'packet';
      readonly receivedAtMs: number;
      readonly topic: string;
      readonly payload: Uint8Array;
    }
  | { readonly kind: 'tick'; readonly atMs: number };

/** A place between frames. Opaque: compare and store it, never take it apart. */
export type Cursor = string & { readonly brand: 'Cursor' };

/** One group commit: records that became durable together. `next` is the place behind it. */
export type Frame = {
  readonly at: Cursor;
  readonly next: Cursor;
  readonly records: readonly JournalRecord[];
};

/**
 * The only queue: a durable log that is appended to in batches and read from any number of places.
 * Every adapter passes `tests/contracts/journal.ts`.
 */
export interface Journal extends AsyncDisposable {
  /** Resolves when the record is on stable storage; until then nothing may be acknowledged. Rejects with a coded error. */
  append(record: JournalRecord): Promise<void>;
  /** Whole frames from a place on (or from the oldest kept), in order; waits for more until the signal aborts. */
  read(from: Cursor | undefined, signal: AbortSignal): AsyncIterable<Frame>;
  /** The place behind the newest durable frame. */
  head(): Cursor;
  /** Forgets whole segments before the place. */
  trim(before: Cursor): Promise<void>;
  /** Bytes kept, for metrics and bounds. */
  sizeBytes(): number;
}

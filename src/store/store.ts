import type { Interval, LoadQuarter, Meter } from '../domain/interval.ts';
import type { Quantity } from '../domain/quantity.ts';
import type { Point, Reading } from '../domain/reading.ts';

export type StoredReading = { readonly point: Point; readonly atMs: number; readonly value: number };

export type ReadingQuery = {
  readonly device?: string;
  readonly quantity?: Quantity;
  readonly channel?: string;
  /** `from` is included, `to` is not, epoch ms. Absent: no bound. */
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly limit: number;
  /** Only what comes after this reading in the order of the answer (`atMs`, then device, quantity, channel). */
  readonly after?: { readonly atMs: number; readonly point: Point };
};

/** A meter, and the time in which it counts where that is not all of what is asked for, epoch ms. */
export type BoundedMeter = Meter & { readonly fromMs?: number; readonly toMs?: number };

/** A reading or interval that the store will never take, and what it said. */
export type Refused<T> = { readonly item: T; readonly reason: string };

/**
 * Readings and intervals, upserted by (point, time) or (meter, quarter): writing again changes nothing, a later value
 * for the same place wins. Rejects with a `StoreError`; `retryable` says whether the same call may succeed later.
 * Every adapter passes `tests/contracts/reading-store.ts`.
 */
export interface ReadingStore extends AsyncDisposable {
  /** Durable when it resolves. Gives the few that can never be stored; all others are. */
  writeReadings(readings: readonly Reading[]): Promise<readonly Refused<Reading>[]>;
  writeIntervals(intervals: readonly Interval[]): Promise<readonly Refused<Interval>[]>;
  /** In order of `atMs`, then device, quantity, channel (absent first). */
  readings(query: ReadingQuery): Promise<readonly StoredReading[]>;
  /** All readings of these points with fromMs ≤ atMs ≤ toMs, those of a point in order of time: asked at once, because many small answers take long. */
  samples(query: {
    readonly points: readonly Point[];
    readonly fromMs: number;
    readonly toMs: number;
  }): Promise<readonly StoredReading[]>;
  /** The newest reading of each point that matches. */
  last(query: { readonly device?: string; readonly quantity?: Quantity }): Promise<readonly StoredReading[]>;
  /** Mean of the samples in each step [fromMs + n·stepMs, …) that has any. */
  means(query: {
    readonly point: Point;
    readonly fromMs: number;
    readonly toMs: number;
    readonly stepMs: number;
  }): Promise<readonly { readonly fromMs: number; readonly mean: number; readonly count: number }[]>;
  /** One meter's intervals with fromMs ≤ start < toMs, in order; none for quarters with a coverage of 0. */
  intervals(query: {
    readonly meter: Meter;
    readonly fromMs: number;
    readonly toMs: number;
  }): Promise<readonly Interval[]>;
  /**
   * Sum over the meters per quarter, for quarters of which at least one meter has something; in order. A meter that has
   * bounds of its own adds what starts within them as well.
   */
  load(query: {
    readonly meters: readonly BoundedMeter[];
    readonly fromMs: number;
    readonly toMs: number;
  }): Promise<readonly LoadQuarter[]>;
  /** Forgets what is older than these moments, epoch ms; nothing where the server sees to that itself. */
  forget(before: { readonly readingsMs?: number; readonly intervalsMs?: number }): Promise<void>;
  /** Can it be reached now? For /health. */
  check(): Promise<void>;
}

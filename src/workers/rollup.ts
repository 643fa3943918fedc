import { type Interval, type Meter, meterKey, QUARTER_MS } from '../domain/interval.ts';
import { type PlacedPoint, pointKey, type Reading } from '../domain/reading.ts';
import {
  type Counting,
  type Holds,
  meterOf,
  pointOf,
  quarterInterval,
  type Source,
  sources,
} from '../energy/loads/intervals.ts';
import { createWindow, type SampleWindow } from '../energy/loads/window.ts';
import type { ReadingStore } from '../store/store.ts';

/** Keeps the quarter-hour intervals true while readings come in, in whatever order. */
export interface Rollup {
  /** The intervals that these readings change, recomputed. The readings are in the store already. */
  fold(readings: readonly Reading[]): Promise<readonly Interval[]>;
}

type Windows = Readonly<Record<Source, SampleWindow>>;
type Fresh = { readonly meter: Meter; readonly counting: Counting } & Readonly<Record<Source, Reading[]>>;

type Metered = {
  readonly meter: Meter;
  readonly source: Source;
  readonly key: string;
  readonly counting: Counting;
};
const NO_LOAD = 'no load';

/** Readings asked of the store at once. */
const PAGE = 10_000;
const LATE_MS = 3_600_000;

/**
 * Recomputes from stored readings the quarters that a reading can reach: from the sample before it to the one after it.
 * In order of arrival this needs a meter's newest hours only, which are kept in memory; what comes later than an hour
 * is looked up in the store.
 */
export function createRollup({
  store,
  holds,
}: {
  readonly store: Pick<ReadingStore, 'readings'>;
  readonly holds: Holds;
}): Rollup {
  const meters = new Map<string, Windows>();
  /** Kept by the point itself, of which the register has one: no text is made for each reading. */
  const metered = new WeakMap<PlacedPoint, Metered | typeof NO_LOAD>();
  const meteredOf = (point: PlacedPoint) => {
    const known = metered.get(point);
    if (known !== undefined) return known;
    const found = meterOf(point);
    const made = found ? { ...found, key: meterKey(found.meter), counting: point } : NO_LOAD;
    metered.set(point, made);
    return made;
  };
  const reachMs: Readonly<Record<Source, number>> = {
    power: holds.powerHoldMs,
    register: holds.registerGapMs,
  };
  /** How far from a reading the samples lie that decide on the quarters it reaches. */
  const neededMs = 2 * Math.max(reachMs.power, reachMs.register) + QUARTER_MS;

  const windowOf = async (meter: Meter, source: Source, fromMs: number, toMs: number | undefined) => {
    const window = createWindow(fromMs);
    const point = pointOf(meter, source);
    const key = pointKey(point);
    for (let from = fromMs; ; ) {
      const page = await store.readings({
        ...point,
        fromMs: from,
        ...(toMs === undefined ? {} : { toMs }),
        limit: PAGE,
      });
      for (const { point: found, atMs, value } of page) if (pointKey(found) === key) window.add(atMs, value);
      const last = page.at(-1);
      if (page.length < PAGE || last === undefined) return window;
      from = last.atMs;
    }
  };
  const stored = async (meter: Meter, fromMs: number, toMs?: number): Promise<Windows> => {
    const [power, register] = await Promise.all([
      windowOf(meter, 'power', fromMs, toMs),
      windowOf(meter, 'register', fromMs, toMs),
    ]);
    return { power, register };
  };

  const foldMeter = async (fresh: Fresh): Promise<readonly Interval[]> => {
    const { meter, counting } = fresh;
    let [earliestMs, latestMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const source of sources) {
      for (const { atMs } of fresh[source]) {
        earliestMs = Math.min(earliestMs, atMs);
        latestMs = Math.max(latestMs, atMs);
      }
    }
    const key = meterKey(meter);
    // To the end: after a restart the first reading may be a late one.
    const known = meters.get(key) ?? (await stored(meter, earliestMs - neededMs - LATE_MS));
    meters.set(key, known);
    for (const source of sources) {
      for (const { atMs, value } of fresh[source]) known[source].add(atMs, value);
    }
    const isLate = sources.some((source) => known[source].fromMs() > earliestMs - neededMs);
    const windows = isLate ? await stored(meter, earliestMs - neededMs, latestMs + neededMs) : known;

    const dirty = new Set<number>();
    for (const source of sources) {
      for (const { atMs } of fresh[source]) {
        const [before = atMs, after = Number.POSITIVE_INFINITY] = windows[source].neighbours(atMs);
        const toMs = Math.min(after, atMs + reachMs[source]);
        for (let at = floor(Math.max(before, atMs - reachMs[source])); at < toMs; at += QUARTER_MS) {
          dirty.add(at);
        }
      }
    }
    const samples = { power: windows.power.samples, register: windows.register.samples };
    const intervals = [...dirty]
      .toSorted((a, b) => a - b)
      .map((fromMs) => quarterInterval(meter, samples, fromMs, holds, counting));
    for (const source of sources) known[source].keep(neededMs + LATE_MS);
    return intervals;
  };

  return {
    fold: async (readings) => {
      const touched = new Map<string, Fresh>();
      for (const reading of readings) {
        const found = meteredOf(reading.point);
        if (found === NO_LOAD) continue;
        let entry = touched.get(found.key);
        if (entry === undefined) {
          entry = { meter: found.meter, counting: found.counting, power: [], register: [] };
          touched.set(found.key, entry);
        }
        entry[found.source].push(reading);
      }
      const intervals: Interval[] = [];
      for (const fresh of touched.values()) intervals.push(...(await foldMeter(fresh)));
      return intervals;
    },
  };
}

function floor(atMs: number): number {
  return Math.floor(atMs / QUARTER_MS) * QUARTER_MS;
}

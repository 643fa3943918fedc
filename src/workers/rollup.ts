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
import type { ReadingStore } from '../store/store.ts';
import { storedWindows, type Windows } from './stored-windows.ts';

/** Keeps the quarter-hour intervals true while readings come in, in whatever order. */
export interface Rollup {
  /** The intervals that these readings change, recomputed. The readings are in the store already. */
  fold(readings: readonly Reading[]): Promise<readonly Interval[]>;
}

/** What is new of a meter, and the times of the oldest and the newest of it. */
type Fresh = { readonly meter: Meter; readonly key: string; readonly counting: Counting } & Readonly<
  Record<Source, Reading[]>
> & { earliestMs: number; latestMs: number };

type Metered = {
  readonly meter: Meter;
  readonly source: Source;
  readonly key: string;
  readonly counting: Counting;
};
const NO_LOAD = 'no load';

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
  readonly store: Pick<ReadingStore, 'samples' | 'last'>;
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

  /** Windows of meters that are not known yet, up to their newest reading: after a restart the first one may be a late one. */
  const open = async (unknown: readonly Fresh[]) => {
    if (unknown.length === 0) return;
    const newest = await newestOf(store, unknown);
    const asked = unknown.map(({ meter, earliestMs, latestMs }) => {
      const storedMs = newest(meter);
      const [firstMs, toMs] = storedMs > latestMs ? [storedMs, storedMs] : [earliestMs, latestMs];
      return { meter, fromMs: firstMs - neededMs - LATE_MS, toMs };
    });
    for (const [key, windows] of await storedWindows(store, asked)) meters.set(key, windows);
  };

  const intervalsOf = (fresh: Fresh, windows: Windows): readonly Interval[] => {
    const { meter, counting } = fresh;
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
    return [...dirty]
      .toSorted((a, b) => a - b)
      .map((fromMs) => quarterInterval(meter, samples, fromMs, holds, counting));
  };

  return {
    fold: async (readings) => {
      const touched = new Map<string, Fresh>();
      for (const reading of readings) {
        const found = meteredOf(reading.point);
        if (found === NO_LOAD) continue;
        const { key, meter, counting, source } = found;
        const { atMs } = reading;
        let entry = touched.get(key);
        if (entry === undefined) {
          entry = { meter, key, counting, power: [], register: [], earliestMs: atMs, latestMs: atMs };
          touched.set(key, entry);
        }
        entry.earliestMs = Math.min(entry.earliestMs, atMs);
        entry.latestMs = Math.max(entry.latestMs, atMs);
        entry[source].push(reading);
      }
      const all = [...touched.values()];
      await open(all.filter(({ key }) => !meters.has(key)));
      const known = all.flatMap((fresh) => {
        const windows = meters.get(fresh.key);
        return windows ? [{ fresh, windows }] : [];
      });
      for (const { fresh, windows } of known) {
        for (const source of sources) {
          for (const { atMs, value } of fresh[source]) windows[source].add(atMs, value);
        }
      }
      const late = known.flatMap(({ fresh: { meter, earliestMs, latestMs }, windows }) => {
        const fromMs = earliestMs - neededMs;
        return sources.some((source) => windows[source].fromMs() > fromMs)
          ? [{ meter, fromMs, toMs: latestMs + neededMs }]
          : [];
      });
      const looked = await storedWindows(store, late);
      const intervals = known.flatMap(({ fresh, windows }) =>
        intervalsOf(fresh, looked.get(fresh.key) ?? windows),
      );
      for (const { windows } of known) {
        for (const source of sources) windows[source].keep(neededMs + LATE_MS);
      }
      return intervals;
    },
  };
}

/** When each of the meters has said something last, as far as it is stored. */
async function newestOf(store: Pick<ReadingStore, 'last'>, some: readonly Fresh[]) {
  const quantities = new Set(
    some.flatMap(({ meter }) => sources.map((source) => pointOf(meter, source).quantity)),
  );
  const [only, ...others] = new Set(some.map(({ meter }) => meter.device));
  const device = only !== undefined && others.length === 0 ? { device: only } : {};
  const newest = new Map<string, number>();
  for (const quantity of quantities) {
    for (const { point, atMs } of await store.last({ quantity, ...device }))
      newest.set(pointKey(point), atMs);
  }
  return (meter: Meter) =>
    Math.max(
      ...sources.map((source) => newest.get(pointKey(pointOf(meter, source))) ?? Number.NEGATIVE_INFINITY),
    );
}

function floor(atMs: number): number {
  return Math.floor(atMs / QUARTER_MS) * QUARTER_MS;
}

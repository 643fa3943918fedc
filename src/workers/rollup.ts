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
import { REGISTER_NEIGHBOURS } from '../energy/loads/samples.ts';
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
  const neededMs: typeof reachMs = {
    power: 2 * Math.max(reachMs.power, reachMs.register) + 2 * QUARTER_MS,
    register: 2 * Math.max(reachMs.power, 2 * reachMs.register) + QUARTER_MS,
  };
  const mostNeededMs = Math.max(neededMs.power, neededMs.register);

  /** Windows of meters that are not known yet, up to their newest reading: after a restart the first one may be a late one. */
  const open = async (unknown: readonly Fresh[]) => {
    if (unknown.length === 0) return;
    const newest = await newestOf(store, unknown);
    const asked = unknown.map(({ meter, earliestMs, latestMs }) => {
      const storedMs = newest(meter);
      const [firstMs, toMs] = storedMs > latestMs ? [storedMs, storedMs] : [earliestMs, latestMs];
      return { meter, fromMs: firstMs - mostNeededMs - LATE_MS, toMs };
    });
    for (const [key, windows] of await storedWindows(store, asked)) meters.set(key, windows);
  };

  /** `isAnew`: it is not known what these readings found. */
  const intervalsOf = (fresh: Fresh, windows: Windows, isAnew: boolean): readonly Interval[] => {
    const { meter, counting } = fresh;
    const dirty = new Set<number>();
    for (const source of sources) {
      for (const { atMs } of fresh[source]) {
        // Where a register falls, a reading decides whether one beside it was alone.
        const isFar = source === 'register' && (isAnew || windows.register.falls(atMs, REGISTER_NEIGHBOURS));
        const farMs = reachMs[source] * (isFar ? 2 : 1);
        const [before, after = Number.POSITIVE_INFINITY] = windows[source].neighbours(
          atMs,
          isFar ? REGISTER_NEIGHBOURS : 1,
        );
        const toMs = Math.min(after, atMs + farMs);
        for (let at = floor(Math.max(before, atMs - farMs)); at < toMs; at += QUARTER_MS) {
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
      const anew = new Set(all.flatMap(({ key }) => (meters.has(key) ? [] : [key])));
      await open(all.filter(({ key }) => anew.has(key)));
      const known = all.flatMap((fresh) => {
        const windows = meters.get(fresh.key);
        return windows ? [{ fresh, windows }] : [];
      });
      for (const { fresh, windows } of known) {
        for (const source of sources) {
          for (const { atMs, value } of fresh[source])
            if (windows[source].add(atMs, value)) anew.add(fresh.key);
        }
      }
      const late = known.flatMap(({ fresh: { meter, earliestMs, latestMs }, windows }) => {
        return sources.some((source) => windows[source].fromMs() > earliestMs - neededMs[source])
          ? [{ meter, fromMs: earliestMs - mostNeededMs, toMs: latestMs + mostNeededMs }]
          : [];
      });
      const looked = await storedWindows(store, late);
      const intervals = known.flatMap(({ fresh, windows }) =>
        intervalsOf(fresh, looked.get(fresh.key) ?? windows, anew.has(fresh.key) || looked.has(fresh.key)),
      );
      for (const { windows } of known) {
        for (const source of sources) windows[source].keep(neededMs[source] + LATE_MS);
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

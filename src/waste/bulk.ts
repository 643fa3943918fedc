import { z } from 'zod';
import { DAY_MS, HOUR_MS } from '../domain/interval.ts';

/** Levels further apart say nothing of what came in at once: a day of bags may be as much. */
const AT_ONCE_MS = 6 * HOUR_MS;
/** What bags did at the most counts for half as much after so long: holidays pass. */
const FADES_MS = 30 * DAY_MS;
/** A level that falls behind a leap by more than this share of it was no leap, or has been emptied. */
const FALLEN = 0.5;

/** What is known of the leaps of a container; plain JSON, of a bounded size. */
export const bulkSchema = z.object({
  /** The most that came in between two levels, % points, and when that was reckoned last. */
  mostPct: z.number(),
  seenMs: z.number(),
  /** Told and still in it: the level before the leap and behind it, %. */
  told: z.tuple([z.number(), z.number()]).exactOptional(),
});
export type Bulk = z.infer<typeof bulkSchema>;

export type BulkLimits = {
  /** A leap by at least so much, % points, … */
  readonly bulkPct: number;
  /** … and so many times the most that came in between two levels before. */
  readonly bulkTimes: number;
  /** What has reached this is told as overfilled, and may be dirt on the sensor, %. */
  readonly overfilledPct: number;
};

/** Levels before and behind it, %, and from what rise on it counts, % points. */
export type Leap = { readonly fromPct: number; readonly toPct: number; readonly limitPct: number };

type Level = readonly [atMs: number, levelPct: number];
/** So many of the newest levels are behind the leap, and are alike. */
const BEHIND = 3;

export function createBulk(): Bulk {
  return { mostPct: 0, seenMs: 0 };
}

/**
 * Looks at the newest levels, oldest first: a leap is what the last three, all alike, are above those before them, so that no wrong
 * echo makes one. Told where the container is known; what leaps again and again becomes usual.
 */
export function watchBulk(
  bulk: Bulk,
  levels: readonly Level[],
  { isKnown, bulkPct, bulkTimes, overfilledPct }: BulkLimits & { readonly isKnown: boolean },
): Leap | undefined {
  const before = levels.slice(0, -BEHIND).map(([, pct]) => pct);
  const behind = levels.slice(-BEHIND).map(([, pct]) => pct);
  const atMs = levels.at(-1)?.[0] ?? 0;
  const [fromPct, toPct, mostBehindPct] = [Math.max(...before), Math.min(...behind), Math.max(...behind)];
  const leapPct = toPct - fromPct;
  const isAtOnce = levels.every(([time], i) => i === 0 || time - (levels[i - 1]?.[0] ?? 0) <= AT_ONCE_MS);
  if (!isAtOnce || leapPct <= 0 || mostBehindPct - toPct > bulkPct || mostBehindPct >= overfilledPct)
    return undefined;
  const mostPct = bulk.mostPct * 0.5 ** ((atMs - bulk.seenMs) / FADES_MS);
  const limitPct = Math.max(bulkPct, bulkTimes * mostPct);
  const isBulk = isKnown && leapPct >= limitPct;
  Object.assign(bulk, {
    mostPct: isBulk ? (mostPct + leapPct) / 2 : Math.max(mostPct, leapPct),
    seenMs: atMs,
  });
  if (!isBulk) return undefined;
  bulk.told = [fromPct, toPct];
  return { fromPct, toPct, limitPct };
}

/** Has somebody taken it away, and what came after it? Then nothing is told any more. */
export function isGone(bulk: Bulk, levelPct: number): boolean {
  if (bulk.told === undefined) return false;
  const [fromPct, toPct] = bulk.told;
  if (levelPct > toPct - FALLEN * (toPct - fromPct)) return false;
  delete bulk.told;
  return true;
}

import type { Arena } from './arena.ts';

/** Below this share of the mean no load with a base load falls by itself. */
const BASE_SHARE = 0.2;
/** So long zeros are taken for missing; a load that stays off is off. */
const DOUBT_DAYS = 7;
/** What has to be known of a load before a zero of it is doubted. */
const LEAST_DAYS = 3;

/**
 * Many archives write 0 where a reading is missing. A zero is doubted when the load has never come near zero of late,
 * and believed when it stays for a week. A load that is zero now and then is never doubted.
 */
export type ZeroRuns = { readonly isDoubted: (kw: number, recent: () => Iterable<number>) => boolean };

export function createZeroRuns(arena: Arena, stepsPerDay: number): ZeroRuns {
  const state = arena.take(1);
  return {
    isDoubted: (kw, recent) => {
      if (kw !== 0) {
        state[0] = 0;
        return false;
      }
      const run = state[0] ?? 0;
      // -1: these zeros are true.
      if (run < 0) return false;
      const isOdd = run > 0 || hasBaseLoad(recent(), stepsPerDay);
      state[0] = isOdd && run < DOUBT_DAYS * stepsPerDay ? run + 1 : -1;
      return (state[0] ?? 0) > 0;
    },
  };
}

function hasBaseLoad(recent: Iterable<number>, stepsPerDay: number): boolean {
  let [count, sum, least] = [0, 0, Number.POSITIVE_INFINITY];
  for (const kw of recent) {
    if (Number.isNaN(kw)) continue;
    count += 1;
    sum += kw;
    least = Math.min(least, kw);
  }
  return count >= LEAST_DAYS * stepsPerDay && least > (BASE_SHARE * sum) / count;
}

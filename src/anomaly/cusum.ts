/** A day counts for at most so many spreads: one strange day alone must not tell. */
const MOST = 4;

/**
 * One step of the upper cumulated sum (Page 1954): what days are above their expectation by more than the slack adds up, what
 * they are below takes away, down to nothing. All in spreads of a day.
 */
export function cusum(sum: number, z: number, slack: number): number {
  return Math.max(0, sum + Math.max(Math.min(z, MOST), -MOST) - slack);
}

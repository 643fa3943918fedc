import { median } from '../../anomaly/median.ts';

/** Fewer days say nothing. */
const LEAST = 4;

/** How far days of late were off, either way: the middle one of them; 0 of too few. */
export function offLately(before: readonly number[]): number {
  return before.length < LEAST ? 0 : median(before.map(Math.abs));
}

import { emptySlots } from './hour-slots.ts';

/**
 * What a quantity was lately at each hour of working and of weekend days. It follows everything, so that what stays for a while is
 * no longer new: within about two weeks of hourly values, and within the hour where values come every few minutes.
 */
export type LatestState = {
  readonly values: number[];
  /** Values of each slot so far, up to those that count. */
  readonly counts: number[];
};

export function emptyLatest(): LatestState {
  return { values: emptySlots(), counts: emptySlots() };
}

/** By how much a value differs from the latest ones of its slot; then goes `gain` of the way to it. */
export function residualAt(
  { values, counts }: LatestState,
  slot: number,
  value: number,
  gain: number,
): number {
  const count = counts[slot] ?? 0;
  const latest = count === 0 ? value : (values[slot] ?? 0);
  counts[slot] = Math.min(count + 1, 2 / gain);
  values[slot] = latest + Math.max(gain, 1 / (count + 1)) * (value - latest);
  return value - latest;
}

import { HOUR_MS } from '../../domain/interval.ts';
import { quantities } from '../../domain/quantity.ts';

/** Samples of one point in order of time, each time once. */
export type Samples = {
  readonly atMs: readonly number[];
  readonly values: readonly number[];
};

/** Takes a sample in its place in time; a later one for the same time replaces it. */
export function insertSample(
  { atMs, values }: { readonly atMs: number[]; readonly values: number[] },
  at: number,
  value: number,
): void {
  const before = atMs.length === 0 || (atMs.at(-1) ?? 0) < at ? atMs.length - 1 : lastAtOrBefore(atMs, at);
  if (before === atMs.length - 1 && atMs[before] !== at) {
    atMs.push(at);
    values.push(value);
  } else if (atMs[before] === at) {
    values[before] = value;
  } else {
    atMs.splice(before + 1, 0, at);
    values.splice(before + 1, 0, value);
  }
}

/**
 * Forgets the samples before a moment, but for the last of them, which tell what was at the moment; once they are worth the moving.
 */
export function forgetBefore(
  { atMs, values }: { readonly atMs: number[]; readonly values: number[] },
  momentMs: number,
): void {
  const first = lastAtOrBefore(atMs, momentMs - 1) - REGISTER_NEIGHBOURS;
  if (first < Math.min(32, atMs.length / 2)) return;
  for (const numbers of [atMs, values]) {
    // Moved within the array: one that is cut off at its start is given half as much room again when it grows next.
    numbers.copyWithin(0, first);
    numbers.length -= first;
  }
}

/** Forgets the samples after a moment. */
export function forgetAfter(
  { atMs, values }: { readonly atMs: number[]; readonly values: number[] },
  momentMs: number,
): void {
  const kept = lastAtOrBefore(atMs, momentMs) + 1;
  atMs.length = Math.min(atMs.length, kept);
  values.length = atMs.length;
}

export type Known = {
  /** Energy of the time that is known, Wh. */
  readonly energyWh: number;
  /** How much of the asked time is known, ms. */
  readonly knownMs: number;
};

/**
 * Energy in [fromMs, toMs) from momentary power, W: each sample holds until the next one, for `holdMs` at most (the
 * time-weighted mean).
 */
export function powerEnergy({ atMs, values }: Samples, fromMs: number, toMs: number, holdMs: number): Known {
  let wattMs = 0;
  let knownMs = 0;
  for (let i = Math.max(lastAtOrBefore(atMs, fromMs), 0); i < atMs.length; i += 1) {
    const at = atMs[i] ?? 0;
    if (at >= toMs) break;
    const start = Math.max(at, fromMs);
    const end = Math.min(atMs[i + 1] ?? Number.POSITIVE_INFINITY, at + holdMs, toMs);
    if (end <= start) continue;
    wattMs += (values[i] ?? 0) * (end - start);
    knownMs += end - start;
  }
  return { energyWh: wattMs / HOUR_MS, knownMs };
}

/** `widestMs`: the longest time between two readings that the answer rests on. */
export type KnownFromRegister = Known & { readonly widestMs: number };

/**
 * Energy in [fromMs, toMs) from a cumulative register, Wh: the difference at the boundaries, linear between readings.
 * Nothing is known between readings that are further apart than `gapMs`, or across a reset or an exchange of the meter; what one reading
 * alone says is passed over.
 */
export function registerEnergy(
  samples: Samples,
  fromMs: number,
  toMs: number,
  gapMs: number,
): KnownFromRegister {
  const { atMs, values } = samples;
  let energyWh = 0;
  let knownMs = 0;
  let widestMs = 0;
  const first = Math.max(lastAtOrBefore(atMs, fromMs) - 1, 0);
  let isNextAlone = isAlone(samples, first, gapMs);
  for (let i = first; i + 1 < atMs.length; i += 1) {
    const from = atMs[i] ?? 0;
    if (from >= toMs) break;
    const isThisAlone = isNextAlone;
    isNextAlone = isAlone(samples, i + 1, gapMs);
    if (isThisAlone) continue;
    const next = isNextAlone ? i + 2 : i + 1;
    const to = atMs[next] ?? 0;
    const overlapMs = Math.min(to, toMs) - Math.max(from, fromMs);
    if (overlapMs <= 0 || to - from > gapMs || (next > i + 1 && isAlone(samples, next, gapMs))) continue;
    const usedWh = registerStep(values[i] ?? 0, values[next] ?? 0, to - from);
    if (usedWh === undefined) continue;
    energyWh += usedWh * (overlapMs / (to - from));
    knownMs += overlapMs;
    widestMs = Math.max(widestMs, to - from);
  }
  return { energyWh, knownMs, widestMs };
}

/** How many readings to either side one says something of: beside it the next may be alone, and no end of what is behind that. */
export const REGISTER_NEIGHBOURS = 3;

/** Is a reading above the next one, or below the one before, where these two fit: a wrong one, of another meter or another time? */
function isAlone({ atMs, values }: Samples, i: number, gapMs: number): boolean {
  const [before, value, after] = [values[i - 1], values[i], values[i + 1]];
  if (before === undefined || value === undefined || after === undefined) return false;
  return (
    before <= after && (value < before || value > after) && (atMs[i + 1] ?? 0) - (atMs[i - 1] ?? 0) <= gapMs
  );
}

const MOST_W = quantities.activePowerW.max;

/**
 * Energy between two register readings, Wh. A fall is a roll-over when the register stood in the last tenth below a
 * power of ten and now stands in the first; any other fall is a reset, and a rise that no building can cause an
 * exchanged meter: then it is unknown.
 */
export function registerStep(beforeWh: number, afterWh: number, elapsedMs: number): number | undefined {
  const usedWh = afterWh < beforeWh ? acrossFall(beforeWh, afterWh) : afterWh - beforeWh;
  return usedWh >= 0 && usedWh <= (MOST_W * elapsedMs) / HOUR_MS ? usedWh : undefined;
}

function acrossFall(beforeWh: number, afterWh: number): number {
  const capacity = 10 ** Math.ceil(Math.log10(Math.max(beforeWh, 1)));
  const isRollOver = beforeWh >= 0.9 * capacity && afterWh <= 0.1 * capacity;
  return isRollOver ? capacity - beforeWh + afterWh : afterWh - beforeWh;
}

/** Index of the last time ≤ the moment, -1 when all are later. */
export function lastAtOrBefore(atMs: readonly number[], momentMs: number): number {
  let [low, high] = [0, atMs.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((atMs[middle] ?? 0) <= momentMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

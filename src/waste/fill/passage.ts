import { GAIN_STEPS } from './gain-shares.ts';
import { settings } from './settings.ts';

/** Chance that the level has reached the limit after 1, 2, … days, if nobody empties the container. */
export type Passage = readonly number[];

/**
 * Adds independent daily gains up. `tailOfDay(n)` is the chance of a gain of at least k steps in the n-th day from now;
 * it ends when the limit is as good as certainly reached, or at the longest time that is foretold.
 */
export type PassageOf = (missingSteps: number, tailOfDay: (day: number) => Float64Array) => Passage;

/** With room of its own for the sums, which would else be most of the work. */
export function createPassages(): PassageOf {
  const [first, second, shares] = [room(), room(), room()];
  return (missingSteps, tailOfDay) => {
    // Chance of having gained so many steps, all still below the limit.
    let below = first.fill(0);
    let next = second;
    below[0] = 1;
    const chances: number[] = [];
    let reached = 0;
    for (let day = 0; day < settings.horizonDays && reached < 0.95; day += 1) {
      writeShares(tailOfDay(day), shares);
      addGain(below, { shares, steps: missingSteps }, next);
      [below, next] = [next, below];
      reached = 1 - sumOf(below, missingSteps);
      chances.push(reached);
    }
    return chances;
  };
}

function room(): Float64Array {
  return new Float64Array(GAIN_STEPS);
}

/** Chance of a gain of exactly so many steps. */
function writeShares(tail: Float64Array, shares: Float64Array): void {
  for (let gain = 0; gain < GAIN_STEPS; gain += 1) shares[gain] = (tail[gain] ?? 0) - (tail[gain + 1] ?? 0);
}

function addGain(
  below: Float64Array,
  { shares, steps }: { readonly shares: Float64Array; readonly steps: number },
  next: Float64Array,
): void {
  next.fill(0);
  for (let from = 0; from < steps; from += 1) {
    const mass = below[from] ?? 0;
    if (mass < 1e-9) continue;
    for (let gain = 0, to = from; to < steps; gain += 1, to += 1) {
      next[to] = (next[to] ?? 0) + mass * (shares[gain] ?? 0);
    }
  }
}

function sumOf(masses: Float64Array, steps: number): number {
  let sum = 0;
  for (let at = 0; at < steps; at += 1) sum += masses[at] ?? 0;
  return sum;
}

/** Chance of having passed after some days, which need not be whole ones. */
export function passedWithin(passage: Passage, days: number): number {
  const whole = Math.floor(days);
  const at = (index: number) => (index < 0 ? 0 : (passage[index] ?? passage.at(-1) ?? 0));
  const before = at(whole - 1);
  return before + (at(whole) - before) * (days - whole);
}

/** Days after which the chance of having passed is `share`; undefined when that is later than is foretold. */
export function daysUntil(passage: Passage, share: number): number | undefined {
  const day = passage.findIndex((chance) => chance >= share);
  if (day < 0) return undefined;
  const before = passage[day - 1] ?? 0;
  return day + (share - before) / ((passage[day] ?? 1) - before);
}

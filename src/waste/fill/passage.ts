import { GAIN_STEPS } from './gain-shares.ts';
import { settings } from './settings.ts';

/** Chance that the level has reached the limit after 1, 2, … days, if nobody empties the container. */
export type Passage = readonly number[];

/**
 * Adds independent daily gains up. `tailOfDay(n)` is the chance of a gain of at least k steps in the n-th day from now;
 * it ends when the limit is as good as certainly reached, or at the longest time that is foretold.
 */
export function passageOf(missingSteps: number, tailOfDay: (day: number) => Float64Array): Passage {
  // Chance of having gained so many steps, all still below the limit.
  let below = new Float64Array(missingSteps);
  below[0] = 1;
  const chances: number[] = [];
  let reached = 0;
  for (let day = 0; day < settings.horizonDays && reached < 0.95; day += 1) {
    const tail = tailOfDay(day);
    const next = new Float64Array(missingSteps);
    for (let from = 0; from < missingSteps; from += 1) {
      const mass = below[from] ?? 0;
      if (mass < 1e-9) continue;
      for (let gain = 0; from + gain < missingSteps; gain += 1) {
        const share = (tail[gain] ?? 0) - (gain < GAIN_STEPS ? (tail[gain + 1] ?? 0) : 0);
        next[from + gain] = (next[from + gain] ?? 0) + mass * share;
      }
    }
    below = next;
    reached = 1 - below.reduce((sum, mass) => sum + mass, 0);
    chances.push(reached);
  }
  return chances;
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

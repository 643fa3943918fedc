/** Width of a step of gain, % points. */
export const GAIN_STEP_PCT = 5;
/** A gain of `k` steps or more, k = 1 … 20. */
export const GAIN_STEPS = 20;

/**
 * How a level grows in a day: for each step of 5 points, the share of the days that went on to it among those that
 * reached the step before and could still be seen to pass it.
 *
 * That is the product-limit estimate (Kaplan & Meier 1958): a container that stood at 60 can show at most 40 points more,
 * and says nothing of how often a day brings 80.
 */
export type GainCounts = { readonly reached: Float64Array; readonly passed: Float64Array };

export function createGainCounts(): GainCounts {
  return { reached: new Float64Array(GAIN_STEPS), passed: new Float64Array(GAIN_STEPS) };
}

/** Counts a gain from a level, both in %, with a weight; what was counted before loses `forget` (0 … 1) of its weight. */
export function countGain(
  counts: GainCounts,
  { levelPct, gainPct, weight }: { levelPct: number; gainPct: number; weight: number },
  forget: number,
): void {
  const { reached, passed } = counts;
  // A rounding error must not keep a step of exactly 20 points from being one.
  const steps = Math.max(gainPct, 0) / GAIN_STEP_PCT + 1e-6;
  const gained = Math.floor(steps);
  // Of a step that was begun, its part counts: a container that gains a point a day has a step in five days.
  const begun = steps - gained > 1e-3 ? steps - gained : 0;
  const visible = Math.floor((100 - levelPct) / GAIN_STEP_PCT + 1e-6);
  for (let step = 0; step < GAIN_STEPS; step += 1) {
    reached[step] = (reached[step] ?? 0) * (1 - forget);
    passed[step] = (passed[step] ?? 0) * (1 - forget);
    if (step >= visible || step > gained + 1) continue;
    reached[step] = (reached[step] ?? 0) + weight * (step <= gained ? 1 : begun);
    passed[step] = (passed[step] ?? 0) + weight * (step < gained ? 1 : step === gained ? begun : 0);
  }
}

/**
 * Share of the days that pass each step, given that they reached it: counted, and drawn to `expected` by `strength` days.
 * Written to `into`, and that returned.
 */
export function passShares(
  { reached, passed }: GainCounts,
  { expected, strength }: { readonly expected: Float64Array; readonly strength: number },
  into: Float64Array,
): Float64Array {
  for (let step = 0; step < GAIN_STEPS; step += 1) {
    into[step] = ((passed[step] ?? 0) + strength * (expected[step] ?? 0)) / ((reached[step] ?? 0) + strength);
  }
  return into;
}

/** Chance of a gain of at least each number of steps: 1 at 0 steps, falling. Written to `tail`, one longer. */
export function writeTail(shares: Float64Array, tail: Float64Array): void {
  let chance = 1;
  tail[0] = chance;
  for (let step = 0; step < GAIN_STEPS; step += 1) {
    chance *= shares[step] ?? 0;
    tail[step + 1] = chance;
  }
}

/** How many steps are missing between a level and a limit, both in %. */
export function stepsBetween(levelPct: number, limitPct: number): number {
  const steps = Math.ceil((limitPct - levelPct) / GAIN_STEP_PCT - 1e-6);
  return Math.min(Math.max(steps, 0), GAIN_STEPS);
}

/** Mean gain, % points. */
export function meanGainPct(tail: Float64Array): number {
  let sum = 0;
  for (let step = 1; step < tail.length; step += 1) sum += tail[step] ?? 0;
  return sum * GAIN_STEP_PCT;
}

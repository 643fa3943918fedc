import { z } from 'zod';

/**
 * What became of the windows that were told, for one building and component of its tariff: so that a chance of 80 % that
 * is said comes true eight times of ten. Plain JSON.
 */
export const reliabilitySchema = z.object({
  /** By the chance that was said, in tenths: how many windows, the sum of what was said, and how many were billed. */
  bins: z.array(z.tuple([z.number(), z.number(), z.number()])),
  /** What the building's own outcomes add to the odds of every chance (in logits). */
  shift: z.number(),
});
export type Reliability = z.infer<typeof reliabilitySchema>;

/**
 * From the chance that the outlook computes to the one that comes true, in logits: `offset + slope · x`. The outlook
 * takes the days to come for like those that were and knows nothing of the hours that are left of today, so it is too
 * sure at both ends. Fitted by logistic regression on the windows above their threshold of 21 buildings (the Cambridge
 * archive, 405 months, the three highest hours of a month, with and without different days).
 */
const OFFSET = -1.45;
const SLOPE = 0.29;
/** How much an outcome moves the shift: after some dozens of windows a building's own counts as much as the others'. */
const LEARNING = 0.05;
const MOST_SHIFT = 1.5;
const BINS = 10;

export function newReliability(): Reliability {
  return { bins: Array.from({ length: BINS }, () => [0, 0, 0]), shift: 0 };
}

/** The chance to be told for one that the outlook has computed, both 0..1. */
export function calibratedChance({ shift }: Reliability, computed: number): number {
  if (computed <= 0) return 0;
  return logistic(OFFSET + shift + SLOPE * logit(computed));
}

/**
 * The chance that the outlook must compute for this one to be reached, for buildings in general: what is told must not
 * move with what became of what was told (seen: with it 0.84 instead of 0.87 of the peaks, at as many false alerts).
 */
export function computedChance(chance: number): number {
  return chance <= 0 ? 0 : logistic((logit(chance) - OFFSET) / SLOPE);
}

/** Takes in what became of a window that was told with this chance. */
export function learnOutcome(reliability: Reliability, chance: number, isBilled: boolean): void {
  const bin = reliability.bins[Math.min(Math.floor(chance * BINS), BINS - 1)];
  if (bin) {
    bin[0] += 1;
    bin[1] += chance;
    bin[2] += isBilled ? 1 : 0;
  }
  const moved = reliability.shift + LEARNING * ((isBilled ? 1 : 0) - chance);
  reliability.shift = Math.min(Math.max(moved, -MOST_SHIFT), MOST_SHIFT);
}

function logit(chance: number): number {
  const inside = Math.min(Math.max(chance, 1e-4), 1 - 1e-4);
  return Math.log(inside / (1 - inside));
}

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

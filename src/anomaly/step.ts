import { meanOf } from './mean.ts';

/** How far above what is usual values must be to be a step: together in the mean, each of them, and more than those before. */
export type StepLimits = {
  readonly mean: number;
  readonly each: number;
  readonly more: number;
};

/** Are the newest values a little above, each of them and at once? Too few before them cannot say so. */
export function isStep(
  before: readonly number[],
  newest: readonly number[],
  leastBefore: number,
  { mean, each, more }: StepLimits,
): boolean {
  const newestMean = meanOf(newest);
  return (
    before.length >= leastBefore &&
    newestMean >= mean &&
    newest.every((one) => one >= each) &&
    newestMean - meanOf(before) >= more
  );
}

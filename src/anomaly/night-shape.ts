import { MAD_TO_SIGMA, median } from './median.ts';

/** In the place of an hour of which nothing is known: a row of numbers has no room for null, and packed ones none for less. */
export const UNKNOWN = -1e26;

/** How the hours of ordinary nights go: what each of them usually is, and how much it says. */
export type NightShape = {
  readonly hours: readonly number[];
  readonly weights: readonly number[];
  /** From the highest to the lowest of them, each the mean of three. */
  readonly depth: number;
  /** The highest, the mean of three. */
  readonly height: number;
};

/** A night of which fewer hours are known has no shape. */
const LEAST_KNOWN = 8;
/** Hours are not known better than to this share of the mean. */
const ACCURACY = 0.02;
const EDGE = 3;

/**
 * The usual shape of nights (each a row of as many hours, in the unit of a power): the median of each hour. An hour that differs from
 * night to night, as one in which hot water is drawn, weighs less, by its variance around the shape.
 */
export function shapeOf(nights: readonly (readonly number[])[]): NightShape {
  const hours = (nights[0] ?? []).map((_, i) => {
    const known = nights.map((night) => night[i] ?? UNKNOWN).filter(isKnown);
    return known.length === 0 ? UNKNOWN : median(known);
  });
  const known = hours.filter(isKnown).toSorted((a, b) => a - b);
  const least = ACCURACY * Math.abs(meanOf(known));
  const equal = hours.map(() => 1);
  const residuals = nights.map((night) => fitted(night, hours, equal)?.residuals ?? []);
  const weights = hours.map((_, i) => {
    const off = residuals.flatMap((night) => (night[i] === undefined ? [] : [Math.abs(night[i])]));
    return off.length === 0 ? 1 : 1 / Math.max(MAD_TO_SIGMA * median(off) + least, 1e-9) ** 2;
  });
  const height = meanOf(known.slice(-EDGE));
  return { hours, weights, height, depth: height - meanOf(known.slice(0, EDGE)) };
}

/**
 * How much of the shape a night has: 1 all of it, 0 none. What it is multiplied by to come closest to the night (weighted least squares),
 * whatever the night's level and whatever falls or rises evenly through it, as with the weather. Undefined: too few hours are known.
 */
export function likeness(night: readonly number[], { hours, weights }: NightShape): number | undefined {
  return fitted(night, hours, weights)?.factor;
}

function fitted(night: readonly number[], hours: readonly number[], weights: readonly number[]) {
  const known = night.flatMap((one, i) => (isKnown(one) && isKnown(hours[i] ?? UNKNOWN) ? [i] : []));
  if (known.length < LEAST_KNOWN) return undefined;
  const weighted = known.map((i) => weights[i] ?? 0);
  const [own, usual] = [night, hours].map((of) =>
    withoutTrend(
      known,
      known.map((i) => of[i] ?? 0),
      weighted,
    ),
  );
  if (own === undefined || usual === undefined) return undefined;
  const square = weightedSum(usual, usual, weighted);
  if (!(square > 0)) return undefined;
  const factor = weightedSum(own, usual, weighted) / square;
  const residuals: (number | undefined)[] = night.map(() => undefined);
  for (const [k, i] of known.entries()) residuals[i] = (own[k] ?? 0) - factor * (usual[k] ?? 0);
  return { factor, residuals };
}

/** What is left of the values when the line through them is taken away. */
function withoutTrend(
  at: readonly number[],
  values: readonly number[],
  weights: readonly number[],
): number[] {
  const total = weights.reduce((sum, one) => sum + one, 0);
  const centre = (of: readonly number[]) =>
    of.reduce((sum, one, k) => sum + (weights[k] ?? 0) * one, 0) / total;
  const [middle, level] = [centre(at), centre(values)];
  const from = at.map((one) => one - middle);
  const slope = weightedSum(from, values, weights) / Math.max(weightedSum(from, from, weights), 1e-300);
  return values.map((one, k) => one - level - slope * (from[k] ?? 0));
}

function weightedSum(a: readonly number[], b: readonly number[], weights: readonly number[]): number {
  return a.reduce((sum, one, k) => sum + (weights[k] ?? 0) * one * (b[k] ?? 0), 0);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / Math.max(values.length, 1);
}

function isKnown(value: number): boolean {
  return value > UNKNOWN;
}

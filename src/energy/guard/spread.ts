import { z } from 'zod';

/**
 * How far projections of a window's mean have been off, by how much of the window was left: a building's own variability.
 * Plain JSON: the mean square of `actual / projected − 1` for each part.
 */
export const spreadSchema = z.array(z.number());
export type Spread = z.infer<typeof spreadSchema>;

/** Parts of a window, by how much of it is left. */
export const PARTS = 4;
/** Before anything is known: 20 % for the part of the window that is left. */
const PRIOR = 0.2;
/** How much the newest window counts. */
const NEWEST = 0.02;

export function newSpread(): Spread {
  return Array.from({ length: PARTS }, (_, part) => ((PRIOR * (part + 0.5)) / PARTS) ** 2);
}

/** Which part of the spread a projection belongs to: `leftShare` of the window, 0..1. */
export function spreadPart(leftShare: number): number {
  return Math.min(Math.max(Math.floor(leftShare * PARTS), 0), PARTS - 1);
}

export function learnError(spread: Spread, part: number, projectedKw: number, actualKw: number): void {
  if (!(projectedKw > 0)) return;
  // A meter that was silent, or came back: no measure of how a load varies.
  const error = Math.min(Math.abs(actualKw / projectedKw - 1), 1);
  spread[part] = (1 - NEWEST) * (spread[part] ?? 0) + NEWEST * error ** 2;
}

/** Standard deviation of a window's mean around its projection, kW. */
export function spreadKw(spread: Spread, leftShare: number, projectedKw: number): number {
  return Math.sqrt(spread[spreadPart(leftShare)] ?? 0) * Math.max(projectedKw, 0);
}

/** A normal distribution as five equally likely means: at the middles of its fifths. */
const FIFTHS = [-1.2816, -0.5244, 0, 0.5244, 1.2816] as const;

/** The expectation of a function of the window's mean. */
export function expectation(meanKw: number, deviationKw: number, of: (kw: number) => number): number {
  let sum = 0;
  for (const fifth of FIFTHS) sum += of(Math.max(meanKw + fifth * deviationKw, 0));
  return sum / FIFTHS.length;
}

import type { Day } from './usual-days.ts';

/** Degree days are counted from here, as SMHI does: colder than this, houses are heated. */
export const BASE_C = 17;
/** A day is as cold as another though it is warmer by this, °C. */
const ALIKE_C = 1;

/** How far below {@link BASE_C} it is, °C; nothing above it. */
export function degreesBelow(outdoorC: number): number {
  return Math.max(BASE_C - outdoorC, 0);
}

/** How many of the days, whose first driver are such degrees, were as cold. What was never so cold is no line's to say. */
export function asColdDays(known: readonly Day[], degrees: number): number {
  return known.filter(([, other = 0]) => other >= degrees - ALIKE_C).length;
}

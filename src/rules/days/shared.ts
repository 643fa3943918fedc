/** So many of at least so many, where a rule asks for no other share. */
const LEAST = 5;
const SHARE = 0.35;

/** What many other buildings, or their meters, do at once is the weather or the calendar, and no fault of one. */
export function isShared<T>(others: readonly T[], does: (other: T) => boolean, share = SHARE): boolean {
  return others.length >= LEAST && others.filter(does).length >= share * others.length;
}

/** What the upper quarter of many others is above; 0 of too few. */
export function upperQuarter(values: readonly number[]): number {
  if (values.length < LEAST) return 0;
  return values.toSorted((a, b) => a - b)[Math.floor(0.75 * values.length)] ?? 0;
}

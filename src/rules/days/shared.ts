/** So many of at least so many, where a rule asks for no other share. */
const LEAST = 5;
const SHARE = 0.35;

/** What many other buildings, or their meters, do at once is the weather or the calendar, and no fault of one. */
export function isShared<T>(others: readonly T[], does: (other: T) => boolean, share = SHARE): boolean {
  return others.length >= LEAST && others.filter(does).length >= share * others.length;
}

/** What the upper quarter of many others is above; 0 of too few. */
export function upperQuarter(values: readonly number[]): number {
  return aboveShare(values, { share: 0.75, least: LEAST });
}

/** What is above such a share of values; 0 of fewer than the least. */
export function aboveShare(
  values: readonly number[],
  { share, least }: { readonly share: number; readonly least: number },
): number {
  if (values.length < least) return 0;
  return values.toSorted((a, b) => a - b)[Math.floor(share * values.length)] ?? 0;
}

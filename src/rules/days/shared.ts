/** So many of at least so many. */
const SHARED = { least: 5, share: 0.35 };

/** What many other buildings, or their meters, do at once is the weather or the calendar, and no fault of one. */
export function isShared<T>(others: readonly T[], does: (other: T) => boolean): boolean {
  return others.length >= SHARED.least && others.filter(does).length >= SHARED.share * others.length;
}

import type { BookedDay } from '../bills/peak-book.ts';
import type { PowerPrice } from '../tariffs/power-price.ts';

const DAYS = 10;
/** Of the last days like today, this share had had their highest windows by then. */
const SHARE = 0.8;

/**
 * Until when a building's high windows usually last on a day like today (working or free), epoch ms; undefined while no
 * such day is known. Until then a peak day is worth watching, although the running window may be within its budget.
 */
export function usuallyUntilMs(
  days: readonly BookedDay[],
  price: Pick<PowerPrice, 'dayAt' | 'isFreeDay' | 'windowAt'>,
  atMs: number,
): number | undefined {
  const today = price.dayAt(atMs);
  const isFree = price.isFreeDay(today.fromMs);
  const ends = days
    .filter((day) => day.fromMs < today.fromMs && day.isFree === isFree && day.top.length > 0)
    .slice(-DAYS)
    .map((day) => Math.max(...day.top.map(([start]) => price.windowAt(start).toMs)) - day.fromMs)
    .toSorted((a, b) => a - b);
  const end = ends[Math.ceil(SHARE * ends.length) - 1];
  return end === undefined ? undefined : Math.min(today.fromMs + end, today.toMs);
}

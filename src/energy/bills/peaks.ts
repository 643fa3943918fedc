import { z } from 'zod';
import type { PowerPrice, Span } from '../tariffs/power-price.ts';

/** The highest windows of each day, as one component of a tariff bills them. Plain JSON. */
export const peakBookSchema = z.object({
  days: z.array(
    z.object({
      fromMs: z.number(),
      isFree: z.boolean(),
      /**
       * Start of a window, its billed kW, and so on, highest first, as many as the tariff averages ({@link highest}). Before
       * December 2026 an array a window, which took three times as much.
       */
      top: z.union([
        z.array(z.number()),
        z.array(z.tuple([z.number(), z.number()])).transform((top) => top.flat()),
      ]),
    }),
  ),
});
export type PeakBook = z.infer<typeof peakBookSchema>;

type Highest = readonly (readonly [startMs: number, billedKw: number])[];

/** The highest windows of a day, highest first. */
export function highest({ top }: { readonly top: readonly number[] }): Highest {
  return Array.from({ length: top.length / 2 }, (_, i) => [top[2 * i] ?? 0, top[2 * i + 1] ?? 0] as const);
}

const KEPT_MS = 35 * 86_400_000;

/** Takes in a window that is over; again for the same window when late readings have changed it. */
export function recordPeak(book: PeakBook, price: PowerPrice, window: Span, meanKw: number): void {
  const { fromMs } = price.dayAt(window.fromMs);
  let at = book.days.findLastIndex((day) => day.fromMs <= fromMs);
  if (book.days[at]?.fromMs !== fromMs) {
    at += 1;
    book.days.splice(at, 0, { fromMs, isFree: price.isFreeDay(fromMs), top: [] });
  }
  const day = book.days[at];
  if (!day) return;
  const all: Highest = [
    ...highest(day).filter(([start]) => start !== window.fromMs),
    [window.fromMs, price.billedKw(meanKw, window)],
  ];
  day.top = all
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, price.peaks)
    .flat()
    // What `flat` gives has room to grow, twice what is in it.
    .slice();
  const oldestMs = Math.min(price.periodAt(window.fromMs).fromMs, window.fromMs - KEPT_MS);
  if ((book.days[0]?.fromMs ?? oldestMs) < oldestMs) forgetDays(book, price, window, oldestMs);
}

/** Of days before `oldestMs`, keeps those with a window that a look-back still bills. */
function forgetDays(book: PeakBook, price: PowerPrice, window: Span, oldestMs: number): void {
  const { fromMs } = price.rivalsAt(window.fromMs);
  const leastKw = fromMs < oldestMs ? (rivalsOf(book, price, window.fromMs)[price.peaks - 1]?.[1] ?? 0) : 0;
  book.days = book.days.filter((day) => {
    if (day.fromMs >= oldestMs) return true;
    const [, highestKw = 0] = day.top;
    return day.fromMs >= fromMs && highestKw > 0 && highestKw >= leastKw;
  });
}

/** The windows that compete in the billing period of a moment: start and billed kW, highest first. */
export function rivalsOf(book: PeakBook, price: PowerPrice, atMs: number): Highest {
  return rivalDays(book, price, atMs)
    .flatMap((day) => highest(day).slice(0, price.onePerDay ? 1 : undefined))
    .toSorted(([, a], [, b]) => b - a);
}

function rivalDays({ days }: PeakBook, price: PowerPrice, atMs: number): PeakBook['days'] {
  const { fromMs, toMs } = price.rivalsAt(atMs);
  return days.filter((day) => day.fromMs >= fromMs && day.fromMs < toMs);
}

/** Billed power of the rival candidates so far, kW, highest first; the window itself is not among them. */
export function candidates(book: PeakBook, price: PowerPrice, window: Span): readonly number[] {
  const today = price.dayAt(window.fromMs).fromMs;
  return rivalDays(book, price, window.fromMs)
    .flatMap((day) => {
      const others = highest(day).flatMap(([start, kw]) => (start === window.fromMs ? [] : [kw]));
      if (!price.onePerDay) return others;
      return day.fromMs === today ? [] : others.slice(0, 1);
    })
    .toSorted((a, b) => b - a);
}

/**
 * The billed power above which a window begins to cost, kW: the N-th highest candidate so far, the floor while there are fewer;
 * where only the highest of each day counts and today's is among the N, today's own.
 * Source: the marginal cost of the running hour, `price · max(0, f(h) − q) / N`.
 */
export function threshold(book: PeakBook, price: PowerPrice, window: Span): number {
  const others = candidates(book, price, window);
  // What is below the floor is billed as the floor.
  const last = Math.max(others[price.peaks - 1] ?? 0, price.floorKw);
  if (!price.onePerDay) return last;
  const today = price.dayAt(window.fromMs).fromMs;
  const own = book.days
    .filter(({ fromMs }) => fromMs === today)
    .flatMap(highest)
    .find(([start]) => start !== window.fromMs);
  return Math.max(own?.[1] ?? 0, last);
}

/** What a billed power of the running window adds to the bill as it stands now, in the price's currency. */
export function marginalCost(price: PowerPrice, billedKw: number, thresholdKw: number): number {
  return (price.pricePerKw * Math.max(0, billedKw - thresholdKw)) / price.peaks;
}

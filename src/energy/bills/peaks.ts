import type { PowerPrice, Span } from '../tariffs/power-price.ts';
import { type BookedDay, daysOf, isOutdone, keepDays, type PeakBook } from './peak-book.ts';

const KEPT_MS = 35 * 86_400_000;

/** Takes in a window that is over; again for the same window when late readings have changed it. */
export function recordPeak(book: PeakBook, price: PowerPrice, window: Span, meanKw: number): void {
  const { fromMs } = price.dayAt(window.fromMs);
  const oldestMs = Math.min(price.periodAt(window.fromMs).fromMs, window.fromMs - KEPT_MS);
  const billedKw = price.billedKw(meanKw, window);
  const isNew = (book.days[0] ?? oldestMs) >= oldestMs;
  if (isNew && isOutdone(book, fromMs, [window.fromMs, billedKw], price.peaks)) return;
  const days = daysOf(book);
  const before = days.find((day) => day.fromMs === fromMs);
  const others = before?.top.filter(([start]) => start !== window.fromMs) ?? [];
  const top = [...others, [window.fromMs, billedKw] as const]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, price.peaks);
  const day = { fromMs, isFree: before?.isFree ?? price.isFreeDay(fromMs), top };
  const at = days.findLastIndex((known) => known.fromMs <= fromMs);
  const booked = before ? days.with(at, day) : days.toSpliced(at + 1, 0, day);
  const isLong = (booked[0]?.fromMs ?? oldestMs) < oldestMs;
  keepDays(book, isLong ? withoutOld(booked, price, window, oldestMs) : booked);
}

/** Of days before `oldestMs` those with a window that a look-back still bills, and all later ones. */
function withoutOld(days: readonly BookedDay[], price: PowerPrice, window: Span, oldestMs: number) {
  const { fromMs } = price.rivalsAt(window.fromMs);
  const leastKw = fromMs < oldestMs ? (rivalsOf(days, price, window.fromMs)[price.peaks - 1]?.[1] ?? 0) : 0;
  return days.filter((day) => {
    if (day.fromMs >= oldestMs) return true;
    const highestKw = day.top[0]?.[1] ?? 0;
    return day.fromMs >= fromMs && highestKw > 0 && highestKw >= leastKw;
  });
}

/** The windows that compete in the billing period of a moment: start and billed kW, highest first. */
export function rivalsOf(days: readonly BookedDay[], price: PowerPrice, atMs: number): BookedDay['top'] {
  return rivalDays(days, price, atMs)
    .flatMap(({ top }) => top.slice(0, price.onePerDay ? 1 : undefined))
    .toSorted(([, a], [, b]) => b - a);
}

function rivalDays(days: readonly BookedDay[], price: PowerPrice, atMs: number): readonly BookedDay[] {
  const { fromMs, toMs } = price.rivalsAt(atMs);
  return days.filter((day) => day.fromMs >= fromMs && day.fromMs < toMs);
}

/** Billed power of the rival candidates so far, kW, highest first; the window itself is not among them. */
export function candidates(days: readonly BookedDay[], price: PowerPrice, window: Span): readonly number[] {
  const today = price.dayAt(window.fromMs).fromMs;
  return rivalDays(days, price, window.fromMs)
    .flatMap((day) => {
      const others = day.top.flatMap(([start, kw]) => (start === window.fromMs ? [] : [kw]));
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
export function threshold(days: readonly BookedDay[], price: PowerPrice, window: Span): number {
  const others = candidates(days, price, window);
  // What is below the floor is billed as the floor.
  const last = Math.max(others[price.peaks - 1] ?? 0, price.floorKw);
  if (!price.onePerDay) return last;
  const today = price.dayAt(window.fromMs).fromMs;
  const own = days
    .filter(({ fromMs }) => fromMs === today)
    .flatMap(({ top }) => top)
    .find(([start]) => start !== window.fromMs);
  return Math.max(own?.[1] ?? 0, last);
}

/**
 * What the billing period costs with a billed power of the running window that is at least its {@link threshold}, the other
 * windows being as they stand, in the price's currency. Of the N that are averaged each that is missing counts as the mean of
 * those that are there.
 */
export function costWith(
  days: readonly BookedDay[],
  price: PowerPrice,
  window: Span,
): (billedKw: number) => number {
  const { peaks, floorKw, costOf } = price;
  const others = candidates(days, price, window)
    .slice(0, peaks - 1)
    .map((kw) => Math.max(kw, floorKw));
  const sum = others.reduce((total, kw) => total + kw, 0);
  const ofOthers = others.length > 0 ? (sum / others.length) * (peaks - 1) : floorKw * (peaks - 1);
  return (billedKw) => costOf((Math.max(billedKw, floorKw) + ofOthers) / peaks);
}

import { z } from 'zod';

/** Start of a window, epoch ms, and the power it is billed with, kW. */
type BookedWindow = readonly [startMs: number, billedKw: number];

export type BookedDay = {
  readonly fromMs: number;
  readonly isFree: boolean;
  /** Its highest windows, the highest first, as many as the tariff averages. */
  readonly top: readonly BookedWindow[];
};

/**
 * The highest windows of each day, as one component of a tariff bills them: of each its start, 1 for a free one (0), how many
 * windows follow, and of each of them start and billed kW. One row of numbers, because a record for each day took three times as
 * much. Plain JSON.
 */
export type PeakBook = { days: number[] };

export function noPeaks(): PeakBook {
  return { days: [] };
}

/** The days of which something is known, the oldest first. */
export function daysOf({ days }: PeakBook): BookedDay[] {
  const booked: BookedDay[] = [];
  for (let at = 0; at < days.length; ) {
    const [fromMs = 0, isFree = 0, windows = 0] = [days[at], days[at + 1], days[at + 2]];
    at += 3;
    const top = Array.from(
      { length: windows },
      (_, i) => [days[at + 2 * i] ?? 0, days[at + 2 * i + 1] ?? 0] as const,
    );
    booked.push({ fromMs, isFree: isFree === 1, top });
    at += 2 * windows;
  }
  return booked;
}

/** Is at most one day known? Asked at each look at a window, and answered without making records. */
export function isFirstDay({ days }: PeakBook): boolean {
  const [, , windows = 0] = days;
  return days.length <= 3 + 2 * windows;
}

/**
 * Is a window of the newest day lower than as many others of it as are kept, so that nothing is to be kept of it? Not of one that is
 * kept already. Asked for each window that ends, and answered without making records.
 */
export function isOutdone(
  { days }: PeakBook,
  dayMs: number,
  [startMs, billedKw]: BookedWindow,
  kept: number,
): boolean {
  let last = 0;
  for (let at = 0; at < days.length; at += 3 + 2 * (days[at + 2] ?? 0)) last = at;
  if (days[last] !== dayMs || (days[last + 2] ?? 0) < kept) return false;
  for (let at = last + 3; at < days.length; at += 2) {
    if (days[at] === startMs || (days[at + 1] ?? 0) < billedKw) return false;
  }
  return true;
}

export function keepDays(book: PeakBook, days: readonly BookedDay[]): void {
  // What `flatMap` gives has room to grow, up to twice what is in it.
  book.days = days
    .flatMap(({ fromMs, isFree, top }) => [fromMs, isFree ? 1 : 0, top.length, ...top.flat()])
    .slice();
}

const olderDaySchema = z.object({
  fromMs: z.number(),
  isFree: z.boolean(),
  top: z.union([
    z
      .array(z.number())
      .transform((top) =>
        Array.from(
          { length: top.length / 2 },
          (_, i): BookedWindow => [top[2 * i] ?? 0, top[2 * i + 1] ?? 0],
        ),
      ),
    z.array(z.tuple([z.number(), z.number()])),
  ]),
});

/** Before December 2026 a record for each day, and before that an array for each window in it. */
export const peakBookSchema = z.union([
  z.object({ days: z.array(z.number()) }),
  z.object({ days: z.array(olderDaySchema) }).transform(({ days }) => {
    const book = noPeaks();
    keepDays(book, days);
    return book;
  }),
]);

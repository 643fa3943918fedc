import { asMidnight, createTimeReader } from '../energy/loads/wall-time.ts';

/** A time of a series: the moment, and what the wall clock of the place shows, as if it showed UTC; epoch ms. */
export type SeriesTime = { readonly atMs: number; readonly wallMs: number };

const readTime = createTimeReader();

/** A time without offset is taken for UTC, a date alone for its midnight. Undefined for what is no time. */
export function parseSeriesTime(text: string): SeriesTime | undefined {
  const time = readTime(asMidnight(text));
  return time && { atMs: time.wallMs - (time.offsetMs ?? 0), wallMs: time.wallMs };
}

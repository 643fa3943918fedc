import { z } from 'zod';
import { HOUR_MS } from '../domain/interval.ts';

/** So many hours are remembered. */
const HOURS = 24;
/** Numbers of an hour. */
const WIDTH = 3;

/** The lowest and highest value of the newest hours of a point. Plain JSON of bounded size. */
export const hourExtremesSchema = z.object({
  lastMs: z.number(),
  /**
   * Hours since 1970 with what was lowest and highest in each, three numbers an hour, the newest last: the running one. Before
   * December 2026 an array an hour, which took three times as much.
   */
  hours: z.union([
    z.array(z.number()),
    z.array(z.tuple([z.number(), z.number(), z.number()])).transform((hours) => hours.flat()),
  ]),
});
export type HourExtremes = z.infer<typeof hourExtremesSchema>;

export function createHourExtremes(): HourExtremes {
  return { lastMs: Number.MIN_SAFE_INTEGER, hours: [] };
}

/** Folds a value; a late one is passed over. Says whether an hour has ended with it. */
export function foldExtremes(state: HourExtremes, atMs: number, value: number): boolean {
  if (atMs <= state.lastMs) return false;
  state.lastMs = atMs;
  const hour = Math.floor(atMs / HOUR_MS);
  const { hours } = state;
  const last = hours.length - WIDTH;
  if (hours[last] === hour) {
    hours[last + 1] = Math.min(hours[last + 1] ?? value, value);
    hours[last + 2] = Math.max(hours[last + 2] ?? value, value);
    return false;
  }
  // A new array each hour, with no room to grow: one that numbers are put into keeps half as much again.
  state.hours = hours.slice(hours.length === HOURS * WIDTH ? WIDTH : 0).concat([hour, value, value]);
  return last >= 0;
}

/** The hours that ended within so many hours before the running one. */
export function endedHours(
  { hours }: HourExtremes,
  within: number,
): readonly { readonly fromMs: number; readonly lowest: number; readonly highest: number }[] {
  const last = hours.length - WIDTH;
  const running = hours[last] ?? 0;
  const ended: { readonly fromMs: number; readonly lowest: number; readonly highest: number }[] = [];
  for (let at = 0; at < last; at += WIDTH) {
    const [hour = 0, lowest = 0, highest = 0] = hours.slice(at, at + WIDTH);
    if (hour >= running - within) ended.push({ fromMs: hour * HOUR_MS, lowest, highest });
  }
  return ended;
}

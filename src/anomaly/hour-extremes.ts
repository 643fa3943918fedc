import { z } from 'zod';
import { HOUR_MS } from '../domain/interval.ts';

/** So many hours are remembered. */
const HOURS = 24;

/** The lowest and highest value of the newest hours of a point. Plain JSON of bounded size. */
export const hourExtremesSchema = z.object({
  lastMs: z.number(),
  /** Hours since 1970 with what was lowest and highest in each, the newest last: the running one. */
  hours: z.array(z.tuple([z.number(), z.number(), z.number()])),
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
  const running = state.hours.at(-1);
  if (running?.[0] === hour) {
    running[1] = Math.min(running[1], value);
    running[2] = Math.max(running[2], value);
    return false;
  }
  state.hours.push([hour, value, value]);
  if (state.hours.length > HOURS) state.hours.shift();
  return running !== undefined;
}

/** The hours that ended within so many hours before the running one. */
export function endedHours(
  { hours }: HourExtremes,
  within: number,
): readonly { readonly fromMs: number; readonly lowest: number; readonly highest: number }[] {
  const running = hours.at(-1)?.[0] ?? 0;
  return hours
    .slice(0, -1)
    .filter(([hour]) => hour >= running - within)
    .map(([hour, lowest, highest]) => ({ fromMs: hour * HOUR_MS, lowest, highest }));
}

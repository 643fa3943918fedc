import { z } from 'zod';
import { MINUTE_MS } from '../../domain/interval.ts';
import type { FlexibleLoad } from '../../domain/register.ts';

/** Off without a break since and until when, and from when on a load may be off again, epoch ms. Plain JSON. */
export const offTimeSchema = z.object({
  sinceMs: z.number(),
  untilMs: z.number(),
  freeFromMs: z.number().default(0),
  /** It was told as often as it may be that day: it stays off no longer than `untilMs`. */
  isUsedUp: z.boolean().optional(),
});
export type OffTime = z.infer<typeof offTimeSchema>;

/** Off without a break, epoch ms. */
export type OffSpan = { readonly sinceMs: number; readonly untilMs: number };

/** How often a load was told to be off in a local day, and when that day ends. */
export type ToldToday = { readonly times: number; readonly dayToMs: number };

const REST_PCT = 50;
const MOST_PER_DAY = 4;

/** Commands a day that a load may be given. */
export function mostPerDay({ maxPerDay = MOST_PER_DAY }: Pick<FlexibleLoad, 'maxPerDay'>): number {
  return maxPerDay;
}

/** Once it is on again a load is left alone for a share of the time that it was off (`restPct`), so that it does its work. */
export function restedMs(
  { restPct = REST_PCT }: Pick<FlexibleLoad, 'restPct'>,
  { sinceMs, untilMs }: OffSpan,
): number {
  return untilMs + (Math.max(untilMs - sinceMs, 0) * restPct) / 100;
}

/** A load that kvarter switches, and has told as often as it may be, is let be until the day is over. */
export function offTime(
  load: Pick<FlexibleLoad, 'restPct' | 'maxPerDay' | 'automatic'>,
  { sinceMs, untilMs }: OffSpan,
  { times, dayToMs }: ToldToday,
): OffTime {
  const freeFromMs = restedMs(load, { sinceMs, untilMs });
  if (!load.automatic || times < mostPerDay(load)) return { sinceMs, untilMs, freeFromMs };
  return { sinceMs, untilMs, freeFromMs: Math.max(freeFromMs, dayToMs), isUsedUp: true };
}

/** Until when a load that is off may stay so, epoch ms. */
export function latestOffMs(
  { maxOffMinutes }: Pick<FlexibleLoad, 'maxOffMinutes'>,
  { sinceMs, untilMs, isUsedUp }: OffTime,
): number {
  return isUsedUp ? untilMs : sinceMs + maxOffMinutes * MINUTE_MS;
}

/** A command is needed for a load to be off until `endMs`: it is on, or would come back more than a minute before. */
export function needsCommand({ untilMs }: Pick<OffSpan, 'untilMs'>, endMs: number): boolean {
  return untilMs < endMs - MINUTE_MS;
}

import { z } from 'zod';
import { DAY_MS } from '../domain/interval.ts';
import { meanOf } from './mean.ts';
import { isStep, type StepLimits } from './step.ts';

/**
 * So many nights of the newest are held against so many before them, of which some must be known; and up to so many, since it may not
 * be said while many others are above, too.
 */
const NIGHTS = 5;
const MOST_NIGHTS = 7;
const BEFORE = { most: 5, least: 3 };
/** Nights of which nobody could say what is usual may lie between them, so many. */
const UNKNOWN = 1;

/** Newest nights, the newest last: the local day, and by how many times as much as one night may be it was above what is usual. */
export const nightStepSchema = z.array(z.tuple([z.number(), z.number()]));
export type NightStep = z.infer<typeof nightStepSchema>;

export function noteNight(nights: NightStep, dayMs: number, times: number): NightStep {
  const rounded = Math.round(times * 100) / 100;
  const night: NightStep[number] = [dayMs, rounded];
  return [...nights, night].slice(-MOST_NIGHTS - BEFORE.most);
}

/** Nights that are a step, by how many times as much as one night may be above: since when, how many, and how far in the mean. */
export function stepOf(nights: NightStep, limits: StepLimits): Step | undefined {
  for (let count = NIGHTS; count <= MOST_NIGHTS; count += 1) {
    const [before, newest] = [nights.slice(0, -count).slice(-BEFORE.most), nights.slice(-count)];
    const [[sinceMs] = [0], [lastMs] = [0]] = [newest[0], newest.at(-1)];
    const times = timesOf(newest);
    const isTogether = lastMs - sinceMs <= (count + UNKNOWN) * DAY_MS;
    if (isTogether && isStep(timesOf(before), times, BEFORE.least, limits))
      return { sinceMs, nights: count, times: meanOf(times) };
  }
  return undefined;
}

type Step = { readonly sinceMs: number; readonly nights: number; readonly times: number };

/** In the newest nights, as many as are asked; 0 of one that was not heard of late. */
export function newestTimes(nights: NightStep, dayMs: number): number {
  const newest = nights.slice(-NIGHTS);
  return newest.length < NIGHTS || (newest.at(-1)?.[0] ?? 0) < dayMs - 1.5 * DAY_MS
    ? 0
    : meanOf(timesOf(newest));
}

/** In the night of that day and the one before, those that are known; undefined: none. */
export function timesAround(nights: NightStep, dayMs: number): number | undefined {
  const around = nights.filter(([atMs]) => Math.abs(dayMs - DAY_MS / 2 - atMs) < 1.1 * DAY_MS);
  return around.length === 0 ? undefined : meanOf(timesOf(around));
}

/** Of the newest nights, so many, but for the last: how many were ordinary when they were judged. */
export function ordinaryNights(nights: NightStep, count: number): number {
  return nights.slice(-count, -1).filter(([, times]) => times <= 1).length;
}

function timesOf(nights: NightStep): readonly number[] {
  return nights.map(([, times]) => times);
}

import { z } from 'zod';
import { DAY_MS, HOUR_MS } from '../domain/interval.ts';

/**
 * What an air thermometer has shown so far, so that what no weather and no room does (a broken wire, °F for °C, tenths, nothing sent as
 * 0) is known from what they do. Plain JSON.
 */
export const thermometerSchema = z.object({
  /** The first reading that counts, and the newest one that is believed. */
  fromMs: z.number(),
  lastMs: z.number(),
  c: z.number(),
  /** Since when nothing that came was believed. */
  doubtedMs: z.number().exactOptional(),
});
export type Thermometer = z.infer<typeof thermometerSchema>;

export type ThermometerPlace = 'outdoors' | 'room';
/** Weather of any town, and rooms that anybody heats. */
const PLACES = { outdoors: { minC: -50, maxC: 45 }, room: { minC: -30, maxC: 50 } } as const;

/** Neither sun nor a window takes it so far from one reading to the next. */
const LEAP_C = 15;
/** A thermometer is known after so long, … */
const KNOWN_MS = 2 * DAY_MS;
/** … readings further apart are not from one to the next, … */
const GAP_MS = 6 * HOUR_MS;
/** … and what goes on for so long is what it shows: it hangs elsewhere now. */
const ACCEPTED_MS = 14 * DAY_MS;

export function newThermometer(atMs: number, c: number): Thermometer {
  return { fromMs: atMs, lastMs: atMs, c };
}

export function isPossible(c: number, place: ThermometerPlace): boolean {
  return c >= PLACES[place].minC && c <= PLACES[place].maxC;
}

/** Is the newest reading one that its place can have? What is believed is remembered; what is late changes nothing. */
export function isBelieved(
  known: Thermometer,
  { atMs, c }: { readonly atMs: number; readonly c: number },
  place: ThermometerPlace,
): boolean {
  const { doubtedMs, lastMs, fromMs } = known;
  const isFollowed = doubtedMs !== undefined || atMs - lastMs <= GAP_MS;
  const isLeap = isFollowed && lastMs - fromMs >= KNOWN_MS && Math.abs(c - known.c) > LEAP_C;
  if (atMs <= lastMs) return isPossible(c, place) && !isLeap;
  if (!isPossible(c, place) || (isLeap && atMs - (doubtedMs ?? atMs) < ACCEPTED_MS)) {
    known.doubtedMs ??= atMs;
    return false;
  }
  if (isLeap) known.fromMs = atMs;
  Object.assign(known, { lastMs: atMs, c });
  delete known.doubtedMs;
  return true;
}

/** Means of hours in order of time, without those that are not believed. */
export function believedHours<T extends { readonly fromMs: number; readonly mean: number }>(
  hours: readonly T[],
  place: ThermometerPlace,
): readonly T[] {
  let known: Thermometer | undefined;
  return hours.filter(({ fromMs: atMs, mean: c }) => {
    if (known) return isBelieved(known, { atMs, c }, place);
    if (!isPossible(c, place)) return false;
    known = newThermometer(atMs, c);
    return true;
  });
}

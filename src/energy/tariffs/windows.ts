import type { Zone } from '../../domain/zone.ts';
import type { Span } from './power-price.ts';

const HOUR_MINUTES = 60;

/**
 * Windows of more than an hour follow the wall clock, so that half a day ends at noon on each day of the year. One that begins
 * with the hour that the clock shows twice holds both.
 */
export function windowAt(zone: Zone, atMs: number, minutes: number): Span {
  if (minutes <= HOUR_MINUTES) return zone.windowAt(atMs, minutes * 60_000);
  const day = zone.dayAt(atMs);
  const local = zone.local(atMs);
  const midnight = Date.UTC(local.year, local.month - 1, local.day);
  const index = Math.floor(local.minuteOfDay / minutes);
  const at = (i: number) =>
    i === 0
      ? day.fromMs
      : i * minutes >= 1440
        ? day.toMs
        : zone.fromWall(midnight + i * minutes * 60_000, day.fromMs);
  return { fromMs: at(index), toMs: at(index + 1) };
}

import { HOUR_MS } from '../src/domain/interval.ts';
import { zoneOf } from '../src/domain/zone.ts';

export const DAY_MS = 24 * HOUR_MS;

/** A moment as people in the buildings read it. */
export type LocalTime = {
  /** 0 ≤ hour < 24, with fraction. */
  readonly hour: number;
  /** Days since 1970-01-01, local. */
  readonly day: number;
  /** 1 = Monday … 7 = Sunday. */
  readonly weekday: number;
  readonly dayOfMonth: number;
};

/** Reads local time in a zone, both changes of daylight-saving time included. */
export function createLocalTime(timeZone: string): (atMs: number) => LocalTime {
  const { local } = zoneOf(timeZone);
  return (atMs) => {
    const { year, month, day: dayOfMonth, weekday, minuteOfDay } = local(atMs);
    const hour = minuteOfDay / 60 + (atMs % 60_000) / HOUR_MS;
    return { hour, day: Date.UTC(year, month - 1, dayOfMonth) / DAY_MS, weekday, dayOfMonth };
  };
}

/** What 24 hourly values say of an hour with fraction: linear between them, round the clock. */
export function hourly(values: readonly number[], hour: number): number {
  const from = Math.floor(hour);
  const before = values[from] ?? 0;
  const after = values[(from + 1) % 24] ?? 0;
  return before + (after - before) * (hour - from);
}

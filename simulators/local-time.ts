import { HOUR_MS, QUARTER_MS } from '../src/domain/interval.ts';

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
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  // No zone changes its offset within a clock quarter, and neighbouring questions come from the same one.
  let knownQuarter = Number.NaN;
  let offsetMs = 0;
  return (atMs) => {
    const quarter = Math.floor(atMs / QUARTER_MS);
    if (quarter !== knownQuarter) {
      const name = format.formatToParts(quarter * QUARTER_MS).find(({ type }) => type === 'timeZoneName');
      offsetMs = offsetOf(name?.value ?? '');
      knownQuarter = quarter;
    }
    const localMs = atMs + offsetMs;
    const day = Math.floor(localMs / DAY_MS);
    return {
      hour: (localMs - day * DAY_MS) / HOUR_MS,
      day,
      weekday: ((((day + 3) % 7) + 7) % 7) + 1,
      dayOfMonth: new Date(localMs).getUTCDate(),
    };
  };
}

/** `GMT+01:00` in ms; `GMT` is 0. */
function offsetOf(name: string): number {
  const [, sign, hours = '0', minutes = '0'] = /([+-])(\d\d):(\d\d)/.exec(name) ?? [];
  const ms = Number(hours) * HOUR_MS + Number(minutes) * 60_000;
  return sign === '-' ? -ms : ms;
}

/** What 24 hourly values say of an hour with fraction: linear between them, round the clock. */
export function hourly(values: readonly number[], hour: number): number {
  const from = Math.floor(hour);
  const before = values[from] ?? 0;
  const after = values[(from + 1) % 24] ?? 0;
  return before + (after - before) * (hour - from);
}

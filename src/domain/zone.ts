import { DAY_MS, QUARTER_MS } from './interval.ts';

/** A moment on the wall clock of a place. */
export type LocalTime = {
  readonly year: number;
  /** 1..12 */
  readonly month: number;
  readonly day: number;
  /** ISO 8601: Monday is 1. */
  readonly weekday: number;
  readonly minuteOfDay: number;
};

/** The wall clock and calendar of a time zone, right across both changes of the year. */
export type Zone = {
  readonly local: (atMs: number) => LocalTime;
  /** Start of the local day that holds a moment, and of the one after. */
  readonly dayAt: (atMs: number) => { readonly fromMs: number; readonly toMs: number };
  readonly monthAt: (atMs: number) => { readonly fromMs: number; readonly toMs: number };
  /** Windows of a fixed length that begin with the local day: clock hours, quarter-hours, … */
  readonly windowAt: (atMs: number, durationMs: number) => { readonly fromMs: number; readonly toMs: number };
  /** The moment at which a local date begins. A month or day past its end runs on into the next. */
  readonly startOf: (year: number, month: number, day: number) => number;
  /**
   * The moment at which the wall clock shows a time (`wallMs`: as if it showed UTC), the one closest to `nearMs` when
   * the clock is put back and shows it twice. A time that it never shows is of the clock before it was put forward.
   */
  readonly fromWall: (wallMs: number, nearMs: number) => number;
};

const zones = new Map<string, Zone>();

/** `timeZone`: an IANA name. Asking `Intl` is slow, and zones change on quarter-hours only: few are asked, each once. */
export function zoneOf(timeZone: string): Zone {
  const known = zones.get(timeZone);
  if (known) return known;
  const zone = createZone(timeZone);
  zones.set(timeZone, zone);
  return zone;
}

function createZone(timeZone: string): Zone {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  const offsets = new Map<number, number>();

  const askOffset = (atMs: number): number => {
    const part = { year: 0, month: 0, day: 0, hour: 0, minute: 0 };
    for (const { type, value } of format.formatToParts(atMs)) {
      if (Object.hasOwn(part, type)) Object.assign(part, { [type]: Number(value) });
    }
    return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute) - atMs;
  };
  const offsetOfQuarter = (quarter: number): number => {
    let found = offsets.get(quarter);
    if (found === undefined) {
      found = askOffset(quarter);
      if (offsets.size > 100_000) offsets.clear();
      offsets.set(quarter, found);
    }
    return found;
  };
  const offset = (atMs: number): number => {
    // Zones change at most once in a day: where it begins and ends alike it does not, and no quarter of it need be asked.
    const day = Math.floor(atMs / DAY_MS) * DAY_MS;
    const from = offsetOfQuarter(day);
    if (from === offsetOfQuarter(day + DAY_MS)) return from;
    return offsetOfQuarter(Math.floor(atMs / QUARTER_MS) * QUARTER_MS);
  };

  const startOf = (year: number, month: number, day: number): number => {
    const utc = Date.UTC(year, month - 1, day);
    const guess = utc - offset(utc);
    const start = utc - offset(guess);
    // Where the clock is put forward at midnight the day begins at one.
    return start + offset(start) < utc ? start + QUARTER_MS * 4 : start;
  };

  const fromWall = (wallMs: number, nearMs: number): number => {
    // The offsets before and after: zones change at most once in a day.
    const moments = [wallMs - offset(wallMs - DAY_MS), wallMs - offset(wallMs + DAY_MS)];
    const shown = moments.filter((atMs) => atMs + offset(atMs) === wallMs);
    const [first = moments[0] ?? wallMs, second = first] = shown;
    return Math.abs(second - nearMs) < Math.abs(first - nearMs) ? second : first;
  };

  const local = (atMs: number): LocalTime => {
    const shifted = new Date(atMs + offset(atMs));
    return {
      year: shifted.getUTCFullYear(),
      month: shifted.getUTCMonth() + 1,
      day: shifted.getUTCDate(),
      weekday: ((Math.floor(shifted.getTime() / DAY_MS) + 3) % 7) + 1,
      minuteOfDay: shifted.getUTCHours() * 60 + shifted.getUTCMinutes(),
    };
  };

  // Days are asked for again and again around the same moment.
  let today = { fromMs: 0, toMs: 0 };
  const dayAt = (atMs: number) => {
    if (atMs < today.fromMs || atMs >= today.toMs) {
      const { year, month, day } = local(atMs);
      today = { fromMs: startOf(year, month, day), toMs: startOf(year, month, day + 1) };
    }
    return today;
  };

  return {
    startOf,
    fromWall,
    local,
    dayAt,
    monthAt: (atMs) => {
      const { year, month } = local(atMs);
      return { fromMs: startOf(year, month, 1), toMs: startOf(year, month + 1, 1) };
    },
    windowAt: (atMs, durationMs) => {
      const day = dayAt(atMs);
      const fromMs = day.fromMs + Math.floor((atMs - day.fromMs) / durationMs) * durationMs;
      return { fromMs, toMs: Math.min(fromMs + durationMs, day.toMs) };
    },
  };
}

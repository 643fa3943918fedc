import { DAY_MS } from '../../domain/interval.ts';
import { zoneOf } from '../../domain/zone.ts';

const MOST_DAYS = 4000;

/** Moments on the wall clock of a place, as epoch ms as if the clock showed UTC. */
export type WallClock = { readonly wallMs: (atMs: number) => number };

const clocks = new Map<string, WallClock>();

/**
 * People live by the wall clock, so all lags and profiles are counted on it: the hour that a clock shows twice is one
 * hour of the profile, the one that it leaves out is missing. An IANA name; asked once per UTC day, not per hour.
 */
export function wallClockOf(timeZone: string): WallClock {
  const known = clocks.get(timeZone);
  if (known) return known;
  const clock = createWallClock(timeZone);
  clocks.set(timeZone, clock);
  return clock;
}

function createWallClock(timeZone: string): WallClock {
  const { local } = zoneOf(timeZone);
  const ask = (atMs: number): number => {
    const { year, month, day, minuteOfDay } = local(atMs);
    return Date.UTC(year, month - 1, day) + minuteOfDay * 60_000 - Math.floor(atMs / 60_000) * 60_000;
  };
  const starts = new Map<number, number>();
  const offsetAtStart = (day: number): number => {
    let offset = starts.get(day);
    if (offset === undefined) {
      offset = ask(day * DAY_MS);
      if (starts.size > MOST_DAYS) starts.clear();
      starts.set(day, offset);
    }
    return offset;
  };
  let day = Number.NaN;
  let offset = Number.NaN;
  return {
    wallMs: (atMs) => {
      const its = Math.floor(atMs / DAY_MS);
      if (its !== day) {
        day = its;
        const start = offsetAtStart(its);
        offset = start === offsetAtStart(its + 1) ? start : Number.NaN;
      }
      // On the day of a change each hour is asked for.
      return atMs + (Number.isNaN(offset) ? ask(atMs) : offset);
    },
  };
}

import { HOUR_MS } from '../../src/domain/interval.ts';
import { zoneOf } from '../../src/domain/zone.ts';
import { evesOf, holidaysOf } from '../../src/energy/tariffs/holidays.ts';
import { DAY_MS } from '../local-time.ts';

/** A moment as everybody in the district reads it. */
export type Moment = {
  readonly atMs: number;
  /** 0 ≤ hour < 24, with fraction, local. */
  readonly hour: number;
  /** Days since 1970-01-01, local. */
  readonly day: number;
  /** 1 = Monday … 7 = Sunday. */
  readonly weekday: number;
  /** Saturday, Sunday, public holiday, or one of the three eves that nobody works on. */
  readonly isFree: boolean;
  /** A day with lessons. */
  readonly isSchoolDay: boolean;
  /** Share of the households that is at home in this season, 0..1. */
  readonly atHome: number;
  /** How much more waste than usual: Christmas, midsummer, … */
  readonly wasteFactor: number;
};

/** Schools rest the week before Easter or the one after: here both. */
const EASTER_WEEKS = [-6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6];

type Day = Omit<Moment, 'atMs' | 'hour'>;

/** The calendar of a town in a time zone, with its country's holidays and Swedish school terms. A day is worked out once. */
export function createCalendar(timeZone: string): (atMs: number) => Moment {
  const { local } = zoneOf(timeZone);
  let today: Day | undefined;
  return (atMs) => {
    const { year, month, day: dayOfMonth, weekday, minuteOfDay } = local(atMs);
    const day = Date.UTC(year, month - 1, dayOfMonth) / DAY_MS;
    if (today?.day !== day) today = dayOf(day, year, { weekday, timeZone });
    return { ...today, atMs, hour: minuteOfDay / 60 + (atMs % 60_000) / HOUR_MS };
  };
}

function dayOf(day: number, year: number, { weekday, timeZone }: { weekday: number; timeZone: string }): Day {
  const date = (of: number) => new Date(of * DAY_MS).toISOString().slice(0, 10);
  const holidays = holidaysOf(timeZone, year);
  const isRed = holidays?.has(date(day)) || evesOf(timeZone, year)?.has(date(day)) || false;
  const dayOfYear = day - Date.UTC(year, 0, 1) / DAY_MS;
  const from = (month: number, dayOfMonth: number) => Date.UTC(year, month - 1, dayOfMonth) / DAY_MS;
  const isSummer = day >= from(6, 14) && day < from(8, 18);
  const isChristmas = day >= from(12, 21) || day < from(1, 8);
  const isWinterBreak = Math.floor(dayOfYear / 7) === 7;
  const isAutumnBreak = day >= from(10, 27) && day < from(11, 2);
  const isEasterWeek = EASTER_WEEKS.some((ago) => {
    // Easter is the one Sunday between a Friday and a Monday that are holidays.
    const sunday = day + ago;
    return (sunday + 3) % 7 === 6 && holidays?.has(date(sunday - 2)) && holidays.has(date(sunday + 1));
  });
  const isHoliday = isSummer || isChristmas || isWinterBreak || isAutumnBreak || isEasterWeek;
  const isFree = weekday >= 6 || isRed;
  const inJuly = day >= from(7, 1) && day < from(8, 8);
  return {
    day,
    weekday,
    isFree,
    isSchoolDay: !isFree && !isHoliday,
    atHome: inJuly ? 0.78 : isEasterWeek || (isChristmas && isFree) ? 0.9 : isFree ? 0.95 : 1,
    wasteFactor: day >= from(12, 23) ? 1.45 : day < from(1, 8) ? 1.2 : isEasterWeek ? 1.1 : inJuly ? 0.85 : 1,
  };
}

import { HOUR_MS } from '../../src/domain/interval.ts';
import { zoneOf } from '../../src/domain/zone.ts';
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

type Day = Omit<Moment, 'atMs' | 'hour'>;

/** The calendar of a Swedish town in a time zone. A day is worked out once. */
export function createCalendar(timeZone: string): (atMs: number) => Moment {
  const { local } = zoneOf(timeZone);
  let today: Day | undefined;
  return (atMs) => {
    const { year, month, day: dayOfMonth, weekday, minuteOfDay } = local(atMs);
    const day = Date.UTC(year, month - 1, dayOfMonth) / DAY_MS;
    if (today?.day !== day) today = dayOf(day, year, weekday);
    return { ...today, atMs, hour: minuteOfDay / 60 + (atMs % 60_000) / HOUR_MS };
  };
}

function dayOf(day: number, year: number, weekday: number): Day {
  const special = specialDays(year);
  const isRed = special.red.has(day);
  const dayOfYear = day - Date.UTC(year, 0, 1) / DAY_MS;
  const from = (month: number, date: number) => Date.UTC(year, month - 1, date) / DAY_MS;
  const isSummer = day >= from(6, 14) && day < from(8, 18);
  const isChristmas = day >= from(12, 21) || day < from(1, 8);
  const isWinterBreak = Math.floor(dayOfYear / 7) === 7;
  const isAutumnBreak = day >= from(10, 27) && day < from(11, 2);
  const isEasterWeek = Math.abs(day - special.easter) <= 6;
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

/** Public holidays by Swedish law (SFS 1989:253), with the eves of Christmas, New Year and midsummer. */
function specialDays(year: number): { readonly red: ReadonlySet<number>; readonly easter: number } {
  const at = (month: number, date: number) => Date.UTC(year, month - 1, date) / DAY_MS;
  const easter = easterDay(year);
  const saturdayFrom = (day: number) => day + ((5 - ((day + 3) % 7) + 7) % 7);
  const midsummer = saturdayFrom(at(6, 20));
  const fixed = [at(1, 1), at(1, 6), at(5, 1), at(6, 6), at(12, 24), at(12, 25), at(12, 26), at(12, 31)];
  return {
    easter,
    red: new Set([...fixed, easter - 2, easter, easter + 1, easter + 39, midsummer - 1, midsummer]),
  };
}

/** Easter Sunday, days since 1970. Source: the anonymous Gregorian algorithm (Nature, 20 April 1876). */
function easterDay(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 19 * l) / 433);
  const month = Math.floor((h + l - 7 * m + 90) / 25);
  const date = (h + l - 7 * m + 33 * month + 19) % 32;
  return Date.UTC(year, month - 1, date) / DAY_MS;
}

import { evesOf, holidaysOf, holidayZones } from './holidays.ts';
import { type CalendarPattern, isDate, type RecurringPeriod } from './tariff-parts.ts';

/** A local day as calendar patterns see it. */
export type CalendarDay = {
  /** YYYY-MM-DD */
  readonly date: string;
  readonly year: number;
  /** ISO 8601: Monday is 1. */
  readonly weekday: number;
};

/** Does a calendar pattern (`weekdays`, `holidays`, …) hold on a day? */
export type Pattern = (day: CalendarDay) => boolean;

const QUARTER_MINUTES = 15;
export const QUARTERS_A_DAY = 96;

/**
 * The pattern of a name: as the file gives it, else `weekdays`, `weekends`, `holidays` and `eves` as everybody knows them, or
 * a date. `holidays` and `eves` without dates are those of the zone's country, by rule. A text says why there is none.
 */
export function patternNamed(
  name: string,
  defined: readonly CalendarPattern[],
  timeZone: string,
): Pattern | string {
  const pattern = defined.find(({ reference }) => reference === name);
  const days = pattern?.days ?? [];
  const dates = new Set((pattern?.dates ?? []).map((date) => date.replace(/T.*$/, '').replace(/^--/, '')));
  if (days.length + dates.size > 0) {
    return ({ date, weekday }) => days.includes(weekday) || dates.has(date) || dates.has(date.slice(5));
  }
  if (pattern?.frequency === 'P1D') return () => true;
  if (name === 'weekdays') return ({ weekday }) => weekday <= 5;
  if (name === 'weekends') return ({ weekday }) => weekday > 5;
  if (name === 'holidays' || name === 'eves') {
    const datesOf = name === 'holidays' ? holidaysOf : evesOf;
    if (!holidayZones.includes(timeZone)) {
      return `${name} has no dates, and there is no rule for ${timeZone} (there is for ${holidayZones.join(', ')}): give its dates in calendarPatterns`;
    }
    return ({ date, year }) => datesOf(timeZone, year)?.has(date) ?? false;
  }
  if (/^\d{4}-\d\d-\d\d$/.test(name))
    return isDate(name) ? ({ date }) => date === name : `${name} is no day of the calendar`;
  if (pattern) return `${name} has neither days nor dates`;
  return `no calendar pattern is called ${name}`;
}

/** When a recurring period is active, made ready to be asked for many days. */
export type Activity = {
  /** Which of its active periods may hold on a day, as bits; days with equal bits are active at equal times. */
  readonly bitsOn: (day: CalendarDay) => number;
  /** Is it active in a quarter-hour (0..95) of the wall clock of a day with these bits? */
  readonly isActive: (bits: number, quarter: number) => boolean;
};

/**
 * Several periods of one name are one. Without active periods it always is. 00:00–00:00 is the whole day; a period that ends before it begins passes midnight, and
 * each moment is judged by the calendar of its own day.
 */
export function activityOf(
  periods: readonly RecurringPeriod[],
  patternOf: (name: string) => Pattern | undefined,
): Activity {
  const isAlways = periods.length === 0 || periods.some(({ activePeriods }) => !activePeriods?.length);
  if (isAlways) return { bitsOn: () => 1, isActive: () => true };
  const actives = periods
    .flatMap(({ activePeriods }) => activePeriods ?? [])
    .map((active) => {
      const names = active.calendarPatternReferences;
      const patterns = (list: readonly string[] | null | undefined) =>
        (list ?? []).flatMap((name) => patternOf(name) ?? []);
      return {
        from: quarterOf(active.fromIncluding),
        to: quarterOf(active.toExcluding),
        includes: names?.include?.length ? patterns(names.include) : undefined,
        excludes: patterns(names?.exclude),
      };
    });
  return {
    bitsOn: (day) => {
      let bits = 0;
      // As powers of two: there may be more than the 31 of a bit field.
      for (const [i, { includes, excludes }] of actives.entries()) {
        if (includes && !includes.some((holds) => holds(day))) continue;
        if (!excludes.some((holds) => holds(day))) bits += 2 ** i;
      }
      return bits;
    },
    isActive: (bits, quarter) =>
      actives.some(({ from, to }, i) => Math.floor(bits / 2 ** i) % 2 === 1 && isWithin(quarter, from, to)),
  };
}

function isWithin(quarter: number, from: number, to: number): boolean {
  if (from === to) return true;
  return from < to ? quarter >= from && quarter < to : quarter >= from || quarter < to;
}

function quarterOf(time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return (hour * 60 + minute) / QUARTER_MINUTES;
}

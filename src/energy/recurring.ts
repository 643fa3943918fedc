import type { LocalTime } from '../domain/zone.ts';
import type { CalendarPattern, RecurringPeriod } from './tariff.ts';

/** Does a calendar pattern (`weekdays`, `holidays`, …) hold on the day of a moment? */
export function matchesPattern(
  { days, dates }: CalendarPattern,
  { year, month, day, weekday }: LocalTime,
): boolean {
  if (days?.includes(weekday)) return true;
  const monthDay = `${two(month)}-${two(day)}`;
  return (
    dates?.some((date) => date === `${year}-${monthDay}` || date.replace(/^--/, '') === monthDay) ?? false
  );
}

/** Is a recurring period active at a moment? Without active periods it always is. */
export function isActive(
  { activePeriods }: RecurringPeriod,
  local: LocalTime,
  patterns: ReadonlyMap<string, CalendarPattern>,
): boolean {
  if (activePeriods.length === 0) return true;
  const holds = (name: string) => {
    const pattern = patterns.get(name);
    return pattern !== undefined && matchesPattern(pattern, local);
  };
  return activePeriods.some(({ fromIncluding, toExcluding, calendarPatternReferences: names }) => {
    if (!isWithin(local.minuteOfDay, minutes(fromIncluding), minutes(toExcluding))) return false;
    if (names?.exclude.some(holds)) return false;
    return names === null || names === undefined || names.include.length === 0 || names.include.some(holds);
  });
}

/** 00:00–00:00 is the whole day; a period that ends before it begins passes midnight. */
function isWithin(minute: number, from: number, to: number): boolean {
  if (from === to) return true;
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

function minutes(time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return hour * 60 + minute;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

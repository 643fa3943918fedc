import { zoneOf } from '../../domain/zone.ts';
import { isHoliday } from '../../energy/tariffs/holidays.ts';

/** Is the local day of a moment one of a weekend, a holiday of the zone's country, or an eve that is as good as one? */
export function isFreeDay(timeZone: string, atMs: number): boolean {
  const { year, month, day, weekday } = zoneOf(timeZone).local(atMs);
  return weekday > 5 || isHoliday(timeZone, Date.UTC(year, month - 1, day));
}

import { asColdDays, degreesBelow } from './degree-days.ts';
import { median } from './median.ts';
import { type Day, daysOf, expectDay, keepDays, noDays, type UsualDays } from './usual-days.ts';

/** How cold the night was, and the day before it, whose cold is still in the walls: means, °C. */
export type NightWeather = { readonly nightC: number; readonly dayC: number };

/** So many of the nights that are known are asked: those whose weather was nearest to that of the night. */
const NEAREST = 16;
/** A day's cold counts for so much of a night's. */
const DAY_SHARE = 0.3;
/** So many nights must be known that were as cold, or colder. */
const AS_COLD = 3;
/** A house whose nights differed by so little, as a share of the median, in cold that differed by so many degrees, takes what it takes in any. */
const INDIFFERENT = { share: 0.15, degrees: 8 };
/** What nights of one weather differ by however alike they were, as a share of the floor. */
const LEAST_SPREAD = 0.02;

export function driversOf({ nightC, dayC }: NightWeather): readonly number[] {
  return [degreesBelow(nightC), degreesBelow(dayC)];
}

/**
 * What the floor of a night should be by the known nights of about its weather (`learnDay` with {@link driversOf}). A heat
 * pump takes more the colder it is, up to all that it has: no single line holds for warm and for cold nights, but one through
 * the nearest does. Undefined while few nights are known, and in a night colder than all but some: nobody can say, but of a house
 * that has taken the same in warm nights as in cold ones.
 */
export function expectFloor(
  nights: UsualDays,
  floor: number,
  weather: NightWeather,
): { readonly expected: number; readonly spread: number } | undefined {
  const drivers = driversOf(weather);
  const [cold = 0, coldDay = 0] = drivers;
  const known = daysOf(nights);
  if (asColdDays(known, cold) < AS_COLD && !isIndifferent(known)) return undefined;
  const apart = ([, night = 0, day = 0]: Day) => Math.abs(night - cold) + DAY_SHARE * Math.abs(day - coldDay);
  const nearest = noDays();
  keepDays(nearest, known.toSorted((a, b) => apart(a) - apart(b)).slice(0, NEAREST));
  const found = expectDay(nearest, floor, drivers, { minDays: 0, minSpread: LEAST_SPREAD * Math.abs(floor) });
  // Where it is warmer than in all nights before, a line says less than what a house takes without heating.
  const least = Math.min(...known.map(([one = 0]) => one));
  return found && { ...found, expected: Math.max(found.expected, least) };
}

function isIndifferent(nights: readonly Day[]): boolean {
  const floors = nights.map(([floor = 0]) => floor);
  const degrees = nights.map(([, night = 0]) => night);
  const rangeOf = (values: readonly number[]) => Math.max(...values) - Math.min(...values);
  return rangeOf(degrees) >= INDIFFERENT.degrees && rangeOf(floors) <= INDIFFERENT.share * median(floors);
}

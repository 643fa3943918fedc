import { DAY_MS, HOUR_MS } from '../../domain/interval.ts';
import { isHoliday } from '../tariffs/holidays.ts';
import { wallClockOf } from './wall-clock.ts';

/** Working days, Saturdays, Sundays with holidays. */
export const DAY_KINDS = 3;
const [SATURDAY, SUNDAY] = [5, 6];
const MOST_DAYS = 4000;

/** The wall clock in steps, counted from 1970: a step of a day is `wall % stepsPerDay`. */
export type StepCalendar = {
  readonly stepsPerHour: number;
  readonly stepsPerDay: number;
  readonly stepsPerWeek: number;
  readonly wallOf: (atMs: number) => number;
  /** The step of the week, Monday's first is 0; of a holiday, that of a Sunday. */
  readonly weekSlotOf: (wall: number) => number;
  /** Of the day of a step of the week: 0 working day, 1 Saturday, 2 Sunday or holiday. */
  readonly kindOf: (weekSlot: number) => number;
  readonly hourOf: (weekSlot: number) => number;
};

export type CalendarOptions = {
  /** IANA name of the zone that people live by; its country's holidays and eves count as Sundays, where they are known. */
  readonly zone: string;
  /** A divisor of an hour, ms. */
  readonly stepMs: number;
};

export function createStepCalendar({ zone, stepMs }: CalendarOptions): StepCalendar {
  const { wallMs } = wallClockOf(zone);
  const stepsPerHour = HOUR_MS / stepMs;
  const stepsPerDay = 24 * stepsPerHour;
  const weekdays = new Map<number, number>();
  const weekdayOf = (day: number): number => {
    let weekday = weekdays.get(day);
    if (weekday === undefined) {
      // 1970-01-01 was a Thursday.
      weekday = isHoliday(zone, day * DAY_MS) ? SUNDAY : (((day + 3) % 7) + 7) % 7;
      if (weekdays.size > MOST_DAYS) weekdays.clear();
      weekdays.set(day, weekday);
    }
    return weekday;
  };
  return {
    stepsPerHour,
    stepsPerDay,
    stepsPerWeek: 7 * stepsPerDay,
    wallOf: (atMs) => Math.floor(wallMs(atMs) / stepMs),
    weekSlotOf: (wall) => {
      const day = Math.floor(wall / stepsPerDay);
      return weekdayOf(day) * stepsPerDay + wall - day * stepsPerDay;
    },
    kindOf: (weekSlot) => {
      const weekday = Math.floor(weekSlot / stepsPerDay);
      return weekday < SATURDAY ? 0 : weekday - SATURDAY + 1;
    },
    hourOf: (weekSlot) => Math.floor((weekSlot % stepsPerDay) / stepsPerHour),
  };
}

import { describe, expect, it } from 'vitest';
import { isInForce } from '../../../src/domain/schedule.ts';
import { zoneOf } from '../../../src/domain/zone.ts';
import { scheduleSchema, scheduleWith, seasonSchema } from '../../../src/rules/schedule-schema.ts';

const problemOf = (schedule: object) => scheduleSchema.safeParse(schedule).error?.issues[0]?.message;

describe('hours of a schedule', () => {
  it.each([
    ['06:00-22:00', [360, 1320]],
    ['22:00-06:00', [1320, 360]],
    ['00:00-24:00', [0, 1440]],
    [' 6:05 – 7:30 ', [365, 450]],
  ])('%s are from minute to minute of the day', (hours, span) => {
    expect(scheduleSchema.parse({ hours }).hours).toEqual([span]);
    expect(scheduleSchema.parse({ quietHours: [hours, '12:00-13:00'] }).quietHours).toEqual([
      span,
      [720, 780],
    ]);
  });

  it.each(['06:60-07:00', '06:00-07:60', '24:01-06:00', '06:00-24:30', '06:00-06:00', '06:00', 'all day'])(
    '%s are refused',
    (hours) => {
      expect(problemOf({ hours })).toBe(`${hours} are no hours: write 06:00-22:00`);
    },
  );

  it('must be some', () => {
    expect(problemOf({ hours: [] })).toBeDefined();
  });
});

describe('weekdays of a schedule', () => {
  it.each([
    ['mon-fri', [1, 2, 3, 4, 5]],
    ['sat', [6]],
    ['Sat - Sun', [6, 7]],
    ['fri-mon', [1, 5, 6, 7]],
    [
      ['sun', 'mon', 'sat-sun'],
      [1, 6, 7],
    ],
  ])('%j are %j', (weekdays, days) => {
    expect(scheduleSchema.parse({ weekdays }).weekdays).toEqual(days);
  });

  it.each(['moon', 'mon-moon', 'moon-fri', 'mon-fri-sun', ''])('%j is refused', (weekdays) => {
    expect(problemOf({ weekdays })).toBe(
      `${weekdays} is no weekday: write mon, tue, wed, thu, fri, sat, sun or mon-fri`,
    );
  });
});

describe('the heating season', () => {
  it.each(['00-10', '13-01', '10-00', '10-32', '02-30', '04-31', 'October'])(
    'may not begin on %s',
    (from) => {
      const { error } = seasonSchema.safeParse({ from, to: '04-30' });
      expect(error?.issues[0]?.message).toBe(`${from} is no day of the year: write month-day, 10-01`);
    },
  );

  // Each season has its first and its last day, and the rest of the year has all others.
  it.each([
    ['10-01', '04-30', ['04-30', '10-01', '12-31', '01-01'], ['05-01', '09-30', '07-15']],
    ['10-15', '05-14', ['05-14', '10-15'], ['05-15', '10-14']],
    ['01-01', '02-29', ['01-01', '02-28'], ['03-01', '12-31']],
    ['03-01', '12-31', ['03-01', '12-31'], ['01-01', '02-28']],
    ['01-01', '12-31', ['01-01', '07-15', '12-31'], []],
    ['10-16', '10-15', ['10-15', '10-16', '01-01'], []],
    ['05-01', '04-30', ['05-01', '04-30', '12-31'], []],
  ])('from %s to %s holds on %j, and the rest of the year on %j', (from, to, within, outside) => {
    const season = seasonSchema.parse({ from, to });
    const holdsOn = (day: string, of: 'heating' | 'other') =>
      isInForce(
        scheduleWith({ season: of }, season),
        zoneOf('Europe/Stockholm').local(Date.parse(`2026-${day}T12:00+01:00`)),
      );
    for (const day of within) expect([holdsOn(day, 'heating'), holdsOn(day, 'other')]).toEqual([true, false]);
    for (const day of outside)
      expect([holdsOn(day, 'heating'), holdsOn(day, 'other')]).toEqual([false, true]);
    expect(scheduleWith({ weekdays: [1] }, season)).toEqual({ weekdays: [1] });
  });
});

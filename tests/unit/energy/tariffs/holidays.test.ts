import { expect, it } from 'vitest';
import { evesOf, holidaysOf, isHoliday } from '../../../../src/energy/tariffs/holidays.ts';

// Known dates: almanacs of the years, and the lists that grid companies publish.
it.each<[zone: string, year: number, dates: string]>([
  ['Europe/Stockholm', 2025, '01-01 01-06 04-18 04-20 04-21 05-01 05-29 06-06 06-08 06-21 11-01 12-25 12-26'],
  ['Europe/Stockholm', 2026, '01-01 01-06 04-03 04-05 04-06 05-01 05-14 05-24 06-06 06-20 10-31 12-25 12-26'],
  // Easter is as late as it gets, and as early as it has been.
  ['Europe/Stockholm', 2038, '01-01 01-06 04-23 04-25 04-26 05-01 06-03 06-06 06-13 06-26 11-06 12-25 12-26'],
  ['Europe/Stockholm', 2008, '01-01 01-06 03-21 03-23 03-24 05-01 05-01 05-11 06-06 06-21 11-01 12-25 12-26'],
  ['Europe/Oslo', 2025, '01-01 04-17 04-18 04-20 04-21 05-01 05-17 05-29 06-08 06-09 12-25 12-26'],
  ['Europe/Copenhagen', 2023, '01-01 04-06 04-07 04-09 04-10 05-05 05-18 05-28 05-29 12-25 12-26'],
  ['Europe/Copenhagen', 2024, '01-01 03-28 03-29 03-31 04-01 05-09 05-19 05-20 12-25 12-26'],
  ['Europe/Helsinki', 2025, '01-01 01-06 04-18 04-20 04-21 05-01 05-29 06-08 06-21 11-01 12-06 12-25 12-26'],
  ['Europe/Brussels', 2025, '01-01 04-20 04-21 05-01 05-29 06-08 06-09 07-21 08-15 11-01 11-11 12-25'],
])('holidays in %s in %i', (zone, year, dates) => {
  const expected = [...new Set(dates.split(' '))].map((date) => `${year}-${date}`);
  expect([...(holidaysOf(zone, year) ?? [])].toSorted()).toEqual(expected);
});

// 1981, 2049 and 2076 are the years in which the moon of the tables is a day early.
it.each(['1981-04-19', '2000-04-23', '2019-04-21', '2049-04-18', '2076-04-19', '2100-03-28', '2285-03-22'])(
  'Easter is on %s',
  (date) => {
    const dates = holidaysOf('Europe/Stockholm', Number(date.slice(0, 4)));
    const [friday, monday] = [-2, 1].map((days) =>
      new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10),
    );
    expect([friday, date, monday].map((day = '') => dates?.has(day))).toEqual([true, true, true]);
  },
);

it('eves are those before Easter, Whitsun, Midsummer, Christmas and New Year', () => {
  expect([...(evesOf('Europe/Stockholm', 2025) ?? [])].toSorted()).toEqual([
    '2025-04-19',
    '2025-06-07',
    '2025-06-20',
    '2025-12-24',
    '2025-12-31',
  ]);
  expect(evesOf('Europe/Copenhagen', 2023)?.has('2023-05-05')).toBe(false);
});

it.each([
  ['Europe/Stockholm', '2025-12-24', true],
  ['Europe/Stockholm', '2025-12-25', true],
  ['Europe/Stockholm', '2025-12-23', false],
  ['Europe/Copenhagen', '2023-05-05', true],
  ['Europe/Copenhagen', '2024-04-26', false],
  ['Europe/Berlin', '2025-12-25', false],
])('in %s %s is a holiday, or as good as one: %s', (zone, date, is) => {
  expect(isHoliday(zone, Date.parse(date))).toBe(is);
});

it('are not known where there is no rule', () => {
  expect(holidaysOf('Europe/Berlin', 2025)).toBeUndefined();
});

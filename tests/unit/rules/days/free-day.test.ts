import { expect, it } from 'vitest';
import { isFreeDay } from '../../../../src/rules/days/free-day.ts';

it.each([
  ['a Tuesday', 'Europe/Stockholm', '2026-01-13T12:00+01:00', false],
  ['a Saturday', 'Europe/Stockholm', '2026-01-10T12:00+01:00', true],
  ['Epiphany, a Tuesday', 'Europe/Stockholm', '2026-01-06T12:00+01:00', true],
  ['just after it, local time', 'Europe/Stockholm', '2026-01-06T23:30Z', false],
  ['Midsummer Eve, a Friday', 'Europe/Stockholm', '2026-06-19T12:00+02:00', true],
  ['Epiphany where it is none', 'Europe/Oslo', '2026-01-06T12:00+01:00', false],
  ['a holiday that nobody knows of', 'Asia/Tokyo', '2026-01-01T12:00+09:00', false],
])('%s in %s', (_, timeZone, at, isFree) => {
  expect(isFreeDay(timeZone, Date.parse(at))).toBe(isFree);
});

import { expect, test } from 'vitest';
import { areaUnderCurve } from '../../bench/meters/auc.ts';
import { withFaults } from '../../bench/meters/faults.ts';

test.each([
  ['every labelled row above the others', [0.1, 0.2, 0.8, 0.9], 1],
  ['every labelled row below them', [0.8, 0.9, 0.1, 0.2], 0],
  ['all the same', [0.5, 0.5, 0.5, 0.5], 0.5],
  ['three of four pairs in order', [0.1, 0.6, 0.5, 0.9], 0.75],
])('the area under the curve of %s', (_, scores, area) => {
  expect(areaUnderCurve(scores, [false, false, true, true])).toBe(area);
});

test('faults change the hours that they name, and no others, the same for the same meter', () => {
  const hours = Array.from({ length: 8760 }, (_, hour) => ({
    wallMs: Date.UTC(2018, 0, 1) + hour * 3_600_000,
    kwh: hour % 24 > 6 && hour % 24 < 18 ? 40 + (hour % 7) : 10 + (hour % 5),
  }));
  const faulty = withFaults('meter', hours);
  expect(faulty.filter(({ fault }) => fault).length).toBeGreaterThan(20);
  for (const [i, { fault, kwh }] of faulty.entries()) if (!fault) expect(kwh).toBe(hours[i]?.kwh);
  expect(faulty.slice(0, 14 * 24).every(({ fault }) => fault === undefined)).toBe(true);
  expect(withFaults('meter', hours)).toEqual(faulty);
});

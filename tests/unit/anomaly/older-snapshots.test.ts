import { expect, it } from 'vitest';
import { endedHours, hourExtremesSchema } from '../../../src/anomaly/hour-extremes.ts';
import { daysOf, learnDay, usualDaysSchema } from '../../../src/anomaly/usual-days.ts';
import { highest, peakBookSchema } from '../../../src/energy/bills/peaks.ts';

const HOUR = 3_600_000;

// What was kept before December 2026 took several times as much; it is read all the same.
it('reads days that were kept as numbers, and goes on with them', () => {
  const days = usualDaysSchema.parse({ width: 2, numbers: [21.5, -3, 22, 0.25] });
  learnDay(days, 20.123456, [1]);
  expect(daysOf(days)).toEqual([
    [21.5, -3],
    [22, 0.25],
    [20.123, 1],
  ]);
  expect(usualDaysSchema.parse(JSON.parse(JSON.stringify(days)))).toEqual(days);
  expect(usualDaysSchema.safeParse({ width: 1, numbers: 'AB"' }).success).toBe(false);
});

it('reads hours that were kept as an array each', () => {
  const hours = [
    [10, 1, 5],
    [11, 2, 4],
    [13, 3, 3],
  ];
  const extremes = hourExtremesSchema.parse({ lastMs: 13 * HOUR, hours });
  expect(extremes.hours).toEqual(hours.flat());
  expect(endedHours(extremes, 2)).toEqual([{ fromMs: 11 * HOUR, lowest: 2, highest: 4 }]);
  expect(hourExtremesSchema.parse(extremes)).toEqual(extremes);
});

it('reads the peaks of a day that were kept as an array each', () => {
  const top = [
    [HOUR, 30],
    [0, 20],
  ];
  const [day] = peakBookSchema.parse({ days: [{ fromMs: 0, isFree: false, top }] }).days;
  expect(day && highest(day)).toEqual(top);
});

import { expect, it } from 'vitest';
import { endedHours, hourExtremesSchema } from '../../../src/anomaly/hour-extremes.ts';
import { createNightFloor, nightFloorSchema } from '../../../src/anomaly/night-floor.ts';
import { packedSchema, unpack } from '../../../src/anomaly/packed-numbers.ts';
import { daysOf, expectDay, learnDay, noDays, usualDaysSchema } from '../../../src/anomaly/usual-days.ts';
import { daysOf as bookedDays, peakBookSchema } from '../../../src/energy/bills/peak-book.ts';
import { noteOutcome, outcomeRowsSchema, outcomesOf } from '../../../src/energy/guard/outcome-rows.ts';

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

it('expects nothing by days that were known by fewer drivers, and learns anew', () => {
  const days = noDays();
  for (let day = 0; day < 20; day += 1) learnDay(days, 20 + (day % 5), [day % 5]);
  const limits = { minDays: 7, minSpread: 0.1 };
  expect(expectDay(days, 22, [2], limits)?.expected).toBeCloseTo(22, 1);
  expect(expectDay(days, 22, [2, -8], limits)).toBeUndefined();
  learnDay(days, 22, [2, -8]);
  expect(daysOf(days)).toEqual([[22, 2, -8]]);
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

it('reads the peaks of days that were kept as a record each, and their windows as an array each', () => {
  const top = [
    [HOUR, 30],
    [0, 20],
  ];
  for (const kept of [top, top.flat()]) {
    const book = peakBookSchema.parse({ days: [{ fromMs: 0, isFree: true, top: kept }] });
    expect(bookedDays(book)).toEqual([{ fromMs: 0, isFree: true, top }]);
    expect(peakBookSchema.parse(JSON.parse(JSON.stringify(book)))).toEqual(book);
  }
});

it('reads told windows that were kept as a record each, and notes what became of them', () => {
  const told = { fromMs: 0, toMs: HOUR, toldAtMs: 60_000, chance: 0.3, projectedKw: 9, budgetKw: 8 };
  const settled = { ...told, fromMs: HOUR, toMs: 2 * HOUR, meanKw: -0.5, saved: 0, isBilled: false };
  const rows = outcomeRowsSchema.parse([told, settled]);
  expect(outcomesOf(rows)).toEqual([told, settled]);
  noteOutcome(rows, 0, { meanKw: 7.5 });
  noteOutcome(rows, 3 * HOUR, { meanKw: 1 });
  expect(outcomesOf(outcomeRowsSchema.parse(JSON.parse(JSON.stringify(rows))))).toEqual([
    { ...told, meanKw: 7.5 },
    settled,
  ]);
});

it('reads numbers that were not packed', () => {
  expect(unpack(packedSchema.parse([0.25, -12.5, 0]))).toEqual([0.25, -12.5, 0]);
});

it('goes on with nights of which nobody counted the low ones', () => {
  const { low, ...before } = createNightFloor(0, 1000);
  expect(nightFloorSchema.parse(before)).toEqual({ ...before, low });
});

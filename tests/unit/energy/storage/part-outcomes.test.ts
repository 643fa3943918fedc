import { expect, test } from 'vitest';
import { createPartOutcomes } from '../../../../src/energy/storage/part-outcomes.ts';

const QUARTER_MS = 15 * 60_000;

/** Told of whole days, and then of quarters up to one of the day. */
function after(days: number, quarter: number, kwAt: (day: number, quarter: number) => number) {
  const outcomes = createPartOutcomes(QUARTER_MS);
  for (let day = 0; day < days; day += 1) {
    for (let q = 0; q < 96; q += 1) outcomes.note(kwAt(day, q));
  }
  for (let q = 0; q < quarter; q += 1) outcomes.note(kwAt(days, q));
  return outcomes;
}

test('the rest of an hour is as high as on earlier days about the time, or rises as it did then', () => {
  // After the first quarter of each hour from 6 to 11 the load goes up by 4 kW for the rest of it.
  const outcomes = after(10, 8 * 4, (_, q) => (q >= 24 && q < 44 && q % 4 > 0 ? 5 : 1));
  const likely = outcomes.after(2, 3);
  expect(likely.map(({ kw }) => kw[0])).toEqual([5, 5, 6, 6, 6, 6]);
  expect(likely.every(({ kw, meanKw }) => kw.length === 3 && meanKw === kw[2])).toBe(true);
  expect(likely.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
});

test('what is unusual may go on or go away, in the order in which it did', () => {
  const outcomes = after(20, 48, (_, q) => (q % 4 === 2 ? 1.2 : 1));
  expect(outcomes.after(8, 2).map(({ kw }) => kw.map((one) => Math.round(one * 10) / 10))).toEqual([
    [1, 1.2],
    [1, 1.2],
    [8, 8.2],
    [8, 8.2],
    [8, 8.2],
    [8, 8.2],
  ]);
});

test('what happened on one day of many is the last and unlikely outcome', () => {
  const outcomes = after(20, 48, (day, q) => (day === 7 && q === 50 ? 9 : 1 + ((day * 7 + q * 3) % 5) / 10));
  const likely = outcomes.after(1, 3);
  expect(likely.at(-1)?.meanKw).toBeGreaterThan(3);
  expect(likely.at(-2)?.meanKw).toBeLessThan(1.5);
  expect(likely.at(-1)?.weight).toBeLessThan(0.02);
});

test('nothing is known of the first days, nor from days that are missing: it stays as it is', () => {
  const stays = [{ kw: [4, 4], meanKw: 4, weight: 1 }];
  expect(after(2, 48, () => 3).after(4, 2)).toEqual(stays);
  expect(after(10, 48, () => Number.NaN).after(4, 2)).toEqual(stays);
});

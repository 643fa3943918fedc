import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../../src/domain/interval.ts';
import { jumpsOf } from '../../../../src/energy/storage/peak-term.ts';
import {
  importLevel,
  paidLevel,
  type TrackedRule,
  trackRules,
} from '../../../../src/energy/storage/tracked-rules.ts';
import { shipped, subscribed } from '../bills/bills.ts';

const nowMs = Date.parse('2025-03-03T00:00:00+01:00');

/** The price of what exceeds a subscription under Kalmar's tariff: below a tenth, and at most 100 kW, is free. */
function excessOf(subscribedKw: number): TrackedRule {
  const tariff = subscribed('kalmar-energi-n4-2024', subscribedKw);
  const excess = { ...tariff, power: tariff.power.filter((price) => price.subscribed) };
  const [rule] = trackRules(excess, { stepMs: HOUR_MS, endMs: nowMs + 1000 * HOUR_MS });
  if (!rule) throw new Error('the tariff bills no subscription');
  return rule;
}

test.each([
  [100, 110],
  [2000, 2100],
])('with %d kW subscribed up to %d kW is free, and a plan keeps just below', (subscribedKw, topKw) => {
  const rule = excessOf(subscribedKw);
  const freeKw = paidLevel(rule, nowMs)(0);
  expect(freeKw).toBeLessThan(topKw);
  expect(freeKw).toBeCloseTo(topKw, 1);
  expect(jumpsOf(rule.cost)).toEqual([freeKw]);
});

test('quarter-hours know their place in the hour that is billed; hours, and windows of days, have none', () => {
  const passed = (tariff: string, stepMinutes: number) => {
    const stepMs = stepMinutes * 60_000;
    const known = shipped.get(tariff);
    const rule = known && trackRules(known, { stepMs, endMs: nowMs + 1000 * HOUR_MS }).at(0);
    const ahead = { fromMs: nowMs + HOUR_MS / 2, buy: new Float64Array(4) };
    const level = rule && importLevel(rule, { levelOf: () => 1, caution: 1 }, ahead, stepMs);
    return level?.passed && [...level.passed];
  };
  expect(passed('ellevio-2025', 15)).toEqual([2, 3, 0, 1]);
  expect(passed('ellevio-2025', 30)).toEqual([1, 0, 1, 0]);
  expect(passed('ellevio-2025', 60)).toBeUndefined();
  expect(passed('flanders-2023', 15)).toBeUndefined();
  expect(passed('umea-heat-2023', 15)).toBeUndefined();
});

import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../../src/domain/interval.ts';
import { jumpsOf } from '../../../../src/energy/storage/peak-term.ts';
import { paidLevel, type TrackedRule, trackRules } from '../../../../src/energy/storage/tracked-rules.ts';
import { subscribed } from '../bills/bills.ts';

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

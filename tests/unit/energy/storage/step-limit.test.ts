import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../../src/domain/interval.ts';
import { stepLimit } from '../../../../src/energy/storage/step-limit.ts';
import { trackRules } from '../../../../src/energy/storage/tracked-rules.ts';
import { compileTariffs } from '../../../../src/energy/tariffs/compile-tariff.ts';

const fromMs = Date.parse('2025-04-10T00:00:00+02:00');

// Norway: the mean of three days' peaks; up to 2 kW 83 NOK, to 5 kW 147, to 10 kW 252, … to 20 kW and above 490.

test.each([
  { says: 'at the edge of a step no day has room', levelKw: 2, paidKw: [], limitKw: 2 },
  { says: 'two days below it leave theirs to the third', levelKw: 1.7, paidKw: [], limitKw: 2.6 },
  { says: 'what other days have paid is not left any more', levelKw: 1.7, paidKw: [2.1], limitKw: 2.2 },
  {
    says: 'what they have paid below the level is none of it',
    levelKw: 1.7,
    paidKw: [1.2, 1.6],
    limitKw: 2.6,
  },
  { says: 'a step that is lost is not held', levelKw: 2, paidKw: [3, 2.5], limitKw: 9.5 },
])('$says: a peak may be $limitKw kW', ({ levelKw, paidKw, limitKw }) => {
  const limit = limitOf('norway-steps-2024', levelKw, paidKw);
  expect(limit?.allowedKw[5]).toBeCloseTo(limitKw, 6);
  expect(limit?.perKw[5]).toBeGreaterThan(50);
});

test('above the last step nothing more can be lost', () => {
  const limit = limitOf('norway-steps-2024', 25, []);
  expect(limit?.allowedKw[5]).toBe(Number.POSITIVE_INFINITY);
  expect(limit?.perKw[5]).toBe(0);
});

test('a price per kW has no steps', () => {
  expect(limitOf('goteborg-energi-2025', 3, [])).toBeUndefined();
});

function limitOf(name: string, levelKw: number, paidKw: readonly number[]) {
  const [first] = compileTariffs(JSON.parse(readFileSync(`config/tariffs/${name}.json`, 'utf8'))).tariffs;
  if (!first?.tariff) throw new Error('the tariff cannot be read');
  const [rule] = trackRules(first.tariff, { stepMs: HOUR_MS, endMs: fromMs });
  if (!rule) throw new Error('the tariff has no power price');
  const none = new Float64Array(24);
  const ahead = {
    fromMs,
    hours: 1,
    expectedKw: 1,
    outcomesKw: [],
    transitions: [],
    buy: none,
    sell: none,
    later: undefined,
  };
  return stepLimit(rule, { levelKw, caution: 1 }, ahead, HOUR_MS, () => paidKw);
}

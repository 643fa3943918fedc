import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../../src/domain/interval.ts';
import { endCost } from '../../../../src/energy/storage/end-cost.ts';

const battery = {
  capacityKwh: 80,
  chargeKw: 10,
  dischargeKw: 10,
  chargeEfficiency: 0.9,
  dischargeEfficiency: 0.9,
  lossPerHour: 0,
  initialKwh: 0,
  finalKwh: 40,
};
const prices = {
  buy: Float64Array.from({ length: 40 }, (_, t) => (t % 24 < 12 ? 0.5 : 1.5)),
  sell: new Float64Array(40),
};
const ahead = {
  ...prices,
  fromMs: 0,
  hours: 1,
  expectedKw: 0.4,
  outcomesKw: [],
  transitions: [],
  later: undefined,
};
const never = Number.POSITIVE_INFINITY;

test('what the days after use is worth the mean price, and what they leave as much as it costs to charge it later', () => {
  const cost = endCost(battery, ahead, prices, never);
  // 0.4 kW for four days.
  const mean = prices.buy.reduce((sum, price) => sum + price, 0) / 40;
  expect(cost(10) - cost(20)).toBeCloseTo(10 * mean * 0.9, 2);
  expect(cost(50) - cost(60)).toBeCloseTo((10 * 0.5) / 0.9, 2);
});

test('what is left is never worth more than what is used, nor less than a little', () => {
  const flat = { buy: new Float64Array(40).fill(1), sell: prices.sell };
  const cost = endCost(battery, ahead, flat, never);
  expect(cost(50) - cost(60)).toBeCloseTo(9, 2);
  const free = endCost(battery, ahead, { buy: new Float64Array(40).fill(-1), sell: prices.sell }, never);
  expect(free(50) - free(60)).toBeGreaterThan(0);
});

test('at the very end nothing is worth anything but what must be there', () => {
  const cost = endCost(battery, ahead, prices, 40 * HOUR_MS);
  expect(cost(50) - cost(60)).toBeCloseTo(0, 2);
  expect(cost(30) - cost(40)).toBeGreaterThan(1000);
});

test('a price that is not known makes nothing of a kWh, and no plan impossible', () => {
  const unknown = { buy: new Float64Array(40).fill(Number.NaN), sell: prices.sell };
  expect(endCost(battery, ahead, unknown, never)(60)).toBeCloseTo(0, 1);
});

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
const site = { battery, importLimitKw: Number.POSITIVE_INFINITY, exportLimitKw: 0 };
const ahead = {
  ...prices,
  fromMs: 0,
  hours: 1,
  expectedKw: 0.4,
  outcomesKw: [],
  transitions: [],
  later: undefined,
  stay: { fromMs: 0, toMs: Number.POSITIVE_INFINITY, site },
};
/** The same, of a stay that ends. */
const until = (toMs: number) => ({ ...ahead, stay: { ...ahead.stay, toMs } });

test('what the days after use is worth the mean price, and what they leave as much as it costs to charge it later', () => {
  const cost = endCost(ahead, prices, []);
  // 0.4 kW for four days.
  const mean = prices.buy.reduce((sum, price) => sum + price, 0) / 40;
  expect(cost(10) - cost(20)).toBeCloseTo(10 * mean * 0.9, 2);
  expect(cost(50) - cost(60)).toBeCloseTo((10 * 0.5) / 0.9, 2);
});

test('what is left is never worth more than what is used, nor less than a little', () => {
  const flat = { buy: new Float64Array(40).fill(1), sell: prices.sell };
  const cost = endCost(ahead, flat, []);
  expect(cost(50) - cost(60)).toBeCloseTo(9, 2);
  const free = endCost(ahead, { buy: new Float64Array(40).fill(-1), sell: prices.sell }, []);
  expect(free(50) - free(60)).toBeGreaterThan(0);
});

test('at the very end nothing is worth anything but what must be there', () => {
  const cost = endCost(until(40 * HOUR_MS), prices, []);
  expect(cost(50) - cost(60)).toBeCloseTo(0, 2);
  expect(cost(30) - cost(40)).toBeGreaterThan(1000);
});

test('a price that is not known makes nothing of a kWh, and no plan impossible', () => {
  const unknown = { buy: new Float64Array(40).fill(Number.NaN), sell: prices.sell };
  expect(endCost(ahead, unknown, [])(60)).toBeCloseTo(0, 1);
});

test('what is missing of the final content is charged evenly beside the load, and costs where that passes a level', () => {
  const level = { allowedKw: new Float64Array(40).fill(1), perKw: new Float64Array(40).fill(100) };
  const extra = (storedKwh: number, hoursLeft: number): number => {
    const cost = (levels: readonly (typeof level)[]) =>
      endCost(until((40 + hoursLeft) * HOUR_MS), prices, levels)(storedKwh);
    return cost([level]) - cost([]);
  };
  // 18 kWh in 20 hours at 0.9 are 1 kW, and there is room for 0.6.
  expect(extra(22, 20)).toBeCloseTo(40, 6);
  expect(extra(22, 40)).toBe(0);
  expect(extra(40, 20)).toBe(0);
});

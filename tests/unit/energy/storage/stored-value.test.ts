import { expect, test } from 'vitest';
import { storedAfter } from '../../../../src/energy/storage/battery.ts';
import type { ImportLevel } from '../../../../src/energy/storage/power-search.ts';
import { valueOfStore } from '../../../../src/energy/storage/stored-value.ts';
import { transitionsOf } from '../../../../src/energy/storage/transitions.ts';
import { smallBattery } from '../../../support/small-battery.ts';

const battery = { ...smallBattery, capacityKwh: 8, chargeKw: 4, dischargeKw: 4 };
const site = { battery, importLimitKw: Number.POSITIVE_INFINITY, exportLimitKw: 0 };

function ahead(
  outcomes: readonly (readonly number[])[],
  weights: readonly number[],
  buy: readonly number[],
  persistence = 0,
) {
  return {
    hours: 1,
    outcomesKw: outcomes.map((one) => Float64Array.from(one)),
    transitions: transitionsOf(weights, persistence),
    buy: Float64Array.from(buy),
    sell: new Float64Array(buy.length),
    later: undefined,
  };
}

function levelOf(allowedKw: number, perKw: number, steps: number): ImportLevel {
  return {
    allowedKw: new Float64Array(steps).fill(allowedKw),
    perKw: new Float64Array(steps).fill(perKw),
  };
}

test('a store is charged where energy is cheap and emptied where it is dear', () => {
  const value = valueOfStore(site, ahead([[2, 2, 2]], [1], [0.2, 1, 0.1]), [], () => () => 0);
  expect(value.powerIn(0, 0, 2)).toBeCloseTo(2);
  expect(value.powerIn(1, 2, 2)).toBeCloseTo(-2);
});

test('what may be needed to hold a level is kept, dear hour or not', () => {
  const outcomes = [
    [1, 1, 1],
    [1, 1, 7],
  ];
  const price = [1, 1.3, 1];
  const careless = valueOfStore(site, ahead(outcomes, [0.9, 0.1], price), [], () => (kwh) => -kwh);
  expect(careless.powerIn(1, 4, 1)).toBeCloseTo(-1);
  const level = levelOf(3, 50, 3);
  const careful = valueOfStore(site, ahead(outcomes, [0.9, 0.1], price), [level], () => (kwh) => -kwh);
  expect(careful.powerIn(1, 4, 1)).toBeCloseTo(0);
  expect(careful.powerIn(2, 4, 7)).toBeCloseTo(-4);
});

test('of plans at one cost the one with the fuller store is taken, up to the level', () => {
  const value = valueOfStore(
    site,
    ahead([[1, 1]], [1], [0, 0]),
    [levelOf(3, 10, 2)],
    () => (kwh) => -1e-4 * kwh,
  );
  expect(value.powerIn(0, 0, 1)).toBeCloseTo(2);
  expect(value.powerIn(1, 2, 1.5)).toBeCloseTo(1.5);
});

test('no power leaves the store below nothing or above what it holds', () => {
  const value = valueOfStore(site, ahead([[5, -6, 5]], [1], [1, 1, 1]), [levelOf(0, 50, 3)], () => () => 0);
  let stored = 3;
  for (const [step, net] of [5, -6, 5].entries()) {
    const power = value.powerIn(step, stored, net);
    expect(net + power).toBeGreaterThanOrEqual(Math.min(net + battery.chargeKw, 0) - 1e-9);
    stored = storedAfter(battery, stored, power, 1);
    expect(stored).toBeGreaterThanOrEqual(0);
    expect(stored).toBeLessThanOrEqual(battery.capacityKwh);
  }
});

test('what is stored is kept for a price that may turn out dear, where the mean of it would not be worth it', () => {
  const known = ahead([[2, 2, 2]], [1], [0.9, 0.1, 0.8]);
  const endless = () => () => 0;
  expect(valueOfStore(site, known, [], endless).powerIn(0, 2, 2)).toBeCloseTo(-2);
  const variant = (price: number) => ({
    weight: 0.5,
    buy: Float64Array.of(0.9, 1, price),
    sell: new Float64Array(3),
  });
  const later = { toldFrom: 1, variants: [variant(0.1), variant(1.5)] };
  const unsure = { ...known, buy: Float64Array.of(0.9, 1, 0.8), later };
  expect(valueOfStore(site, unsure, [], endless).powerIn(0, 2, 2)).toBeCloseTo(0);
});

test('after an hour above what was expected more of them are, and the store is not emptied into the first', () => {
  // Usually 2 kW, now and then 6 kW: if for one hour only, the store holds it below 2 kW above the level.
  const outcomes = [
    [2, 2, 2, 2],
    [6, 6, 6, 6],
  ];
  // Two parts of a peak's price: a little above the lower one in all hours is cheaper than far above it in one.
  const levels = [levelOf(2, 10, 4), levelOf(4, 10, 4)];
  const of = (persistence: number) =>
    valueOfStore(site, ahead(outcomes, [0.9, 0.1], [1, 1, 1, 1], persistence), levels, () => () => 0);
  expect(of(0).powerIn(0, 6, 6)).toBeCloseTo(-4);
  expect(of(0.95).powerIn(0, 6, 6)).toBeCloseTo(-2);
});

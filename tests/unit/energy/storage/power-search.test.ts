import { expect, test } from 'vitest';
import { evenNumbers } from '../../../../src/energy/even-numbers.ts';
import { createPowerSearch } from '../../../../src/energy/storage/power-search.ts';

const STATES = 9;

/** A store, a connection and a step, drawn; what the rest costs falls less and less the more is stored. */
function drawn(seed: number) {
  const random = evenNumbers(seed);
  const site = {
    battery: {
      capacityKwh: 1 + 9 * random(),
      chargeKw: 4 * random(),
      dischargeKw: 4 * random(),
      chargeEfficiency: 0.8 + 0.2 * random(),
      dischargeEfficiency: 0.8 + 0.2 * random(),
      lossPerHour: 0.01 * random(),
      initialKwh: 0,
      finalKwh: 0,
    },
    importLimitKw: random() < 0.5 ? 5 * random() : Number.POSITIVE_INFINITY,
    exportLimitKw: random() < 0.5 ? 0 : 3 * random(),
  };
  const levels = Array.from({ length: 3 }, () => ({
    allowedKw: Float64Array.of(5 * random()),
    perKw: Float64Array.of(3 * random()),
  }));
  const buy = 2 * random();
  const search = createPowerSearch(site, 0.25 + 0.75 * random(), levels, { states: STATES });
  search.atStep(0, { buy: Float64Array.of(buy), sell: Float64Array.of(buy * random()) });
  let [rest, fall] = [20 * random(), 3];
  for (let i = 0; i < STATES; i += 1) {
    search.after[i] = rest;
    fall *= random();
    rest -= fall;
  }
  return { search, site, netKw: 12 * random() - 4 };
}

test('one look through all states finds for each what a look at every power does', () => {
  for (let seed = 0; seed < 300; seed += 1) {
    const { search, site, netKw } = drawn(seed);
    const costs = new Float64Array(STATES);
    search.cheapestOfAll(netKw, costs, 0);
    for (const [i, cost] of costs.entries()) {
      const stored = (i * site.battery.capacityKwh) / (STATES - 1);
      expect(cost, `${seed}, state ${i}`).toBeCloseTo(search.cheapest(stored, netKw).cost, 6);
    }
  }
});

test('where energy costs less than nothing, a store that is full in part is emptied or filled, whichever is cheaper', () => {
  const { search, site } = drawn(1);
  search.atStep(0, { buy: Float64Array.of(-5), sell: Float64Array.of(-5) });
  const costs = new Float64Array(STATES);
  search.cheapestOfAll(2, costs, 0);
  const full = search.cheapest(site.battery.capacityKwh, 2);
  expect(costs[STATES - 1]).toBeCloseTo(full.cost, 9);
});

test('of an hour in quarters a later quarter may take what the ones before left, and makes up for what they took too much', () => {
  const battery = {
    capacityKwh: 100,
    chargeKw: 50,
    dischargeKw: 50,
    chargeEfficiency: 1,
    dischargeEfficiency: 1,
    lossPerHour: 0,
    initialKwh: 0,
    finalKwh: 0,
  };
  const site = { battery, importLimitKw: Number.POSITIVE_INFINITY, exportLimitKw: 0 };
  const level = {
    allowedKw: new Float64Array(4).fill(5),
    perKw: new Float64Array(4).fill(10),
    passed: Uint8Array.of(0, 1, 2, 3),
  };
  const search = createPowerSearch(site, 0.25, [level], { states: STATES });
  // What is stored is worth something: no more is given than keeps the level.
  for (let i = 0; i < STATES; i += 1) search.after[i] = -i;
  const prices = { buy: new Float64Array(4), sell: new Float64Array(4) };
  const gridKw = (step: number, imported: readonly number[]): number => {
    search.atStep(step, prices, undefined, (before) => imported.at(-before) ?? Number.NaN);
    return 20 + search.cheapest(50, 20).kw;
  };
  expect(gridKw(0, [99])).toBeCloseTo(5, 9);
  expect(gridKw(2, [2, 4])).toBeCloseTo(9, 9);
  expect(gridKw(3, [5, 5, 8])).toBeCloseTo(2, 9);
  expect(gridKw(1, [Number.NaN])).toBeCloseTo(5, 9);
});

import { expect, test } from 'vitest';
import { evenNumbers } from '../../../../src/energy/even-numbers.ts';
import { createPowerSearch } from '../../../../src/energy/storage/power-search.ts';
import { smallBattery } from '../../../support/small-battery.ts';

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

test('in the rest of an hour what its beginning left may be taken, and what it took too much is made up for', () => {
  const search = searchWith({ allowedKw: 5, perKw: 10 });
  const gridKw = (share: number, knownShare: number, importedKw: number): number => {
    search.atStep(0, prices, undefined, { share, knownShare, importedKw, buy: 0, sell: 0 });
    return 20 + search.cheapest(50, 20).kw;
  };
  expect(gridKw(1, 0, 0)).toBeCloseTo(5, 9);
  expect(gridKw(0.5, 0.5, (2 + 4) / 4)).toBeCloseTo(7, 9);
  expect(gridKw(0.25, 0.75, (5 + 5 + 8) / 4)).toBeCloseTo(2, 9);
  // A quarter of which nothing is known is supposed to have been at the level.
  expect(gridKw(0.5, 0.25, 2 / 4)).toBeCloseTo(6.5, 9);
});

test('what the beginning of an hour took beyond its level costs, whatever is done in the rest', () => {
  const search = searchWith({ allowedKw: 5, perKw: 10 });
  search.atStep(0, prices, undefined, { share: 0.25, knownShare: 0.75, importedKw: 9, buy: 0, sell: 0 });
  // A mean of 9 kW with nothing in the last quarter, 4 above the level.
  const { kw, cost } = search.cheapest(50, 20);
  expect(20 + kw).toBeCloseTo(0, 9);
  expect(cost).toBeCloseTo(40, 4);
});

const prices = { buy: Float64Array.of(0), sell: Float64Array.of(0) };

/** A large store whose content is worth next to nothing; a level in its only step. */
function searchWith({ allowedKw, perKw }: { allowedKw: number; perKw: number }) {
  const battery = { ...smallBattery, capacityKwh: 80, chargeKw: 50, dischargeKw: 50 };
  const site = { battery, importLimitKw: Number.POSITIVE_INFINITY, exportLimitKw: 0 };
  const level = { allowedKw: Float64Array.of(allowedKw), perKw: Float64Array.of(perKw) };
  const search = createPowerSearch(site, 1, [level], { states: STATES });
  for (let i = 0; i < STATES; i += 1) search.after[i] = -i * 1e-6;
  return search;
}

import { expect, test } from 'vitest';
import { meanOf } from '../../../../src/energy/storage/mean.ts';
import { cheapestInPart, type PartOfStep } from '../../../../src/energy/storage/part-search.ts';
import { createPowerSearch } from '../../../../src/energy/storage/power-search.ts';
import { smallBattery } from '../../../support/small-battery.ts';

const STATES = 25;
const CAPACITY = 12;
const prices = { buy: Float64Array.of(1), sell: Float64Array.of(0) };

/** The grid's power in the first of four quarters: the level is 5 kW, and a stored kWh is worth so much. */
function gridKw(
  storedKwh: number,
  netKw: number,
  { worth, buy = 1, ...part }: { worth: number; buy?: number } & Pick<PartOfStep, 'later'>,
): number {
  const battery = { ...smallBattery, capacityKwh: CAPACITY, chargeKw: 6, dischargeKw: 6 };
  const site = { battery, importLimitKw: Number.POSITIVE_INFINITY, exportLimitKw: 0 };
  const level = { allowedKw: Float64Array.of(5), perKw: Float64Array.of(100) };
  const search = createPowerSearch(site, 1, [level], { states: STATES });
  for (let i = 0; i < STATES; i += 1) search.after[i] = (-worth * i * CAPACITY) / (STATES - 1);
  const first = { share: 0.25, knownShare: 0, importedKw: 0, buy, sell: 0, ...part };
  const at = { step: 0, prices, hours: 1, part: first };
  return netKw + cheapestInPart(search, site, at, { storedKwh, netKw });
}

/** What may come in the three quarters that follow, and how likely it is. */
const later = (...likely: readonly (readonly [kw: readonly number[], weight: number])[]) => ({
  share: 0.75,
  buy: 1,
  sell: 0,
  likely: likely.map(([kw, weight]) => ({ kw, meanKw: meanOf(kw), weight })),
});

test('where what is stored is worth more than it costs, as much is charged as the mean of the hour has room for', () => {
  // Nothing is used in the rest: the first quarter may take the hour's energy, as far as the power goes.
  expect(gridKw(0, 1, { worth: 3, buy: 0.9, later: later([[0, 0, 0], 1]) })).toBeCloseTo(7, 6);
  expect(gridKw(0, 1, { worth: 0.5, later: later([[0, 0, 0], 1]) })).toBeLessThan(1.3);
});

test('nothing is charged that a load may need which the store cannot hold', () => {
  // 13 kW in the rest, of which the store gives 6: 7 kW for three quarters are above the level whatever is done before.
  const hopeful = gridKw(6, 1, { worth: 1.1, later: later([[1, 1, 1], 1]) });
  const careful = gridKw(6, 1, { worth: 1.1, later: later([[1, 1, 1], 0.9], [[13, 13, 13], 0.1]) });
  expect(hopeful).toBeGreaterThan(4);
  expect(careful).toBeCloseTo(0, 6);
});

test('nothing is given for a level that the hour keeps anyway', () => {
  expect(gridKw(6, 9, { worth: 1, later: later([[1, 1, 1], 1]) })).toBeGreaterThanOrEqual(9);
});

test('what can be given later is not given now, but no more can be given then than is used', () => {
  // All the time 11 kW: 6 kWh are too much, of which the rest can give 4.5.
  expect(gridKw(12, 11, { worth: 1.5, later: later([[11, 11, 11], 1]) })).toBeCloseTo(5, 6);
  // 3.5 kWh are too much, of which the rest can give 3.25, and not what it could at 6 kW throughout.
  expect(gridKw(12, 11, { worth: 1.5, later: later([[11, 11, 1], 1]) })).toBeCloseTo(10, 6);
});

test('in the last part what is left of the hour is known', () => {
  expect(gridKw(6, 9, { worth: 1.5, later: undefined })).toBeCloseTo(5, 6);
});

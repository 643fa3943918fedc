import { expect, it } from 'vitest';
import { powerBill, savedByHolding } from '../../../../src/energy/bills/power-bill.ts';
import { loadOf, shipped, tariffOf } from './bills.ts';

const tariff = (name: string) => {
  const found = shipped.get(name);
  if (!found) throw new Error(`no tariff ${name}`);
  return found;
};
const january = { from: '2025-01-01', to: '2025-02-01', baseKw: 10 } as const;
const highest = { '2025-01-07 08:00': 60, '2025-01-07 09:00': 50, '2025-01-07 10:00': 40 };

it('what power costs is billed by the dearest component, in the mean of the months, and by all together', () => {
  // Three highest hours: January (60 + 50 + 40)/3 = 50 kW, February 10 kW, at 45 a kW.
  const months = loadOf({ ...january, to: '2025-03-01', kw: highest });
  expect(powerBill(tariff('goteborg-energi-2025'), months)).toEqual({ billedKw: 30, cost: 2700 });
  // Main 60 kW × 30.56 = 1,833.60; by day 40 kW × 57.03 = 2,281.20. Energy is no power.
  const karlstad = loadOf({ ...january, kw: { '2025-01-04 08:00': 60, '2025-01-07 17:00': 40 } });
  expect(powerBill(tariff('karlstad-2024'), karlstad)).toEqual({
    billedKw: 40,
    cost: expect.closeTo(4114.8, 6),
  });
});

it('what a step of power costs is no power', () => {
  const sek = (priceExVat: number) => ({ priceExVat, currency: 'SEK' });
  const peakIdentificationSettings = {
    peakIdentificationPeriod: 'PT1H',
    peakDuration: 'PT1H',
    numberOfPeaksForAverageCalculation: 1,
  };
  const steps = [{ price: sek(9000), perKw: sek(10) }];
  const components = [{ peakIdentificationSettings, 'x-kvarter': { steps } }];
  const banded = tariffOf({ tariffs: [{ powerPrice: { components } }] });
  expect(powerBill(banded, loadOf({ ...january, kw: highest }))).toEqual({ billedKw: 60, cost: 9600 });
});

it('holding loads back saves what the same hours would have cost with them', () => {
  const load = loadOf({ ...january, kw: highest });
  const at = (time: string) => Date.parse(`2025-01-07T${time}+01:00`);
  const saved = (held: Parameters<typeof savedByHolding>[2]) =>
    savedByHolding(tariff('goteborg-energi-2025'), load, held);
  expect(saved([])).toBe(0);
  // 20 kW for half of the first hour and half of the second: 70, 60 and 40 kW are 56.67 in the mean, not 50. × 45.
  expect(saved([{ fromMs: at('08:30'), toMs: at('09:30'), kw: 20 }])).toBeCloseTo(300, 6);
  // Of what was held before the load is known nothing is said.
  expect(saved([{ fromMs: load.fromMs - 3_600_000, toMs: load.fromMs, kw: 900 }])).toBe(0);
});

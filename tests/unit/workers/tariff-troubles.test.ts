import { expect, test } from 'vitest';
import type { Building } from '../../../src/domain/register.ts';
import { compileTariffs } from '../../../src/energy/tariffs/compile-tariff.ts';
import { createTariffTroubles } from '../../../src/workers/tariff-troubles.ts';
import { registerOf } from '../../support/readings.ts';

function tariffOf(validPeriod: object) {
  const component = {
    reference: 'main',
    type: 'peak',
    price: { priceExVat: 45, currency: 'SEK' },
    peakIdentificationSettings: {
      peakFunction: 'peak(main)',
      peakIdentificationPeriod: 'PT1H',
      peakDuration: 'PT1H',
      numberOfPeaksForAverageCalculation: 3,
    },
  };
  const powerPrice = { costFunction: 'sum(peak(c)*price(c))', components: [component] };
  const base = { name: 'T', timeZone: 'Europe/Stockholm', billingPeriod: 'P1M', direction: 'consumption' };
  const { tariffs, problems } = compileTariffs({ tariffs: [{ ...base, validPeriod, powerPrice }] });
  const [found] = tariffs;
  if (!found?.tariff) throw new Error(JSON.stringify(problems));
  return found.tariff;
}

function toldAt(at: string, validPeriod: object, billed: Partial<Building> = { tariff: 'of-2026' }) {
  const register = registerOf([{ name: 'House 1', ...billed }, { name: 'House 2' }], []);
  const tariffs = new Map([['of-2026', tariffOf(validPeriod)]]);
  return createTariffTroubles(
    () => register,
    tariffs,
    () => Date.parse(at),
  )().map(({ subject, detail }) => [subject, detail]);
}

const of2026 = { fromIncluding: '2026-01-01', toExcluding: '2027-01-01' };

test.each([
  ['2026-12-17T23:59+01:00', undefined],
  ['2026-12-18T00:00+01:00', 'From 2027-01-01 on it has no prices (House 1)'],
  ['2026-12-31T23:59+01:00', 'From 2027-01-01 on it has no prices (House 1)'],
  ['2027-01-01T00:00+01:00', 'From 2027-01-01 on it has no prices (House 1)'],
  ['2027-11-30T12:00+01:00', 'From 2027-01-01 on it has no prices (House 1)'],
  ['2025-12-01T12:00+01:00', undefined],
])('at %s of a tariff that ends with 2026 is told: %s', (at, says) => {
  const detail = says === undefined ? undefined : expect.stringContaining(says);
  expect(toldAt(at, of2026)).toEqual([['tariff of-2026', detail]]);
});

test('the end of a tariff of district heating is told as well', () => {
  const told = toldAt('2026-12-18T00:00+01:00', of2026, { heatTariff: 'of-2026' });
  expect(told).toEqual([['tariff of-2026', expect.stringContaining('(House 1)')]]);
});

test('nothing is told of a tariff without an end', () => {
  expect(toldAt('2027-01-01T00:00+01:00', { fromIncluding: '2026-01-01', toExcluding: null })).toEqual([
    ['tariff of-2026', undefined],
  ]);
});

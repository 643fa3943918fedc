import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../../src/domain/interval.ts';
import { daysOf, noPeaks } from '../../../../src/energy/bills/peak-book.ts';
import { costWith, recordPeak, threshold } from '../../../../src/energy/bills/peaks.ts';
import { guardedPrices } from '../../../../src/energy/guard/guarded-prices.ts';
import { compileTariffs } from '../../../../src/energy/tariffs/compile-tariff.ts';
import { withSubscription } from '../../../../src/energy/tariffs/subscription.ts';

const T0 = Date.parse('2026-01-12T17:00+01:00');
const DAY = 24 * HOUR_MS;

function tariffOf(name: string) {
  const { tariffs } = compileTariffs(JSON.parse(readFileSync(`config/tariffs/${name}.json`, 'utf8')));
  const tariff = tariffs[0]?.tariff;
  if (!tariff) throw new Error(`${name} cannot be read`);
  return tariff;
}

/** What an hour adds to the bill as it stands after hours of these powers, one on each day. */
function stakeOf(
  name: string,
  { past, kw, subscribedKw }: { past: number[]; kw: number; subscribedKw?: number },
) {
  const [price] = guardedPrices(withSubscription(tariffOf(name), subscribedKw));
  if (!price) throw new Error('nothing is guarded');
  const book = noPeaks();
  for (const [day, one] of past.entries()) {
    recordPeak(book, price, price.windowAt(T0 + day * DAY), one);
  }
  const window = price.windowAt(T0 + past.length * DAY);
  const costOf = costWith(daysOf(book), price, window);
  const fromKw = threshold(daysOf(book), price, window);
  return costOf(Math.max(price.billedKw(kw, window), fromKw)) - costOf(fromKw);
}

test('a kW more of an hour costs the price over N', () => {
  // Göteborg: 45 kr per kW, mean of three; the third highest is 40 kW.
  expect(stakeOf('goteborg-energi-2025', { past: [50, 60, 40], kw: 52 })).toBeCloseTo((45 * 12) / 3, 9);
  expect(stakeOf('goteborg-energi-2025', { past: [50, 60, 40], kw: 39 })).toBe(0);
});

test('under a stepped price an hour costs a whole step, or nothing', () => {
  // Three days: (4 + 4 + 4) / 3 is in the step to 5 kW; with 6 kW it still is (4.67), with 8 kW it is in the next (5.33).
  const past = [4, 4, 4];
  const { steps } = tariffOf('norway-steps-2024').power[0] ?? { steps: [] };
  const [second, third] = [steps[1]?.price?.exVat ?? 0, steps[2]?.price?.exVat ?? 0];
  expect(third).toBeGreaterThan(second);
  expect(stakeOf('norway-steps-2024', { past, kw: 6 })).toBe(0);
  expect(stakeOf('norway-steps-2024', { past, kw: 8 })).toBe(third - second);
});

test('what exceeds a subscription costs on top, where both are billed by the same hours', () => {
  const tariff = 'kalmar-energi-n4-2024';
  expect(guardedPrices(withSubscription(tariffOf(tariff), 100)).map(({ reference }) => reference)).toEqual([
    'main',
  ]);
  const own = 580 / 12;
  const excess = 124 / 12;
  // The mean of the two highest goes from 105 to 112.5 kW. Within 10 % of 100 kW the excess is free, above it all of it is billed.
  const past = [105, 105];
  expect(stakeOf(tariff, { past, kw: 120 })).toBeCloseTo(own * 7.5, 6);
  expect(stakeOf(tariff, { past, kw: 120, subscribedKw: 100 })).toBeCloseTo(own * 7.5 + excess * 12.5, 6);
  expect(stakeOf(tariff, { past, kw: 112, subscribedKw: 100 })).toBeCloseTo(own * 3.5, 6);
  expect(stakeOf(tariff, { past, kw: 120, subscribedKw: 500 })).toBeCloseTo(own * 7.5, 6);
});

test('a subscription alone is guarded from where its excess is billed, and not while it is not known', () => {
  const tariff = tariffOf('kalmar-energi-n4-2024');
  const alone = { ...tariff, power: tariff.power.filter(({ subscribed }) => subscribed) };
  expect(guardedPrices(alone)).toEqual([]);
  const [price] = guardedPrices(withSubscription(alone, 100));
  if (!price) throw new Error('nothing is guarded');
  expect(threshold([], price, price.windowAt(T0))).toBeCloseTo(110, 6);
  expect(price.costOf(109)).toBe(0);
  expect(price.costOf(111)).toBeCloseTo((11 * 124) / 12, 9);
});

test('a day of heat that passes into the next band costs what that band says of all kW', () => {
  // Göteborg's heat: the mean of three daily means; to 100 kW 10,360 kr and 1,089 kr/kW a year, above it 15,260 and 1,040.
  const name = 'goteborg-energi-heat-2024';
  const past = [90, 90, 90];
  expect(stakeOf(name, { past, kw: 96 })).toBeCloseTo((2 * 1089) / 12, 6);
  // From 90 to 110 kW.
  const costOf90 = (10_360 + 90 * 1089) / 12;
  expect(stakeOf(name, { past, kw: 150 })).toBeCloseTo((15_260 + 110 * 1040) / 12 - costOf90, 6);
});

test('a power that is known beforehand is not guarded: no day costs more', () => {
  expect(guardedPrices(withSubscription(tariffOf('soderhamn-heat-2024'), 80))).toEqual([]);
});

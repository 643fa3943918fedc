import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../../src/domain/interval.ts';
import { outlookOf } from '../../../../src/energy/bills/outlook.ts';
import { daysOf, noPeaks } from '../../../../src/energy/bills/peak-book.ts';
import { recordPeak } from '../../../../src/energy/bills/peaks.ts';
import { expectedSaving } from '../../../../src/energy/guard/expected-saving.ts';
import { shipped } from './bills.ts';

const DAY = 24 * HOUR_MS;

/** The outlook at five in the afternoon of a day of January 2026, after days with these highest hours. */
function outlookAfter(name: string, highestKw: readonly number[]) {
  const price = shipped.get(name)?.power[0];
  if (!price) throw new Error(`no tariff ${name}`);
  const fromMs = Date.parse('2026-01-01T17:00+01:00');
  const book = noPeaks();
  for (const [day, kw] of highestKw.entries())
    recordPeak(book, price, price.windowAt(fromMs + day * DAY), kw);
  const window = price.windowAt(fromMs + highestKw.length * DAY);
  return { price, outlook: outlookOf(daysOf(book), price, window, 30) };
}

test('under a price per kW what is saved in the mean is what the chance of each kW says', () => {
  const days = Array.from({ length: 17 }, (_, day) => 40 + ((day * 7) % 11));
  const { price, outlook } = outlookAfter('goteborg-energi-2025', days);
  const perKw = (kw: number) => (price.pricePerKw * kw) / price.peaks;
  const [fromKw, toKw] = [60, 49];
  const saved = outlook.meanCost(fromKw) - outlook.meanCost(toKw);
  expect(saved).toBeGreaterThan(0);
  expect(saved / expectedSaving(perKw, outlook.chance, { fromKw, toKw })).toBeGreaterThan(0.85);
  expect(saved / expectedSaving(perKw, outlook.chance, { fromKw, toKw })).toBeLessThan(1.15);
});

test('under a stepped price an hour is worth the step that it passes together with hours to come', () => {
  // The mean of three days stands at 4.6 kW, and a step ends at 5 kW.
  const days = Array.from({ length: 12 }, (_, day) => (day % 3 === 0 ? 4.6 : 3.5));
  const { price, outlook } = outlookAfter('norway-steps-2024', days);
  const [second, third] = [price.costOf(4.9), price.costOf(5.1)];
  const costs = [3, 5.2, 9].map(outlook.meanCost);
  const [low = 0, high = 0, highest = 0] = costs;
  // Alone 5.2 kW passes nothing: (5.2 + 4.6 + 4.6) / 3 = 4.8.
  expect(low).toBeGreaterThanOrEqual(second);
  expect(high).toBeGreaterThan(low + 0.05 * (third - second));
  expect(high).toBeLessThan(low + 0.95 * (third - second));
  expect(highest).toBeGreaterThan(high);
});

test('the same outlook is drawn from the same past', () => {
  const days = Array.from({ length: 12 }, (_, day) => 4 + (day % 3) / 2);
  const cost = () => outlookAfter('norway-steps-2024', days).outlook.meanCost(5.2);
  expect(cost()).toBe(cost());
});

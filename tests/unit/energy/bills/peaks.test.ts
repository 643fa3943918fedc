import { describe, expect, it } from 'vitest';
import { daysOf, noPeaks } from '../../../../src/energy/bills/peak-book.ts';
import { recordPeak, threshold } from '../../../../src/energy/bills/peaks.ts';
import type { PowerPrice } from '../../../../src/energy/tariffs/power-price.ts';
import { tariffOf } from './bills.ts';

function priceOf(peaks: object, extension: object): PowerPrice {
  const [price] = tariffOf({
    tariffs: [
      {
        powerPrice: {
          components: [
            {
              price: { priceExVat: 10, currency: 'SEK' },
              peakIdentificationSettings: { peakFunction: 'peak(main)', peakDuration: 'P1D', ...peaks },
              'x-kvarter': extension,
            },
          ],
        },
      },
    ],
  }).power;
  if (!price) throw new Error('no power price');
  return price;
}

/** A mean for each of these days, from each month its 10th on; gives what a window of the last day costs from. */
function costsFrom(price: PowerPrice, days: readonly (readonly [date: string, kw: number])[]) {
  const book = noPeaks();
  let window = price.windowAt(0);
  for (const [date, kw] of days) {
    window = price.windowAt(Date.parse(`${date}T12:00+01:00`));
    recordPeak(book, price, window, kw);
  }
  return { fromKw: threshold(daysOf(book), price, price.windowAt(window.toMs)), days: daysOf(book).length };
}

describe('a window costs', () => {
  const two = { peakIdentificationPeriod: 'P1D', numberOfPeaksForAverageCalculation: 2 };
  const year = [
    ['2025-01-10', 90],
    ['2025-02-10', 70],
    ['2025-03-10', 80],
    ['2025-06-10', 20],
    ['2025-08-10', 25],
  ] as const;

  it('with a look-back, from what the months before have left to pass', () => {
    expect(costsFrom(priceOf(two, { lookBack: 'P12M' }), year)).toEqual({ fromKw: 80, days: 3 });
    expect(costsFrom(priceOf(two, { lookBack: 'P5M' }), year)).toEqual({ fromKw: 20, days: 2 });
    expect(costsFrom(priceOf(two, {}), year).fromKw).toBe(0);
  });

  it('of month peaks that are averaged, from its own month’s', () => {
    const monthly = { peakIdentificationPeriod: 'P1M', numberOfPeaksForAverageCalculation: 12 };
    expect(costsFrom(priceOf(monthly, { lookBack: 'P12M' }), year).fromKw).toBe(25);
  });

  it('from the floor on', () => {
    expect(costsFrom(priceOf(two, { floorKw: 2.5 }), year).fromKw).toBe(2.5);
    expect(costsFrom(priceOf(two, { floorKw: 85, lookBack: 'P12M' }), year).fromKw).toBe(85);
  });
});

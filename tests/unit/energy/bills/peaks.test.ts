import { describe, expect, it } from 'vitest';
import { daysOf, noPeaks } from '../../../../src/energy/bills/peak-book.ts';
import { costWith, recordPeak, threshold } from '../../../../src/energy/bills/peaks.ts';
import type { PowerPrice } from '../../../../src/energy/tariffs/power-price.ts';
import { shipped, tariffOf } from './bills.ts';

function priceOf(peaks: object, extension: object, rest: object = {}): PowerPrice {
  const [price] = tariffOf({
    tariffs: [
      {
        ...rest,
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

  it('under a yearly bill, from what the year has left to pass', () => {
    const days = [['2024-12-10', 99] as const, ...year];
    expect(costsFrom(priceOf(two, {}, { billingPeriod: 'P1Y' }), days).fromKw).toBe(80);
  });

  it('from the floor on', () => {
    expect(costsFrom(priceOf(two, { floorKw: 2.5 }), year).fromKw).toBe(2.5);
    expect(costsFrom(priceOf(two, { floorKw: 85, lookBack: 'P12M' }), year).fromKw).toBe(85);
  });

  it('where each day has one, from today’s own highest on, and from the lowest that is billed', () => {
    // Three days are billed: 60, 50 and 40 kW. What today had below that costs nothing more.
    const days = [
      ['2025-01-07T08', 60],
      ['2025-01-08T08', 50],
      ['2025-01-09T08', 40],
    ] as const;
    const fromWith = (today: readonly (readonly [string, number])[]) => {
      const { book, price } = bookOf('ellevio-2025', [...days, ...today]);
      return threshold(daysOf(book), price, price.windowAt(Date.parse('2025-01-10T17:00+01:00')));
    };
    expect(fromWith([])).toBe(40);
    expect(fromWith([['2025-01-10T08', 45]])).toBe(45);
    expect(fromWith([['2025-01-10T08', 30]])).toBe(40);
  });
});

describe('the billing period costs, by what the running window comes to', () => {
  // 45 kr/kW for the mean of the three highest hours.
  it.each<[what: string, others: readonly number[], billedKw: number, cost: number]>([
    ['the mean of the highest, with it', [60, 50, 40, 30], 70, (45 * (70 + 60 + 50)) / 3],
    ['what is missing like the mean of what is there', [60], 30, (45 * (30 + 60 + 60)) / 3],
    ['its part, where there is nothing yet', [], 30, (45 * 30) / 3],
  ])('%s', (_, others, billedKw, cost) => {
    const all = others.map((kw, i) => [`2025-01-0${i + 1}T08`, kw] as const);
    const { book, price } = bookOf('goteborg-energi-2025', all);
    const window = price.windowAt(Date.parse('2025-01-10T17:00+01:00'));
    expect(costWith(daysOf(book), price, window)(billedKw)).toBeCloseTo(cost, 9);
  });
});

describe('of the windows of a billing period', () => {
  const afternoon = Date.parse('2025-01-10T17:00+01:00');
  const days = [
    ['2025-01-08T08', 60],
    ['2025-01-09T08', 50],
  ] as const;
  const costsWith70 = (name: string, today: readonly (readonly [string, number])[]) => {
    const { book, price } = bookOf(name, [...days, ...today]);
    return costWith(daysOf(book), price, price.windowAt(afternoon))(70);
  };

  it('today’s others count beside the running one, unless each day has one', () => {
    const today = [['2025-01-10T08', 55] as const];
    expect(costsWith70('goteborg-energi-2025', today)).toBeCloseTo((45 * (70 + 60 + 55)) / 3, 9);
    expect(costsWith70('ellevio-2025', today)).toBeCloseTo((65 * (70 + 60 + 50)) / 3, 9);
    // Of the days before, each has one there, too.
    const more = [['2025-01-08T09', 59] as const];
    expect(costsWith70('goteborg-energi-2025', more)).toBeCloseTo((45 * (70 + 60 + 59)) / 3, 9);
    expect(costsWith70('ellevio-2025', more)).toBeCloseTo((65 * (70 + 60 + 50)) / 3, 9);
  });

  it.each(['goteborg-energi-2025', 'ellevio-2025'])(
    '%s: one that is booked already is no rival of itself',
    (name) => {
      const booked = [['2025-01-10T17', 90] as const];
      expect(costsWith70(name, booked)).toBeCloseTo(costsWith70(name, []), 9);
      const { book, price } = bookOf(name, [...days, ['2025-01-07T08', 30], ...booked]);
      expect(threshold(daysOf(book), price, price.windowAt(afternoon))).toBe(30);
    },
  );

  it('those that are missing count as the floor', () => {
    const price = priceOf(
      { peakIdentificationPeriod: 'P1D', numberOfPeaksForAverageCalculation: 3 },
      { floorKw: 85 },
    );
    expect(costWith([], price, price.windowAt(afternoon))(100)).toBeCloseTo((10 * (100 + 85 + 85)) / 3, 9);
  });

  it('one that is booked again counts as it is now, and a day that comes late has its place among the others', () => {
    const { book } = bookOf('goteborg-energi-2025', [
      ['2025-01-09T08', 40],
      ['2025-01-07T08', 60],
      ['2025-01-07T09', 50],
      ['2025-01-07T10', 10],
      ['2025-01-08T08', 30],
      ['2025-01-07T08', 20],
      ['2025-01-07T11', 15],
    ]);
    // Of each day three at most: so many are averaged.
    expect(daysOf(book).map(({ top }) => top.map(([, kw]) => kw))).toEqual([[50, 20, 15], [30], [40]]);
  });
});

/** Hours, by their local start, in the book of a shipped tariff’s first power price. */
function bookOf(name: string, hours: readonly (readonly [hour: string, kw: number])[]) {
  const [price] = shipped.get(name)?.power ?? [];
  if (!price) throw new Error(`no tariff ${name}`);
  const book = noPeaks();
  for (const [hour, kw] of hours) recordPeak(book, price, price.windowAt(Date.parse(`${hour}:00+01:00`)), kw);
  return { book, price };
}

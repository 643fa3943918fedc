import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { loadTariffs } from '../../../../src/config/tariffs.ts';
import { zoneOf } from '../../../../src/domain/zone.ts';
import { compileTariffs } from '../../../../src/energy/tariffs/compile-tariff.ts';
import { parsePeakFunction } from '../../../../src/energy/tariffs/peak-function.ts';
import { meanOfBilled, type Span } from '../../../../src/energy/tariffs/power-price.ts';
import { withSubscription } from '../../../../src/energy/tariffs/subscription.ts';
import { windowAt } from '../../../../src/energy/tariffs/windows.ts';

const tariffs = loadTariffs(join(import.meta.dirname, '../../../../config/tariffs'));
const billed = (tariff: string, meanKw: number, at: string) =>
  (tariffs.get(tariff)?.power ?? []).flatMap((price) => {
    const kw = price.billedKw(meanKw, price.windowAt(Date.parse(at)));
    return kw > 0 ? [[kw, Math.round(price.pricePerKw * 100) / 100, price.peaks]] : [];
  });

describe('what the shipped tariffs bill for an hour with a mean of 100 kW', () => {
  const cases: [tariff: string, at: string, billed: number[][]][] = [
    ['goteborg-energi-2025', '2026-01-14T02:00+01:00', [[100, 45, 3]]],
    ['goteborg-energi-2025', '2018-07-14T02:00+02:00', [[100, 45, 3]]],
    ['ellevio-2025', '2025-06-10T21:00+02:00', [[100, 65, 3]]],
    ['ellevio-2025', '2025-06-10T22:00+02:00', [[50, 65, 3]]],
    ['ellevio-2025', '2025-06-10T05:59+02:00', [[50, 65, 3]]],
    [
      'kalmar-energi-n4-2024',
      '2025-02-01T12:00+01:00',
      [
        [100, 48.33, 2],
        [100, 5.17, 2],
      ],
    ],
    ['sollentuna-2025', '2025-02-03T07:00+01:00', [[100, 111.5, 3]]],
    ['sollentuna-2025', '2025-02-03T19:00+01:00', []],
    ['sollentuna-2025', '2025-02-02T12:00+01:00', []],
    ['sollentuna-2025', '2025-05-29T12:00+02:00', []],
    ['sollentuna-2025', '2025-06-10T12:00+02:00', [[100, 55.75, 3]]],
    ['sollentuna-2025', '2027-12-01T12:00+01:00', [[100, 111.5, 3]]],
    ['sollentuna-2025', '2019-02-05T12:00+01:00', [[100, 111.5, 3]]],
    ['dala-energi-2025', '2025-02-03T12:00+01:00', [[100, 76, 3]]],
    ['dala-energi-2025', '2025-02-02T12:00+01:00', [[100, 28, 3]]],
    ['dala-energi-2025', '2025-06-10T12:00+02:00', [[100, 28, 3]]],
  ];
  test.each(cases)('%s at %s', (tariff, at, expected) => {
    expect(billed(tariff, 100, at)).toEqual(expected);
  });
});

it.each<[tariff: string, at: string, billedKw: number, meanKw: number]>([
  ['ellevio-2025', '2025-06-10T21:00+02:00', 50, 50],
  ['ellevio-2025', '2025-06-10T22:00+02:00', 50, 100],
  ['sollentuna-2025', '2025-02-03T19:00+01:00', 50, Number.POSITIVE_INFINITY],
])('%s at %s bills %i kW from a mean of %f on', (tariff, at, billedKw, meanKw) => {
  const [price] = tariffs.get(tariff)?.power ?? [];
  expect(price && meanOfBilled(price, billedKw, price.windowAt(Date.parse(at)))).toBeCloseTo(meanKw, 6);
});

it('a billing period costs by its billed power what the bill says', () => {
  // Steps of 83 NOK up to 2 kW to 490 NOK up to 20 kW: 407 / 18 = 22.61 a kW; above the last step the last is billed.
  const [steps] = tariffs.get('norway-steps-2024')?.power ?? [];
  expect([steps?.costOf(2), steps?.costOf(2.1), steps?.costOf(25)]).toEqual([83, 147, 490]);
  expect(steps?.pricePerKw).toBeCloseTo(22.61, 2);
  // 100 kW × 62/12, and 20 kW of excess × 124/12; 10 kW of excess are 10 %, so not free.
  const kalmar = tariffs.get('kalmar-energi-n4-2024');
  const subscribed = kalmar && withSubscription(kalmar, 100).power.find((price) => price.subscribed);
  expect(subscribed?.costOf(120)).toBeCloseTo(516.67 + 206.67, 1);
  expect(subscribed?.costOf(110)).toBeCloseTo(516.67 + 103.33, 1);
  expect(subscribed?.costOf(109)).toBeCloseTo(516.67, 1);
  // Below 10 % of 2,000 kW an excess is free up to 100 kW, and then all of it is billed.
  const large = kalmar && withSubscription(kalmar, 2000).power.find((price) => price.subscribed);
  expect(large?.costOf(2100)).toBeCloseTo((2000 * 62) / 12, 6);
  expect(large?.costOf(2101)).toBeCloseTo((2000 * 62 + 101 * 124) / 12, 6);
});

it.each([
  ['one step, and the rest', [5, null], 20],
  ['the rest alone', [null], 0],
  ['the slope from the first closed step to the last', [5, 15, null], 10],
])('a kW more costs by %s', (_, ends, perKw) => {
  const steps = ends.map((upToKw, n) => ({ upToKw, price: { priceExVat: 100 * (n + 1), currency: 'SEK' } }));
  const peakIdentificationSettings = {
    peakFunction: 'peak(main)',
    peakIdentificationPeriod: 'P1D',
    peakDuration: 'PT1H',
    numberOfPeaksForAverageCalculation: 1,
  };
  const components = [{ peakIdentificationSettings, 'x-kvarter': { steps } }];
  const [made] = compileTariffs({ tariffs: [{ powerPrice: { components } }] }).tariffs;
  const [price] = made?.tariff?.power ?? [];
  expect([price?.pricePerKw, price?.costOf(99)]).toEqual([perKw, 100 * ends.length]);
});

describe('the calendar of a tariff', () => {
  const [price] = tariffs.get('ellevio-2025')?.power ?? [];
  const hours = (span: { fromMs: number; toMs: number } | undefined) =>
    span && (span.toMs - span.fromMs) / 3_600_000;

  it.each([
    ['2026-03-29T12:00+02:00', 23, 31 * 24 - 1],
    ['2026-10-25T12:00+01:00', 25, 31 * 24 + 1],
    ['2026-02-10T12:00+01:00', 24, 28 * 24],
  ])('%s lies in a day and a month of the right length', (at, day, month) => {
    expect([hours(price?.dayAt(Date.parse(at))), hours(price?.periodAt(Date.parse(at)))]).toEqual([
      day,
      month,
    ]);
  });

  it('has hours of an hour on the day with two hours from 02 to 03', () => {
    const second = Date.parse('2026-10-25T02:30+01:00');
    expect(price?.windowAt(second)).toEqual({ fromMs: second - 1_800_000, toMs: second + 1_800_000 });
  });

  it.each([
    ['2026-10-25', 120, 12],
    ['2027-03-28', 120, 12],
    ['2026-10-25', 180, 8],
    ['2027-03-28', 720, 2],
  ])(
    '%s is made of windows of %i minutes that follow each other, each moment in one of them',
    (date, minutes, count) => {
      const zone = zoneOf('Europe/Stockholm');
      const { fromMs, toMs } = zone.dayAt(Date.parse(`${date}T12:00Z`));
      const windows = new Map<number, Span>();
      for (let atMs = fromMs; atMs < toMs; atMs += 15 * 60_000) {
        const window = windowAt(zone, atMs, minutes);
        windows.set(window.fromMs, window);
        expect(window.fromMs <= atMs && atMs < window.toMs).toBe(true);
      }
      const ends = [fromMs, ...[...windows.values()].map((window) => window.toMs)];
      expect([...windows.keys(), toMs]).toEqual(ends);
      expect(windows.size).toBe(count);
    },
  );
});

describe('a peak function', () => {
  const powers: Record<string, number> = { main: 10, high: 8, low: 20 };
  it.each([
    ['peak(main)', 10],
    ['max(peak(high),peak(low)/2)', 10],
    ['max(avg(main) - 4, 0)', 6],
    ['2 * (peak(high) + 1) - -1', 19],
    ['min(peak(main), 3.5)', 3.5],
  ])('%s is computed', (text, value) => {
    const parsed = parsePeakFunction(text);
    expect(parsed.ok && parsed.evaluate((name) => powers[name] ?? 0)).toBe(value);
  });

  it.each([
    '',
    '3',
    'max(1, 2)',
    'peak(3)',
    'peak()',
    'peak(main',
    'max(peak(main)))',
    'peak(main) peak(main)',
    'process.exit(1)',
    'peak(main) / 0',
    'peak(main)/(2-2)',
    'peak(main) / (max(1, 2) - 2)',
    'peak(main) / peak(high)',
    `peak(main) * 1${'0'.repeat(400)}`,
    '1 ** 2',
  ])('%j is refused', (text) => {
    expect(parsePeakFunction(text).ok).toBe(false);
  });
});

it('says what in a tariff it does not understand, and where', () => {
  const { problems } = compileTariffs({
    tariffs: [
      {
        powerPrice: {
          components: [
            {
              reference: 'main',
              type: 'peak',
              price: { priceExVat: 1, currency: 'SEK' },
              recurringPeriods: [
                {
                  reference: 'day',
                  activePeriods: [
                    {
                      fromIncluding: '07:00',
                      toExcluding: '19:00',
                      calendarPatternReferences: { include: ['workdays'] },
                    },
                  ],
                },
              ],
              peakIdentificationSettings: {
                peakFunction: 'peak(night)',
                peakIdentificationPeriod: 'P1W',
                peakDuration: 'PT1H',
                numberOfPeaksForAverageCalculation: 3,
              },
            },
          ],
        },
      },
    ],
  });
  expect(problems.map(({ path, message }) => `${path.slice(5).join('.')}: ${message}`)).toEqual([
    'peakIdentificationSettings.peakFunction: no recurring period is called night',
    'recurringPeriods.0.activePeriods.0.calendarPatternReferences.include.0: no calendar pattern is called workdays',
    'peakIdentificationSettings.peakIdentificationPeriod: "P1W" is not understood: P1D, PT1H, PT30M, PT15M, P1M, P1Y, or as long as peakDuration',
  ]);
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { zoneOf } from '../../../../src/domain/zone.ts';
import { billed, linesOf, loadOf, shipped, tariffOf } from './bills.ts';

const price = { priceExVat: 10, currency: 'SEK' };
const zone = zoneOf('Europe/Stockholm');
const month = { from: '2025-03-01', to: '2025-04-01', baseKw: 0 } as const;

/** Loads of March 2025, which has an hour less. */
const loads = fc
  .record({
    base: fc.integer({ min: 0, max: 20 }),
    peaks: fc.array(fc.tuple(fc.nat(742), fc.integer({ min: 0, max: 100 })), { maxLength: 40 }),
  })
  .map(({ base, peaks }) => {
    const load = loadOf({ ...month, baseKw: base });
    for (const [hour, kw] of peaks) load.kw[hour] = kw;
    return load;
  });

const kinds = fc.record({
  weight: fc.constantFrom(1, 2, 4),
  fromHour: fc.nat(23),
  toHour: fc.nat(23),
  isOnePerDay: fc.boolean(),
  count: fc.integer({ min: 1, max: 5 }),
});

describe('a bill', () => {
  it('of hours under prices of quarter-hours is that of quarter-hours that are even within each hour', () => {
    const peakOf = (type: string, peakIdentificationPeriod: string) => ({
      price,
      type,
      reference: `${type} ${peakIdentificationPeriod}`,
      peakIdentificationSettings: {
        peakFunction: 'peak(a)',
        peakIdentificationPeriod,
        peakDuration: 'PT15M',
        numberOfPeaksForAverageCalculation: 3,
      },
      recurringPeriods: [
        { reference: 'a', activePeriods: [{ fromIncluding: '06:30', toExcluding: '22:00' }] },
      ],
    });
    const peaks = ['PT15M', 'PT1H', 'P1D', 'P1M'].map((period) => peakOf('peak', period));
    const peak = tariffOf({ tariffs: [{ powerPrice: { components: peaks } }] });
    const dynamic = tariffOf({ tariffs: [{ powerPrice: { components: [peakOf('dynamic', 'PT15M')] } }] });
    fc.assert(
      fc.property(loads, (load) => {
        const quarters = {
          fromMs: load.fromMs,
          spacingMs: load.spacingMs / 4,
          kw: Float64Array.from({ length: 4 * load.kw.length }, (_, i) => load.kw[Math.floor(i / 4)] ?? 0),
        };
        // An hour counts where it begins: of half past six the whole hour does not.
        const early = (kw: Float64Array, step: number) =>
          kw.map((one, i) => (zone.local(load.fromMs + i * step).minuteOfDay < 420 ? 0 : one));
        const [hourly, even] = [
          { ...load, kw: early(load.kw, load.spacingMs) },
          { ...quarters, kw: early(quarters.kw, quarters.spacingMs) },
        ];
        for (const tariff of [peak, dynamic]) {
          const [ofHours, ofQuarters] = [billed(tariff, hourly), billed(tariff, even)];
          expect(linesOf(ofHours)).toEqual(linesOf(ofQuarters));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is what the general formula says: mean(top N over days or hours of f), times the price', () => {
    fc.assert(
      fc.property(loads, kinds, (load, { weight, fromHour, toHour, isOnePerDay, count }) => {
        const two = (hour: number) => `${String(hour).padStart(2, '0')}:00`;
        const span = (reference: string, from: number, to: number) => ({
          reference,
          activePeriods: [{ fromIncluding: two(from), toExcluding: two(to) }],
        });
        const tariff = tariffOf({
          tariffs: [
            {
              powerPrice: {
                components: [
                  {
                    price,
                    recurringPeriods: [span('a', fromHour, toHour), span('b', toHour, fromHour)],
                    peakIdentificationSettings: {
                      peakFunction: `max(peak(a), peak(b)/${weight})`,
                      peakIdentificationPeriod: isOnePerDay ? 'P1D' : 'PT1H',
                      peakDuration: 'PT1H',
                      numberOfPeaksForAverageCalculation: count,
                    },
                  },
                ],
              },
            },
          ],
        });
        const isIn = (hour: number, from: number, to: number) =>
          from === to || (from < to ? hour >= from && hour < to : hour >= from || hour < to);
        const days = new Map<number, number>();
        for (const [i, kw] of load.kw.entries()) {
          const { day, minuteOfDay } = zone.local(load.fromMs + i * load.spacingMs);
          const isA = isIn(minuteOfDay / 60, fromHour, toHour);
          const key = isOnePerDay ? day : i;
          days.set(key, Math.max(days.get(key) ?? 0, isA ? kw : kw / weight));
        }
        const top = [...days.values()].toSorted((a, b) => b - a).slice(0, count);
        const mean = top.reduce((sum, kw) => sum + kw, 0) / count;
        expect(billed(tariff, load).periods[0]?.lines[0]?.quantity).toBeCloseTo(mean, 5);
      }),
      { numRuns: 60 },
    );
  });

  it('is never lower for more load', () => {
    const names = [...shipped.keys()];
    fc.assert(
      fc.property(loads, loads, fc.constantFrom(...names), (load, more, name) => {
        const both = { ...load, kw: load.kw.map((kw, i) => kw + (more.kw[i] ?? 0)) };
        const [less, most] = [load, both].map(
          (of) => billed(name, of, { outside: 'nearestYear' }).cost.exVat,
        );
        expect(most).toBeGreaterThanOrEqual(less ?? 0);
      }),
      { numRuns: 60 },
    );
  });

  it('of a longer span is the sum of the bills of its periods', () => {
    const shape = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 24, maxLength: 200 });
    fc.assert(
      fc.property(shape, fc.constantFrom(...shipped.keys()), (values, name) => {
        const load = loadOf({ from: '2025-01-01', to: '2025-05-01', baseKw: 0 });
        for (let i = 0; i < load.kw.length; i += 1) load.kw[i] = values[(i * 7) % values.length] ?? 0;
        const whole = billed(name, load);
        const parts = whole.periods.map(({ fromMs, toMs }) => billed(name, load, { fromMs, toMs }));
        expect(parts.map((part) => linesOf(part))).toEqual(whole.periods.map((_, i) => linesOf(whole, i)));
        const sum = parts.reduce((total, { cost }) => total + cost.exVat, 0);
        expect(whole.cost.exVat).toBeCloseTo(sum, 6);
      }),
      { numRuns: 30 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { historyBefore } from '../../../../src/energy/bills/bill.ts';
import { nothingBeside } from '../../../../src/energy/bills/bill-sums.ts';
import { expectedBill } from '../../../../src/energy/bills/expected-bill.ts';
import { type Futures, futuresAround, pastDaysAsFutures } from '../../../../src/energy/bills/futures.ts';
import { createRunningBill } from '../../../../src/energy/bills/running-bill.ts';
import { billed, loadOf, shipped, tariffOf } from './bills.ts';

const load = loadOf({ from: '2025-01-01', to: '2025-04-01', baseKw: 5 });
for (let i = 0; i < load.kw.length; i += 1) load.kw[i] = 5 + ((i * 7919) % 97);
const { spacingMs } = load;
const timeOf = (i: number) => load.fromMs + i * spacingMs;

function temperatureTariff() {
  const sek = (priceExVat: number) => ({ priceExVat, currency: 'SEK' });
  const components = [
    { reference: 'flow', unit: 'm3', price: sek(2), 'x-kvarter': { flow: true } },
    { reference: 'return', unit: 'MWh', price: sek(7), 'x-kvarter': { temperature: { referenceC: 40 } } },
  ];
  return tariffOf({ tariffs: [{ energyPrice: { components } }] });
}

describe('a running bill', () => {
  it.each([...shipped.keys()])('of %s ends as the bill of the period does', (name) => {
    const tariff = shipped.get(name);
    if (!tariff) throw new Error(name);
    const running = createRunningBill(tariff, { spacingMs });
    expect(running.stands()).toBeUndefined();
    for (const [i, kw] of load.kw.entries()) running.add(timeOf(i), kw);
    const last = billed(name, load, { outside: 'nearestYear' }).periods.at(-1);
    expect(running.stands()).toEqual(last);
  });

  it('is the same whatever the order of arrival', () => {
    const tariff = shipped.get('kalmar-energi-heat-2023');
    if (!tariff) throw new Error('no tariff');
    const hours = Array.from({ length: 100 }, (_, i) => i);
    fc.assert(
      fc.property(fc.shuffledSubarray(hours, { minLength: 100, maxLength: 100 }), (order) => {
        const [inOrder, shuffled] = [hours, order].map((times) => {
          const running = createRunningBill(tariff, { spacingMs });
          for (const i of times) running.add(timeOf(i), load.kw[i] ?? 0);
          return running.stands();
        });
        expect(shuffled).toEqual(inOrder);
      }),
      { numRuns: 10 },
    );
  });

  it('counts what flowed and how warm it was, whatever the order of arrival', () => {
    const tariff = temperatureTariff();
    const beside = { ...nothingBeside, m3: 0.5, returnC: 50 };
    const [inOrder, late] = [
      [0, 1, 2, 3],
      [3, 1, 0, 2],
    ].map((order) => {
      const running = createRunningBill(tariff, { spacingMs });
      for (const i of order)
        running.add(timeOf(i), 10, i === 3 ? { ...beside, m3: 1.5, returnC: 60 } : beside);
      return running.stands();
    });
    // 3 m³ at (3 × 0.5 × 50 + 1.5 × 60) / 3 = 55 °C: 40 kWh × 15 × 0.007.
    expect(inOrder?.lines.map(({ quantity, cost }) => [quantity, cost.exVat])).toEqual([
      [3, 6],
      [600, 4.2],
    ]);
    expect(late).toEqual(inOrder);
  });

  it('knows the periods before, and takes nothing of them any more', () => {
    const tariff = shipped.get('flanders-2023');
    if (!tariff) throw new Error('no tariff');
    const march = Date.parse('2025-03-01T00:00+01:00');
    const running = createRunningBill(tariff, { spacingMs, history: historyBefore(tariff, load, march) });
    expect(running.add(march, 1)).toBe(true);
    expect(running.add(march - spacingMs, 99)).toBe(false);
    expect(running.stands()?.lines[0]?.peaks?.length).toBe(3);
  });
});

describe('what a running period is expected to cost', () => {
  const tariff = shipped.get('goteborg-energi-2025');
  if (!tariff) throw new Error('no tariff');
  const period = tariff.periodAt(Date.parse('2025-03-10T00:00+01:00'));
  const nowMs = Date.parse('2025-03-20T12:00+01:00');

  it('lies above what is fixed already, and does not look ahead', () => {
    const { fixed, expected } = expectedBill(tariff, load, { period, nowMs });
    expect(expected?.p10.exVat).toBeGreaterThanOrEqual(fixed.exVat);
    expect(expected?.p90.exVat).toBeGreaterThanOrEqual(expected?.p10.exVat ?? 0);
    const changed = { ...load, kw: load.kw.map((kw, i) => (timeOf(i) >= nowMs ? 1e6 : kw)) };
    expect(expectedBill(tariff, changed, { period, nowMs })).toEqual({ fixed, expected });
  });

  it('is what a forecast says, where one is given', () => {
    const futures = () => [0, 200, 400].map((kw) => new Float64Array(1000).fill(kw));
    const { expected } = expectedBill(tariff, load, { period, nowMs, futures });
    expect([expected?.p50.exVat, expected?.p90.exVat]).toEqual([200 * 45, 400 * 45]);
  });

  it('counts a forecast from the first interval on that is not over, made of what is known before it', () => {
    const given: Parameters<Futures>[0][] = [];
    const futures: Futures = (options) => {
      given.push(options);
      return [Float64Array.of(1000)];
    };
    const { fixed, expected } = expectedBill(tariff, load, { period, nowMs: nowMs + 600_000, futures });
    // Of what is fixed the two highest hours remain: each of the three is a third of 45 a kW.
    expect((expected?.p50.exVat ?? 0) - fixed.exVat).toBeCloseTo(((1000 - 101) * 45) / 3, 0);
    expect(given.map(({ load: known, fromMs, toMs }) => [timeOf(known.kw.length), fromMs, toMs])).toEqual([
      [nowMs, nowMs, period.toMs],
    ]);
  });

  it.each(['goteborg-energi-2025', 'energy alone'])(
    'of the past days those of the same kind go on, hour by hour: %s',
    (name) => {
      const price = { priceExVat: 1, currency: 'SEK' };
      const tariff =
        shipped.get(name) ?? tariffOf({ tariffs: [{ energyPrice: { components: [{ price }] } }] });
      // A tariff without power prices knows no holidays: there Ascension Day, a Thursday, is a working day.
      const free = tariff.power[0]?.isFreeDay ?? ((atMs: number) => tariff.zone.local(atMs).weekday > 5);
      const kwAt = (atMs: number) => tariff.zone.local(atMs).minuteOfDay / 60 + (free(atMs) ? 100 : 0);
      const known = loadOf({ from: '2025-04-01', to: '2025-06-01', baseKw: 0 });
      const momentOf = (i: number) => known.fromMs + i * known.spacingMs;
      const fromMs = Date.parse('2025-05-20T12:00+02:00');
      const load = { ...known, kw: known.kw.map((_, i) => (momentOf(i) < fromMs ? kwAt(momentOf(i)) : 999)) };
      const toMs = momentOf(known.kw.length);
      const rest = Array.from({ length: (toMs - fromMs) / known.spacingMs }, (_, i) =>
        kwAt(fromMs + i * known.spacingMs),
      );
      const futures = pastDaysAsFutures({ load, fromMs, toMs, tariff });
      for (const future of futures) expect([...future]).toEqual(rest);
      expect(futures.length).toBeGreaterThan(10);
    },
  );

  it('lies around the forecast of its load, by as much as days and months differ', () => {
    const ahead = Array.from({ length: Math.round((period.toMs - nowMs) / spacingMs) }, () => 300);
    const { expected } = expectedBill(tariff, load, { period, nowMs, futures: futuresAround(ahead) });
    const past = expectedBill(tariff, load, { period, nowMs }).expected;
    expect(expected?.p50.exVat).toBeGreaterThan(past?.p50.exVat ?? Number.NaN);
    expect(expected?.p10.exVat).toBeLessThan((expected?.p50.exVat ?? 0) * 0.97);
    expect(expected?.p90.exVat).toBeGreaterThan((expected?.p50.exVat ?? 0) * 1.03);
  });

  it('has the flow and the temperatures of what is still to come, as they were of late', () => {
    const flowing = temperatureTariff();
    const even = loadOf({ from: '2025-02-01', to: '2025-04-01', baseKw: 10 });
    const until = (value: number) =>
      even.kw.map((_, i) => (even.fromMs + i * even.spacingMs < nowMs ? value : Number.NaN));
    const warm = { ...even, m3: until(0.5), returnC: until(50) };
    // March has 743 h: 371.5 m³ × 2 and 7,430 kWh × 10 °C × 0.007.
    const { fixed, expected } = expectedBill(flowing, warm, { period, nowMs });
    expect(expected?.p50.exVat).toBe(743 + 520.1);
    // Of 468 hours that are over: 234 × 2 and 4,680 × 10 × 0.007.
    expect(fixed.exVat).toBe(468 + 327.6);
    // Without its flow the temperature counts by the energy.
    const { m3: _, ...flowless } = warm;
    expect(expectedBill(flowing, flowless, { period, nowMs }).expected?.p50.exVat).toBe(520.1);
  });

  it('is not known of a building without a past', () => {
    const young = { ...load, fromMs: nowMs - spacingMs, kw: new Float64Array([7]) };
    const { fixed, expected } = expectedBill(tariff, young, { period, nowMs });
    expect([fixed.exVat, expected]).toEqual([105, undefined]);
  });
});

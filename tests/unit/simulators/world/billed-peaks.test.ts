import { describe, expect, it } from 'vitest';
import { createBilledPeaks } from '../../../../simulators/world/billed-peaks.ts';
import { bill } from '../../../../src/energy/bills/bill.ts';
import type { Load } from '../../../../src/energy/loads/load-file.ts';
import { tariffOf } from '../../energy/bills/bills.ts';
import { at, DAY_MS, HOUR_MS, MONDAY_MS, worldOf } from './one-building.ts';

const QUARTER_MS = HOUR_MS / 4;

/** The mean of so many highest hours of a month, on days of their own. */
const meanOf = (peaks: number) =>
  tariffOf({
    tariffs: [
      {
        timeZone: 'Europe/Stockholm',
        powerPrice: {
          components: [
            {
              reference: 'main',
              price: { priceExVat: 50, currency: 'SEK' },
              peakIdentificationSettings: {
                peakFunction: 'peak(main)',
                peakIdentificationPeriod: 'P1D',
                peakDuration: 'PT1H',
                numberOfPeaksForAverageCalculation: peaks,
              },
            },
          ],
        },
      },
    ],
  });
const tariff = meanOf(2);

describe('billed peaks', () => {
  it('are the highest hours of each month, one a day', () => {
    const { add, events } = createBilledPeaks('b', tariff, 'electricity');
    const start = Date.parse('2026-01-30T00:00:00+01:00');
    const kw = new Map([
      ['2026-01-30T08', 10],
      ['2026-01-30T09', 9],
      ['2026-01-31T18', 5],
      ['2026-02-01T12', 4],
      ['2026-02-02T12', 3],
      ['2026-02-03T12', 2],
    ]);
    for (let atMs = start; atMs < start + 6 * DAY_MS; atMs += HOUR_MS / 12) {
      add(atMs, 1000 * (kw.get(new Date(atMs + HOUR_MS).toISOString().slice(0, 13)) ?? 1), HOUR_MS / 12);
    }
    expect(events().map(({ from, size }) => [from, size])).toEqual([
      ['2026-01-30T07:00:00.000Z', 10],
      ['2026-01-31T17:00:00.000Z', 5],
      ['2026-02-01T11:00:00.000Z', 4],
      ['2026-02-02T11:00:00.000Z', 3],
    ]);
    expect(events()[0]).toMatchObject({ kind: 'billed-peak', building: 'b', to: '2026-01-30T08:00:00.000Z' });
  });

  it('do not count what is given to the grid', () => {
    const { add, events } = createBilledPeaks('b', meanOf(1), 'electricity');
    for (let i = 0; i < 24; i += 1)
      add(MONDAY_MS + (i * HOUR_MS) / 12, i % 2 === 0 ? 4000 : -50_000, HOUR_MS / 12);
    expect(events()).toEqual([expect.objectContaining({ size: 2 })]);
  });

  it('are in a world’s truth, as its main meter counted them', () => {
    const world = worldOf({ tariffs: new Map([['t', tariff]]) });
    const hours: { atMs: number; kw: number }[] = [];
    for (let hour = 0; hour < 3 * 24; hour += 1) {
      const before = world.read(at.electricity, 'activeEnergyWh') ?? 0;
      world.advance(world.atMs + HOUR_MS);
      hours.push({
        atMs: world.atMs - HOUR_MS,
        kw: ((world.read(at.electricity, 'activeEnergyWh') ?? 0) - before) / 1000,
      });
    }
    const peaks = world.truth().filter(({ kind }) => kind === 'billed-peak');
    expect(peaks).toHaveLength(2);
    for (const { from, size } of peaks) {
      expect(hours.find(({ atMs }) => atMs === Date.parse(from))?.kw).toBeCloseTo(size, 2);
    }
    const highest = hours.toSorted((a, b) => b.kw - a.kw)[0];
    expect(peaks.map(({ from }) => Date.parse(from))).toContain(highest?.atMs);
  });

  it('are those of the district heating, too, by its own tariff', () => {
    const world = worldOf({ tariffs: new Map([['h', meanOf(1)]]) });
    const hours: { atMs: number; kw: number }[] = [];
    for (let hour = 0; hour < 2 * 24; hour += 1) {
      const before = world.read(at.heat, 'heatEnergyWh') ?? 0;
      world.advance(world.atMs + HOUR_MS);
      const kw = ((world.read(at.heat, 'heatEnergyWh') ?? 0) - before) / 1000;
      hours.push({ atMs: world.atMs - HOUR_MS, kw });
    }
    const [highest] = hours.toSorted((a, b) => b.kw - a.kw);
    expect(world.truth()).toEqual([
      expect.objectContaining({
        kind: 'billed-heat-peak',
        subject: 'heat',
        from: new Date(highest?.atMs ?? 0).toISOString(),
        size: expect.closeTo(highest?.kw ?? 0, 2),
      }),
    ]);
  });

  it('are those that the bill of the same load has', () => {
    const { add, events } = createBilledPeaks('b', tariff, 'electricity');
    const fromMs = Date.parse('2026-01-01T00:00:00+01:00');
    const kw = Float64Array.from({ length: 31 * 96 }, (_, i) => 5 + ((i * 7919) % 977) / 100);
    for (const [i, power] of kw.entries()) add(fromMs + i * QUARTER_MS, power * 1000, QUARTER_MS);
    const load: Load = { fromMs, spacingMs: QUARTER_MS, kw };
    const made = bill(tariff, load);
    const billed = made.ok
      ? made.bill.periods.flatMap(({ lines }) => lines.flatMap(({ peaks = [] }) => peaks))
      : [];
    expect(billed).toHaveLength(2);
    expect(events().map(({ from, size }) => [Date.parse(from), size])).toEqual(
      billed.toSorted((a, b) => a.fromMs - b.fromMs).map((peak) => [peak.fromMs, expect.closeTo(peak.kw, 3)]),
    );
  });
});

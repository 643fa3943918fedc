import { describe, expect, it } from 'vitest';
import { createBilledPeaks, type PeakPrice } from '../../../../simulators/world/billed-peaks.ts';
import { zoneOf } from '../../../../src/domain/zone.ts';
import { at, DAY_MS, HOUR_MS, MONDAY_MS, worldOf } from './one-building.ts';

const zone = zoneOf('Europe/Stockholm');
const tariff: PeakPrice = {
  reference: 'main',
  peaks: 2,
  onePerDay: true,
  billedKw: (kw) => kw,
  windowAt: (atMs) => zone.windowAt(atMs, HOUR_MS),
  periodAt: zone.monthAt,
  dayAt: zone.dayAt,
};

describe('billed peaks', () => {
  it('are the highest hours of each month, one a day', () => {
    const { add, events } = createBilledPeaks('b', [tariff]);
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
      add(atMs, 1000 * (kw.get(new Date(atMs + HOUR_MS).toISOString().slice(0, 13)) ?? 1));
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
    const { add, events } = createBilledPeaks('b', [{ ...tariff, peaks: 1 }]);
    for (let i = 0; i < 24; i += 1) add(MONDAY_MS + (i * HOUR_MS) / 12, i % 2 === 0 ? 4000 : -50_000);
    expect(events()).toEqual([expect.objectContaining({ size: 2 })]);
  });

  it('are in a world’s truth, as its main meter counted them', () => {
    const world = worldOf({ tariffs: new Map([['t', [tariff]]]) });
    const hours: { atMs: number; kw: number }[] = [];
    for (let hour = 0; hour < 3 * 24; hour += 1) {
      const before = world.read(at.electricity, 'activeEnergyWh') ?? 0;
      world.advance(world.atMs + HOUR_MS);
      hours.push({
        atMs: world.atMs - HOUR_MS,
        kw: ((world.read(at.electricity, 'activeEnergyWh') ?? 0) - before) / 1000,
      });
    }
    // The last hour is over only when the next one has begun.
    world.advance(world.atMs + 1);
    const peaks = world.truth().filter(({ kind }) => kind === 'billed-peak');
    expect(peaks).toHaveLength(2);
    for (const { from, size } of peaks) {
      expect(hours.find(({ atMs }) => atMs === Date.parse(from))?.kw).toBeCloseTo(size, 2);
    }
    const highest = hours.toSorted((a, b) => b.kw - a.kw)[0];
    expect(peaks.map(({ from }) => Date.parse(from))).toContain(highest?.atMs);
  });
});

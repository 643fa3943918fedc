import { describe, expect, it } from 'vitest';
import { HOUR_MS, QUARTER_MS } from '../../../../src/domain/interval.ts';
import { knownKw, loadIntervals } from '../../../../src/energy/loads/load.ts';

const timeZone = 'Europe/Stockholm';
const T0 = Date.UTC(2026, 0, 15, 7);
const quarter = (fromMs: number, powerW: number, coverageSum = 1, meters = 1) => ({
  fromMs,
  powerW,
  energyWh: (powerW / 4) * coverageSum,
  coverageSum,
  meters,
});

describe('aggregated load', () => {
  it('lists every step, and a step of which nothing is known as null', () => {
    const quarters = [0, 1, 2, 3].map((n) => quarter(T0 + n * QUARTER_MS, 1000 * (n + 1)));
    const span = { quarters, metersInScope: () => 1, fromMs: T0, toMs: T0 + 2 * HOUR_MS, timeZone };
    expect(loadIntervals({ ...span, resolution: 'PT1H' })).toEqual([
      { fromMs: T0, toMs: T0 + HOUR_MS, powerKw: 2.5, energyKwh: 2.5, coverage: 1, meters: 1 },
      {
        fromMs: T0 + HOUR_MS,
        toMs: T0 + 2 * HOUR_MS,
        powerKw: null,
        energyKwh: null,
        coverage: 0,
        meters: 0,
      },
    ]);
    expect(loadIntervals({ ...span, resolution: 'PT15M' })).toHaveLength(8);
  });

  it('weighs each quarter by what is known of it, and is of no coverage where no meter counts', () => {
    const span = { fromMs: T0, toMs: T0 + 2 * HOUR_MS, timeZone, resolution: 'PT1H' } as const;
    const quarters = [quarter(T0, 1000, 1), quarter(T0 + QUARTER_MS, 4000, 0.5)];
    const metersInScope = (atMs: number) => (atMs < T0 + HOUR_MS ? 1 : 0);
    const [known, none] = loadIntervals({ ...span, quarters, metersInScope });
    expect(known).toMatchObject({ powerKw: 2, energyKwh: 0.75, coverage: 0.375 });
    expect(none).toMatchObject({ powerKw: null, coverage: 0 });
  });

  it.each([
    [3, 0.9, 3],
    [3, 0.89, Number.NaN],
    [null, 1, Number.NaN],
  ])('of %f kW, of which %f is known, %f is what to plan by', (powerKw, coverage, kw) => {
    const step = { fromMs: T0, toMs: T0 + HOUR_MS, powerKw, energyKwh: powerKw, coverage, meters: 1 };
    expect(knownKw(step)).toBe(kw);
  });

  it.each([
    ['spring', Date.UTC(2026, 2, 28, 23), 23],
    ['autumn', Date.UTC(2026, 9, 24, 22), 25],
    ['no', Date.UTC(2026, 0, 14, 23), 24],
  ])('has the local day of a %s changeover whole', (_which, fromMs, hours) => {
    const steps = loadIntervals({
      quarters: [],
      metersInScope: () => 1,
      fromMs,
      toMs: fromMs + HOUR_MS,
      resolution: 'P1D',
      timeZone,
    });
    expect(steps.map((step) => (step.toMs - step.fromMs) / HOUR_MS)).toEqual([hours]);
  });
});

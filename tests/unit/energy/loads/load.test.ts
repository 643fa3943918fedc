import { describe, expect, it } from 'vitest';
import { HOUR_MS, QUARTER_MS } from '../../../../src/domain/interval.ts';
import { loadIntervals } from '../../../../src/energy/loads/load.ts';

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

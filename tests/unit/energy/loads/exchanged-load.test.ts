import { describe, expect, it } from 'vitest';
import { QUARTER_MS } from '../../../../src/domain/interval.ts';
import { withExchanged } from '../../../../src/energy/loads/exchanged-load.ts';

const T0 = Date.UTC(2026, 0, 15, 7);
const MINUTE = 60_000;
const interval = (device: string, quarter: number, energyWh: number, coverage: number) => ({
  meter: { device, carrier: 'electricity' as const },
  fromMs: T0 + quarter * QUARTER_MS,
  energyWh,
  coverage,
});

describe('the load of a series of meters', () => {
  const exchange = T0 + QUARTER_MS + 5 * MINUTE;

  it('is that of one meter, also in the quarter of the exchange', () => {
    const load = withExchanged(
      [{ fromMs: T0, energyWh: 100, powerW: 400, coverageSum: 1, meters: 1 }],
      [
        {
          series: 's',
          counting: { countsToMs: exchange },
          intervals: [interval('old', 0, 250, 1), interval('old', 1, 100, 1 / 3)],
        },
        {
          series: 's',
          counting: { countsFromMs: exchange },
          intervals: [interval('new', 1, 200, 2 / 3), interval('new', 2, 250, 1)],
        },
      ],
    );
    expect(load).toEqual([
      { fromMs: T0, energyWh: 350, powerW: 1400, coverageSum: 2, meters: 2 },
      { fromMs: T0 + QUARTER_MS, energyWh: 300, powerW: 1200, coverageSum: 1, meters: 1 },
      { fromMs: T0 + 2 * QUARTER_MS, energyWh: 250, powerW: 1000, coverageSum: 1, meters: 1 },
    ]);
  });

  it('is in the order of time, and tells power by what is known of a quarter', () => {
    const counting = { countsFromMs: T0 - QUARTER_MS };
    const load = withExchanged(
      [{ fromMs: T0, energyWh: 100, powerW: 400, coverageSum: 1, meters: 1 }],
      [{ series: 's', counting, intervals: [interval('new', -1, 100, 0.5)] }],
    );
    expect(load.map(({ fromMs, powerW }) => [fromMs - T0, powerW])).toEqual([
      [-QUARTER_MS, 800],
      [0, 400],
    ]);
  });

  it('leaves out what an interval holds beyond the exchange, from before that was registered', () => {
    const load = withExchanged(
      [],
      [
        {
          series: 's',
          counting: { countsToMs: exchange },
          intervals: [interval('old', 1, 300, 1), interval('old', 2, 300, 1)],
        },
        {
          series: 's',
          counting: { countsFromMs: exchange },
          intervals: [interval('new', 0, 300, 1), interval('new', 1, 600, 1)],
        },
      ],
    );
    expect(load).toEqual([
      { fromMs: T0 + QUARTER_MS, energyWh: 500, powerW: 2000, coverageSum: 1, meters: 1 },
    ]);
  });
});

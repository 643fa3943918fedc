import { type Carrier, HOUR_MS, QUARTER_MS } from '../domain/interval.ts';
import type { Reading } from '../domain/reading.ts';
import type { Register } from '../domain/register.ts';
import type { Holds } from '../energy/loads/intervals.ts';
import type { Load } from '../energy/loads/load-file.ts';
import { scaleLimits } from '../energy/loads/scale.ts';
import { meterCounting } from '../rules/days/meter-counting.ts';
import { addReading, isMainLoad, meanBetween, type Site } from '../rules/peaks/peak-site.ts';

/** The loads of buildings, from the readings of their main meters of a carrier. */
export type LoadRecorder = {
  readonly onReading: (reading: Reading) => void;
  /** By building, in quarter-hours; a quarter of which less than half is known is missing. */
  readonly loads: () => ReadonlyMap<string, Load>;
};

/** So long a late reading may still change a quarter. */
const LATE_MS = 12 * HOUR_MS;
const LEAST_COVERAGE = 0.5;

type Recorded = { readonly site: Site; fromMs: number; newestMs: number; nextMs: number; kw: number[] };

export function createLoadRecorder(register: Register, holds: Holds, carrier: Carrier): LoadRecorder {
  const buildings = new Map<string, Recorded>();

  const fold = (recorded: Recorded, untilMs: number) => {
    const countingOf = meterCounting(register, recorded.site);
    for (; recorded.nextMs + QUARTER_MS <= untilMs; recorded.nextMs += QUARTER_MS) {
      const span = { fromMs: recorded.nextMs, toMs: recorded.nextMs + QUARTER_MS };
      const { kw, coverage } = meanBetween(recorded.site, span, holds, countingOf);
      recorded.kw.push(coverage >= LEAST_COVERAGE ? kw : Number.NaN);
    }
  };

  return {
    onReading: (reading) => {
      const { point, atMs } = reading;
      if (!isMainLoad(point, carrier)) return;
      let recorded = buildings.get(point.building);
      if (recorded === undefined) {
        const fromMs = Math.floor(atMs / QUARTER_MS) * QUARTER_MS;
        recorded = { site: { meters: {} }, fromMs, newestMs: fromMs, nextMs: fromMs, kw: [] };
        buildings.set(point.building, recorded);
      }
      if (!addReading(recorded.site, reading, { keptMs: 2 * LATE_MS, scale: scaleLimits[carrier] })) return;
      recorded.newestMs = Math.max(recorded.newestMs, atMs);
      if (recorded.newestMs - recorded.nextMs > 2 * LATE_MS - 2 * HOUR_MS)
        fold(recorded, recorded.newestMs - LATE_MS);
    },
    loads: () =>
      new Map(
        [...buildings].map(([building, recorded]) => {
          fold(recorded, recorded.newestMs + QUARTER_MS);
          const { fromMs, kw } = recorded;
          return [building, { fromMs, spacingMs: QUARTER_MS, kw: Float64Array.from(kw) }];
        }),
      ),
  };
}

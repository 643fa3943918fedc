import { type Carrier, QUARTER_MS } from '../../src/domain/interval.ts';
import { isoTime } from '../../src/domain/time.ts';
import { billedWindows } from '../../src/energy/guard/billed-windows.ts';
import type { Tariff } from '../../src/energy/tariffs/compile-tariff.ts';
import type { TruthEvent } from '../truth.ts';

const said = {
  electricity: { kind: 'billed-peak', subject: 'electricity' },
  heat: { kind: 'billed-heat-peak', subject: 'heat' },
} as const satisfies Record<Carrier, Pick<TruthEvent, 'kind' | 'subject'>>;

/**
 * The windows that a building's tariff bills, from its true load: what the bill itself finds in it, with hindsight. Imported
 * power only; what is given to the grid does not lower another minute. Without a tariff nothing is billed.
 */
export function createBilledPeaks(building: string, tariff: Tariff | undefined, carrier: Carrier) {
  const kw: number[] = [];
  let fromMs: number | undefined;
  let [sumW, steps] = [0, 0];
  return {
    /** Power of a step, W, from the moment that it begins; one after the other, none across a quarter-hour. */
    add: (atMs: number, powerW: number, stepMs: number): void => {
      if (tariff === undefined) return;
      fromMs ??= Math.floor(atMs / QUARTER_MS) * QUARTER_MS;
      sumW += Math.max(powerW, 0);
      steps += 1;
      if (atMs + stepMs < fromMs + (kw.length + 1) * QUARTER_MS) return;
      kw.push(sumW / steps / 1000);
      [sumW, steps] = [0, 0];
    },
    /** Peaks of past periods, and those of the running one if it ended with the newest full quarter-hour. */
    events: (): readonly TruthEvent[] => {
      if (tariff === undefined || fromMs === undefined) return [];
      const load = { fromMs, spacingMs: QUARTER_MS, kw: Float64Array.from(kw) };
      const span = { fromMs, toMs: fromMs + kw.length * QUARTER_MS };
      return billedWindows(tariff, load, span)
        .windows.toSorted((a, b) => a.fromMs - b.fromMs)
        .map((window) => ({
          ...said[carrier],
          building,
          from: isoTime(window.fromMs),
          to: isoTime(window.toMs),
          size: Math.round(window.weightedKw * 1000) / 1000,
        }));
    },
  };
}

import { isoTime } from '../../src/domain/time.ts';
import type { PowerPrice } from '../../src/energy/power-price.ts';
import type { TruthEvent } from '../truth.ts';

/** What of a power price says which windows are billed. */
export type PeakPrice = Pick<
  PowerPrice,
  'reference' | 'peaks' | 'onePerDay' | 'billedKw' | 'windowAt' | 'periodAt' | 'dayAt'
>;

type Window = { readonly fromMs: number; readonly toMs: number; readonly kw: number; readonly dayMs: number };

/**
 * The windows that a building's tariff bills, from its true load: of each billing period the highest, with hindsight.
 * Imported power only; what is given to the grid does not lower another minute.
 */
export function createBilledPeaks(building: string, prices: readonly PeakPrice[]) {
  const watches = prices.map((price) => createWatch(price));
  return {
    /** A step's power, W, from the moment that it begins. */
    add: (atMs: number, powerW: number): void => {
      for (const watch of watches) watch.add(atMs, Math.max(powerW, 0));
    },
    /** Peaks of past periods, and those of the running one if it ended now. */
    events: (): readonly TruthEvent[] =>
      watches.flatMap(({ billed }) =>
        billed().map(({ fromMs, toMs, kw }) => ({
          kind: 'billed-peak',
          building,
          subject: 'electricity',
          from: isoTime(fromMs),
          to: isoTime(toMs),
          size: Math.round(kw * 1000) / 1000,
        })),
      ),
  };
}

function createWatch(tariff: PeakPrice) {
  const past: Window[] = [];
  let candidates: Window[] = [];
  let period = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.NEGATIVE_INFINITY };
  let window = period;
  let sum = 0;
  let steps = 0;

  const close = (): void => {
    if (steps === 0) return;
    const kw = tariff.billedKw(sum / steps / 1000, window);
    const { fromMs, toMs } = window;
    const dayMs = tariff.dayAt(fromMs).fromMs;
    if (kw > 0) candidates = highest([...candidates, { fromMs, toMs, kw, dayMs }], tariff);
  };

  return {
    add: (atMs: number, powerW: number): void => {
      if (atMs >= window.toMs) {
        close();
        window = tariff.windowAt(atMs);
        [sum, steps] = [0, 0];
        if (atMs >= period.toMs) {
          past.push(...candidates);
          candidates = [];
          period = tariff.periodAt(atMs);
        }
      }
      sum += powerW;
      steps += 1;
    },
    billed: (): readonly Window[] => [...past, ...candidates].toSorted((a, b) => a.fromMs - b.fromMs),
  };
}

/** The N highest; of days that give one candidate each only the highest counts. */
function highest(windows: readonly Window[], { onePerDay, peaks }: PeakPrice): Window[] {
  const sorted = windows.toSorted((a, b) => b.kw - a.kw || a.fromMs - b.fromMs);
  const days = new Set<number>();
  return sorted
    .filter(({ dayMs }) => {
      if (!onePerDay) return true;
      if (days.has(dayMs)) return false;
      days.add(dayMs);
      return true;
    })
    .slice(0, peaks);
}

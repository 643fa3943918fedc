import { HOUR_MS } from '../../domain/interval.ts';
import { functionOf } from '../tariffs/peak-function.ts';
import type { PowerPrice } from '../tariffs/power-price.ts';
import type { DayPlan } from '../tariffs/timing.ts';
import { createTop, type Peak } from './top.ts';

/** Finds the candidates of one power price in a billing period: windows come in the order of time. */
export type Candidates = {
  readonly window: (fromMs: number, toMs: number, meanKw: number, mask: number, day: DayPlan) => void;
  /** The highest so far; with what of the running identification period is there. */
  readonly top: () => readonly Peak[];
};

/**
 * One candidate per identification period (day, hour, month): its highest window, or, where the peak function puts several
 * peaks together, what it makes of the highest of each recurring period. Only the `meanOf` highest candidates are kept.
 */
export function createCandidates(price: PowerPrice): Candidates {
  const { onePer, floorKw, curveOf, together } = price;
  const top = createTop(price.meanOf);
  const functions: ((kw: number) => number)[] = [];
  /** Billed kW by the bits of the active recurring periods. */
  const billed = (mask: number, kw: number) => {
    let of = functions[mask];
    if (!of) {
      of = functionOf(curveOf(mask));
      functions[mask] = of;
    }
    return Math.max(of(kw), floorKw);
  };
  const endOf = (fromMs: number, day: DayPlan) => {
    if (onePer === 'day') return day.toMs;
    if (onePer === 'hour') return day.fromMs + (Math.floor((fromMs - day.fromMs) / HOUR_MS) + 1) * HOUR_MS;
    return Number.POSITIVE_INFINITY;
  };

  // The running identification period, and its highest window so far.
  let untilMs = Number.NEGATIVE_INFINITY;
  let month = 0;
  let best: Peak | undefined;
  let peaksKw: number[] = [];
  const close = (add: (peak: Peak) => void) => {
    if (best) add(best);
  };
  const keep = (peak: Peak) => top.add(peak.fromMs, peak.toMs, peak.kw, peak.weightedKw);

  return {
    window: (fromMs, toMs, meanKw, mask, day) => {
      if (mask === 0) return;
      if (onePer === 'window' && !together) {
        top.add(fromMs, toMs, meanKw, billed(mask, meanKw));
        return;
      }
      if (fromMs >= untilMs || onePer === 'window' || (onePer === 'month' && day.month !== month)) {
        close(keep);
        best = undefined;
        peaksKw = [];
        untilMs = endOf(fromMs, day);
        month = day.month;
      }
      if (!together) {
        const weightedKw = billed(mask, meanKw);
        if (!best || weightedKw > best.weightedKw) best = { fromMs, toMs, kw: meanKw, weightedKw };
        return;
      }
      for (let bit = 0; mask >> bit > 0; bit += 1) {
        if ((mask & (1 << bit)) !== 0) peaksKw[bit] = Math.max(peaksKw[bit] ?? 0, meanKw);
      }
      const weightedKw = Math.max(together(peaksKw), floorKw);
      best = best && best.kw >= meanKw ? { ...best, weightedKw } : { fromMs, toMs, kw: meanKw, weightedKw };
    },
    top: () => {
      if (!best) return top.peaks;
      const all = createTop(price.meanOf);
      for (const peak of top.peaks) all.add(peak.fromMs, peak.toMs, peak.kw, peak.weightedKw);
      close((peak) => all.add(peak.fromMs, peak.toMs, peak.kw, peak.weightedKw));
      return all.peaks;
    },
  };
}

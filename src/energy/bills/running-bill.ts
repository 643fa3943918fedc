import type { Tariff } from '../tariffs/compile-tariff.ts';
import type { Span } from '../tariffs/power-price.ts';
import { lookBackPeriods } from './bill.ts';
import type { PricedPeriod } from './bill-context.ts';
import { type BillPeriod, pricePeriod } from './bill-period.ts';
import { type Accumulator, type Beside, createAccumulator, nothingBeside } from './bill-sums.ts';

/** A building's running billing period, kept up with each interval. */
export type RunningBill = {
  /**
   * Takes in an interval's mean power, kW, and what flowed beside it. In the order of time it costs no more than adding; one that is late, or comes
   * again, is put in its place, and the period is added up anew when it is next asked for. False: its period is over.
   */
  readonly add: (fromMs: number, kw: number, beside?: Beside) => boolean;
  /** The bill as it stands: windows that are over, energy so far. Undefined before the first interval. */
  readonly stands: () => BillPeriod | undefined;
};

/** `history`: billing periods before, for look-backs. Prices beyond the tariff's validity are those of its nearest year. */
export function createRunningBill(
  tariff: Tariff,
  { spacingMs, history = [] }: { readonly spacingMs: number; readonly history?: readonly PricedPeriod[] },
): RunningBill {
  const kept = lookBackPeriods(tariff);
  let past = [...history];
  let period: Span = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.NEGATIVE_INFINITY };
  let values = new Float64Array();
  let besides = new Map<number, Beside>();
  let lastMs = Number.NEGATIVE_INFINITY;
  let accumulator: Accumulator | undefined;
  let isDirty = false;

  const addedUp = (): Accumulator => {
    if (accumulator && !isDirty) return accumulator;
    accumulator = createAccumulator(tariff, spacingMs);
    isDirty = false;
    for (let i = 0; i < values.length; i += 1) {
      const atMs = period.fromMs + i * spacingMs;
      const beside = besides.get(i) ?? nothingBeside;
      accumulator.add(atMs, values[i] ?? Number.NaN, tariff.dayAt(atMs, 'nearestYear'), beside);
    }
    return accumulator;
  };
  const turn = (atMs: number) => {
    if (Number.isFinite(period.fromMs)) {
      const before = addedUp();
      before.finish();
      past = [...past, { period, sums: before.sums() }].slice(-kept);
    }
    period = tariff.periodAt(atMs);
    values = new Float64Array(Math.round((period.toMs - period.fromMs) / spacingMs)).fill(Number.NaN);
    besides = new Map();
    lastMs = Number.NEGATIVE_INFINITY;
    accumulator = createAccumulator(tariff, spacingMs);
    isDirty = false;
  };

  return {
    add: (fromMs, kw, beside = nothingBeside) => {
      if (fromMs < period.fromMs) return false;
      if (fromMs >= period.toMs) turn(fromMs);
      const i = Math.round((fromMs - period.fromMs) / spacingMs);
      values[i] = kw;
      if (beside !== nothingBeside) besides.set(i, beside);
      if (fromMs <= lastMs) isDirty = true;
      else {
        lastMs = fromMs;
        if (!isDirty) accumulator?.add(fromMs, kw, tariff.dayAt(fromMs, 'nearestYear'), beside);
      }
      return true;
    },
    stands: () => {
      if (!Number.isFinite(period.fromMs)) return undefined;
      const periods = [...past, { period, sums: addedUp().sums() }].slice(-kept);
      return pricePeriod(tariff, periods, { outside: 'nearestYear', spacingMs });
    },
  };
}

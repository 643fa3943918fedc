import type { Load } from '../loads/load-file.ts';
import type { Tariff } from '../tariffs/compile-tariff.ts';
import type { Span } from '../tariffs/power-price.ts';
import { historyBefore, sumsOf } from './bill.ts';
import type { Cost } from './bill-line.ts';
import { pricePeriod } from './bill-period.ts';
import { flowAhead } from './flow-ahead.ts';
import { type Futures, pastDaysAsFutures } from './futures.ts';

export type ExpectedBill = {
  /** What the period costs even if nothing more is used. */
  readonly fixed: Cost;
  /** Quantiles of what it will cost; undefined when nothing is known to expect from. */
  readonly expected: { readonly p10: Cost; readonly p50: Cost; readonly p90: Cost } | undefined;
};

const QUANTILES = [0.1, 0.5, 0.9] as const;

/** What a billing period will cost that is known until `nowMs`. Causal: load from `nowMs` on is not looked at. */
export function expectedBill(
  tariff: Tariff,
  load: Load,
  {
    period,
    nowMs,
    futures = pastDaysAsFutures,
  }: {
    readonly period: Span;
    readonly nowMs: number;
    readonly futures?: Futures;
  },
): ExpectedBill {
  const { spacingMs } = load;
  const history = historyBefore(tariff, load, period.fromMs);
  const length = Math.round((period.toMs - period.fromMs) / spacingMs);
  const next = Math.max(0, Math.min(length, Math.floor((nowMs - period.fromMs) / spacingMs)));
  const first = Math.round((period.fromMs - load.fromMs) / spacingMs);
  const knownOf = (values: Float64Array) =>
    Float64Array.from({ length }, (_, i) => (i < next ? (values[first + i] ?? Number.NaN) : Number.NaN));
  const known = knownOf(load.kw);
  const besideOf = flowAhead(load, { end: first + next, knownOf });
  const costOf = (future: (i: number) => number): Cost => {
    const kw = known.map((value, i) => (i < next ? value : future(i - next)));
    const ahead = { fromMs: period.fromMs, spacingMs, kw, ...besideOf(kw) };
    const sums = sumsOf(tariff, ahead, period, { outside: 'nearestYear' });
    return pricePeriod(tariff, [...history, { period, sums }], { outside: 'nearestYear', spacingMs }).cost;
  };
  const fixed = costOf(() => 0);
  const fromMs = period.fromMs + next * spacingMs;
  const end = Math.max(0, Math.min(load.kw.length, Math.round((fromMs - load.fromMs) / spacingMs)));
  const past = { ...load, kw: load.kw.subarray(0, end) };
  const costs = futures({ load: past, fromMs, toMs: period.toMs, tariff })
    .map((future) => costOf((i) => future[i] ?? Number.NaN))
    .toSorted((a, b) => a.exVat - b.exVat);
  const [p10, p50, p90] = QUANTILES.map((share) => costs[Math.round(share * (costs.length - 1))]);
  return { fixed, expected: p10 && p50 && p90 ? { p10, p50, p90 } : undefined };
}

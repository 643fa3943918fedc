import { type BillOptions, historyBefore, sumsOf } from './bill.ts';
import type { Cost } from './bill-line.ts';
import { pricePeriod } from './bill-period.ts';
import type { Tariff } from './compile-tariff.ts';
import type { Load } from './load-file.ts';
import type { Span } from './power-price.ts';

/** One way in which the rest of a billing period may go: mean power of each interval from `fromMs` on, kW. */
export type Future = Float64Array;

/** Ways in which it may go, all as likely as each other. A forecast may be put in place of `pastDaysAsFutures`. */
export type Futures = (options: {
  /** What is known, all of it before `fromMs`. */
  readonly load: Load;
  readonly fromMs: number;
  readonly toMs: number;
  readonly tariff: Tariff;
}) => readonly Future[];

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
    ...options
  }: Pick<BillOptions, 'subscribedKw'> & {
    readonly period: Span;
    readonly nowMs: number;
    readonly futures?: Futures;
  },
): ExpectedBill {
  const { spacingMs } = load;
  const history = historyBefore(tariff, load, period.fromMs);
  const length = Math.round((period.toMs - period.fromMs) / spacingMs);
  const known = new Float64Array(length).fill(Number.NaN);
  const next = Math.max(0, Math.min(length, Math.floor((nowMs - period.fromMs) / spacingMs)));
  for (let i = 0; i < next; i += 1) {
    known[i] = load.kw[Math.round((period.fromMs - load.fromMs) / spacingMs) + i] ?? Number.NaN;
  }
  const costOf = (future: (i: number) => number): Cost => {
    const kw = known.map((value, i) => (i < next ? value : future(i - next)));
    const sums = sumsOf(tariff, { fromMs: period.fromMs, spacingMs, kw }, period, { outside: 'nearestYear' });
    return pricePeriod(tariff, [...history, { period, sums }], {
      outside: 'nearestYear',
      spacingMs,
      ...options,
    }).cost;
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

const FUTURES = 40;
const DAY_MS = 86_400_000;
/** Days to choose from: the newest of each kind. */
const MOST_DAYS = 20;

/**
 * The days to come are like the newest days of the same kind (working, or free by the calendar) that were, each way another
 * choice of them. Chosen by a fixed sequence, so that the same load gives the same answer.
 */
export function pastDaysAsFutures({ load, fromMs, toMs, tariff }: Parameters<Futures>[0]): readonly Future[] {
  const { spacingMs, kw } = load;
  const [first] = tariff.power;
  const isFree = first?.isFreeDay ?? ((atMs: number) => tariff.zone.local(atMs).weekday > 5);
  const perDay = Math.round(DAY_MS / spacingMs);
  const days: Record<'free' | 'working', Float64Array[]> = { free: [], working: [] };
  for (let at = tariff.zone.dayAt(fromMs).fromMs; at > load.fromMs; ) {
    const day = tariff.zone.dayAt(at - 1);
    const from = Math.round((day.fromMs - load.fromMs) / spacingMs);
    const values = from < 0 ? new Float64Array() : kw.subarray(from, from + perDay);
    const kind = isFree(day.fromMs) ? 'free' : 'working';
    if (values.length === perDay && days[kind].length < MOST_DAYS) days[kind].push(values);
    if (days.free.length === MOST_DAYS && days.working.length === MOST_DAYS) break;
    at = day.fromMs;
  }
  const all = [...days.working, ...days.free];
  if (all.length === 0) return [];
  let state = 1;
  const choose = (from: readonly Float64Array[]) => {
    // Numerical Recipes' linear congruential generator: good enough to mix days.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return from[Math.floor((state / 2 ** 32) * from.length)] ?? new Float64Array();
  };
  return Array.from({ length: FUTURES }, () => {
    const future = new Float64Array(Math.max(0, Math.round((toMs - fromMs) / spacingMs)));
    for (let at = fromMs; at < toMs; ) {
      const day = tariff.zone.dayAt(at);
      const own = days[isFree(at) ? 'free' : 'working'];
      const like = choose(own.length > 0 ? own : all);
      for (; at < Math.min(day.toMs, toMs); at += spacingMs) {
        const interval = Math.min(Math.round((at - day.fromMs) / spacingMs), perDay - 1);
        future[Math.round((at - fromMs) / spacingMs)] = like[interval] ?? Number.NaN;
      }
    }
    return future;
  });
}

import { isoTime } from '../../domain/time.ts';
import type { Load } from '../loads/load-file.ts';
import { anyScale, outOfScaleSteps } from '../loads/scale.ts';
import type { OutsideValidity, Tariff } from '../tariffs/compile-tariff.ts';
import type { Span } from '../tariffs/power-price.ts';
import type { TariffProblem } from '../tariffs/tariff-file.ts';
import type { PricedPeriod } from './bill-context.ts';
import { type Cost, sumOf } from './bill-line.ts';
import { type BillPeriod, pricePeriod } from './bill-period.ts';
import { type Beside, createAccumulator, nothingBeside } from './bill-sums.ts';

/** Prices over equal steps of time, per kWh, excluding VAT; NaN is missing. */
export type PriceList = { readonly fromMs: number; readonly spacingMs: number; readonly price: Float64Array };

export type BillOptions = {
  /** The span to bill, epoch ms; default: the load's. Load before it is history, for look-backs. */
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Spot prices, for tariffs with a spot price. */
  readonly spot?: PriceList;
  /** The load is known until now: what comes after is not missing in it. Default: it ought to be known to the end. */
  readonly nowMs?: number;
  /** What to do about days for which the tariff has no price; default: refuse. */
  readonly outside?: OutsideValidity;
};

export type Bill = {
  readonly currency: string;
  readonly periods: readonly BillPeriod[];
  readonly cost: Cost;
  /** Something is not known: the bill may be too small. */
  readonly incomplete: boolean;
};

export type Billed =
  | { readonly ok: true; readonly bill: Bill }
  | { readonly ok: false; readonly problem: TariffProblem };

/** A hundred years of months. */
const MOST_PERIODS = 1200;

/**
 * What a tariff bills for a load: each billing period that the span touches, whole (what is not known of it, or lies outside
 * of the span, makes it incomplete). Costs are rounded to hundredths, line by line, with and without VAT; sums are sums of
 * rounded lines. A day with load for which the tariff has no price is a problem with its JSON path.
 */
export function bill(tariff: Tariff, load: Load, options: BillOptions = {}): Billed {
  const loadToMs = load.fromMs + load.kw.length * load.spacingMs;
  const span = { fromMs: options.fromMs ?? load.fromMs, toMs: options.toMs ?? loadToMs };
  const outside = options.outside ?? 'refuse';
  if (!options.spot) {
    const spot = tariff.energy.find(({ spotMultiplier }) => spotMultiplier !== undefined);
    if (spot)
      return problem(
        [...spot.path, 'spotPriceSettings'],
        'a spot price is billed: a list of prices is needed (--price FILE)',
      );
  }
  const first = tariff.periodAt(span.fromMs);
  const doubted = outOfScaleSteps(load, anyScale);
  const all = [...historyBefore(tariff, load, first.fromMs)];
  const periods: BillPeriod[] = [];
  for (let period = first; period.fromMs < span.toMs; period = tariff.periodAt(period.toMs)) {
    if (periods.length === MOST_PERIODS)
      return problem([], `more than ${MOST_PERIODS} billing periods: ask for fewer`);
    const part = { fromMs: Math.max(period.fromMs, span.fromMs), toMs: Math.min(period.toMs, span.toMs) };
    if (outside === 'refuse') {
      const unpriced = unpricedIn(tariff, load, part);
      if (unpriced) return { ok: false, problem: unpriced };
    }
    all.push({ period, sums: sumsOf(tariff, load, part, { ...options, outside }) });
    const endMs = Math.min(period.toMs, options.nowMs ?? period.toMs);
    const isCut = (options.fromMs ?? period.fromMs) > period.fromMs || (options.toMs ?? endMs) < endMs;
    const priced = pricePeriod(tariff, all, { ...options, outside, spacingMs: load.spacingMs, isCut });
    periods.push({ ...priced, notes: [...priced.notes, ...doubtIn(load, doubted, part)] });
  }
  return {
    ok: true,
    bill: {
      currency: tariff.currency,
      periods,
      cost: sumOf(periods.map(({ cost }) => cost)),
      incomplete: periods.some(({ incomplete }) => incomplete),
    },
  };
}

/** A note where a part of a load can hardly be: it is billed as it stands. */
function doubtIn(load: Load, doubted: readonly number[], { fromMs, toMs }: Span): readonly string[] {
  const { spacingMs } = load;
  const atMs = (step: number) => load.fromMs + step * spacingMs;
  const steps = doubted.filter((step) => atMs(step) >= fromMs && atMs(step) < toMs);
  const [first] = steps;
  if (first === undefined) return [];
  const most = Math.max(...steps.map((step) => Math.abs(load.kw[step] ?? 0)));
  return [
    `${steps.length === 1 ? 'one interval' : `${steps.length} intervals`} from ${isoTime(atMs(first))} on, with up to ${Math.round(most)} kW, can hardly be: more than ${anyScale.times} times the load of the five weeks before. Look for a wrong unit or ratio; it is billed as it stands`,
  ];
}

/** What the billing periods before a moment come to, as far as look-backs need them and there is load. */
export function historyBefore(tariff: Tariff, load: Load, beforeMs: number): readonly PricedPeriod[] {
  const periods: Span[] = [];
  let left = lookBackPeriods(tariff) - 1;
  for (let atMs = beforeMs; left > 0 && atMs > load.fromMs; left -= 1) {
    const period = tariff.periodAt(atMs - 1);
    periods.unshift(period);
    atMs = period.fromMs;
  }
  return periods.map((period) => ({
    period,
    sums: sumsOf(tariff, load, period, { outside: 'nearestYear' }),
  }));
}

/** Billing periods that the longest look-back of a tariff needs, the running one included. */
export function lookBackPeriods({ power, special, billingMonths }: Tariff): number {
  const months = power.map(({ lookBackMonths }) => lookBackMonths);
  const isOfYear = special.some(({ kind }) => kind === 'categoryNumber') || power.some((one) => one.shortUse);
  if (isOfYear) months.push(12);
  return Math.max(1, ...months.map((count) => Math.round(count / billingMonths)));
}

/** Where the first billing period begins that look-backs of the one at a moment reach. */
export function lookBackFrom(tariff: Tariff, atMs: number): number {
  let { fromMs } = tariff.periodAt(atMs);
  for (let left = lookBackPeriods(tariff) - 1; left > 0; left -= 1)
    fromMs = tariff.periodAt(fromMs - 1).fromMs;
  return fromMs;
}

/** What a span of a load, within one billing period, comes to. */
export function sumsOf(
  tariff: Tariff,
  load: Load,
  span: Span,
  { spot, outside = 'refuse' }: Pick<BillOptions, 'spot' | 'outside'>,
) {
  const { kw, spacingMs } = load;
  const accumulator = createAccumulator(tariff, spacingMs);
  const besideOf = besidesOf(load, spot);
  let i = Math.max(0, Math.ceil((span.fromMs - load.fromMs) / spacingMs));
  const end = Math.min(kw.length, Math.floor((span.toMs - load.fromMs) / spacingMs));
  while (i < end) {
    const day = tariff.dayAt(load.fromMs + i * spacingMs, outside);
    for (let atMs = load.fromMs + i * spacingMs; atMs < day.toMs && i < end; atMs += spacingMs, i += 1) {
      accumulator.add(atMs, kw[i] ?? Number.NaN, day, besideOf === undefined ? nothingBeside : besideOf(i));
    }
  }
  accumulator.finish();
  return accumulator.sums();
}

/** What stands beside an interval's power; undefined when nothing does. */
function besidesOf(load: Load, spot: PriceList | undefined): ((i: number) => Beside) | undefined {
  const { kvar, m3, returnC, supplyC, fromMs, spacingMs } = load;
  if (!kvar && !m3 && !returnC && !supplyC && !spot) return undefined;
  return (i) => ({
    spotPrice: spot ? spotPriceOf(spot, fromMs + i * spacingMs, spacingMs) : Number.NaN,
    kvar: kvar?.[i] ?? Number.NaN,
    m3: m3?.[i] ?? Number.NaN,
    returnC: returnC?.[i] ?? Number.NaN,
    supplyC: supplyC?.[i] ?? Number.NaN,
  });
}

/** The price of an interval; the mean of several, where prices are for shorter times than the load. */
function spotPriceOf({ fromMs, spacingMs, price }: PriceList, atMs: number, lengthMs: number): number {
  const from = Math.floor((atMs - fromMs) / spacingMs);
  const count = Math.max(1, Math.round(lengthMs / spacingMs));
  let sum = 0;
  for (let i = from; i < from + count; i += 1) sum += price[i] ?? Number.NaN;
  return sum / count;
}

/** The first day with load for which the tariff has no price. */
function unpricedIn(tariff: Tariff, { fromMs, spacingMs, kw }: Load, span: Span): TariffProblem | undefined {
  for (let dayMs = span.fromMs; dayMs < span.toMs; ) {
    const day = tariff.dayAt(dayMs, 'refuse');
    const found = tariff.unpricedOn(day);
    if (found) {
      const from = Math.max(0, Math.ceil((Math.max(dayMs, span.fromMs) - fromMs) / spacingMs));
      const to = Math.min(kw.length, Math.ceil((Math.min(day.toMs, span.toMs) - fromMs) / spacingMs));
      for (let i = from; i < to; i += 1) if (!Number.isNaN(kw[i] ?? Number.NaN)) return found;
    }
    dayMs = day.toMs;
  }
  return undefined;
}

function problem(path: readonly PropertyKey[], message: string): Billed {
  return { ok: false, problem: { path, message } };
}

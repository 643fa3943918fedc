import { DAY_MS } from '../../domain/interval.ts';
import type { OutsideValidity, Tariff } from '../tariffs/compile-tariff.ts';
import type { Span } from '../tariffs/power-price.ts';
import type { Timing } from '../tariffs/timing.ts';
import type { Context, PricedPeriod } from './bill-context.ts';
import { energyLines } from './bill-energy.ts';
import { type BillLine, type Cost, lineOf, percent, periodName, round, sumOf } from './bill-line.ts';
import { powerLines } from './bill-power.ts';
import { specialLines } from './bill-special.ts';

export type BillPeriod = Span & {
  /** The part of the period's time that is known, 0..1. */
  readonly coverage: number;
  /** Something is not known: the bill may be too small. */
  readonly incomplete: boolean;
  /** What is not known, and what was assumed. */
  readonly notes: readonly string[];
  readonly lines: readonly BillLine[];
  readonly cost: Cost;
};

export type PricingOptions = {
  readonly outside: OutsideValidity;
  /** The load is known until now: what comes after is not missing in it. Default: it ought to be known to the end. */
  readonly nowMs?: number;
  /** Of the load that was summed. */
  readonly spacingMs: number;
  /** A part of the period was asked for: the load of the rest does not count, known or not. */
  readonly isCut?: boolean;
};

/** Prices the last of the periods; those before it are what look-backs see. */
export function pricePeriod(
  tariff: Tariff,
  periods: readonly PricedPeriod[],
  options: PricingOptions,
): BillPeriod {
  const last = periods.at(-1);
  if (!last) throw new RangeError('a bill has one period or more');
  const { period, sums } = last;
  const notes: string[] = [];
  let isShort = false;
  const note = (text: string, mayBeSmaller: boolean) => {
    notes.push(text);
    isShort ||= mayBeSmaller;
  };
  const context: Context = {
    tariff,
    periods,
    period,
    sums,
    note,
    share: validShares(tariff, period, options.outside),
  };
  const coverage = Math.min(1, sums.knownMs / (period.toMs - period.fromMs));
  noteGaps(context, options);
  const lines = [
    ...fixedLines(context),
    ...energyLines(context),
    ...powerLines(context),
    ...specialLines(context),
  ];
  if (sums.spotlessKwh > 0) {
    note(`the price list lacks prices for ${round(sums.spotlessKwh)} kWh, which are not in the bill`, true);
  }
  if (sums.pricelessKwh > 0) {
    note(`no energy price holds at the time of ${round(sums.pricelessKwh)} kWh: they cost nothing`, false);
  }
  const shortest = Math.min(...tariff.power.map(({ windowMinutes }) => windowMinutes));
  if (options.spacingMs > shortest * 60_000) {
    note(
      `the load is by ${options.spacingMs / 60_000} minutes, the tariff bills peaks of ${shortest}: they may be higher`,
      false,
    );
  }
  return {
    ...period,
    coverage: Math.round(coverage * 1e6) / 1e6,
    incomplete: isShort,
    notes,
    lines,
    cost: sumOf(lines.map(({ cost }) => cost)),
  };
}

/** What is missing in the load, apart from what is still to come, and the interval that ended just now. */
function noteGaps(
  { period: { fromMs, toMs }, sums: { knownMs }, note }: Context,
  { nowMs = toMs, spacingMs, isCut = false }: PricingOptions,
): void {
  const aheadMs = Math.max(0, toMs - nowMs);
  const goneMs = toMs - fromMs - aheadMs;
  const isRunning = aheadMs > 0;
  if (isRunning)
    note(`the period is not over: ${percent(aheadMs / (toMs - fromMs))} of it is still to come`, true);
  const where = isCut ? 'outside of the span or missing in the load' : 'missing in the load';
  if (goneMs - knownMs > (isRunning ? spacingMs : 0))
    note(
      `${percent(1 - knownMs / goneMs)} of the period${isRunning ? ' so far' : ''} is ${where}: the bill may be too small`,
      true,
    );
}

function fixedLines({ tariff, share }: Context): readonly BillLine[] {
  return tariff.fixed.flatMap(({ reference, price, perDay, timing }) => {
    const valid = share(timing);
    if (valid.days === 0) return [];
    const quantity = perDay ? valid.days : valid.share;
    const unit = perDay ? 'P1D' : periodName(tariff.billingMonths);
    return [lineOf({ reference, kind: 'fixed', quantity, unit, price })];
  });
}

/** On how many of the period's days each price holds. */
function validShares(tariff: Tariff, period: Span, outside: OutsideValidity): Context['share'] {
  const counts: number[] = [];
  let days = 0;
  for (let atMs = period.fromMs; atMs < period.toMs; ) {
    const day = tariff.dayAt(atMs, outside);
    for (let i = 0; i < day.isValid.length; i += 1) if (day.isValid[i]) counts[i] = (counts[i] ?? 0) + 1;
    days += 1;
    atMs = day.toMs;
  }
  const byDays = (days * MONTHS_A_YEAR) / (daysOfYear(tariff, period) * tariff.billingMonths);
  return ({ index, isByDays }: Timing) => {
    const valid = counts[index] ?? 0;
    return { days: valid, share: (valid / days) * (isByDays ? byDays : 1) };
  };
}

const MONTHS_A_YEAR = 12;

function daysOfYear({ zone }: Tariff, { fromMs }: Span): number {
  const { year } = zone.local(fromMs);
  return Math.round((zone.startOf(year + 1, 1, 1) - zone.startOf(year, 1, 1)) / DAY_MS);
}

import type { OutsideValidity, Tariff } from '../tariffs/compile-tariff.ts';
import { excessKw, type Money, type PowerPrice, type Span, stepOf } from '../tariffs/power-price.ts';
import {
  type BillLine,
  type Cost,
  costOf,
  lineOf,
  meanOf,
  percent,
  periodName,
  round,
  scaled,
  sumOf,
} from './bill-line.ts';
import { type Context, type PricedPeriod, specialLines } from './bill-special.ts';
import { createTop, type Peak } from './top.ts';

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
    const valid = share(timing.index);
    if (valid.days === 0) return [];
    const quantity = perDay ? valid.days : valid.share;
    const unit = perDay ? 'P1D' : periodName(tariff.billingMonths);
    return [lineOf({ reference, kind: 'fixed', quantity, unit, price })];
  });
}

function energyLines({ tariff, share, sums, note }: Context): readonly BillLine[] {
  return tariff.energy.flatMap(({ reference, unit, price, spotMultiplier, timing }, e) => {
    if (share(timing.index).days === 0) return [];
    if (unit === 'm3' && !sums.hasFlow) {
      if (sums.knownMs > 0) note(`${reference}: the flow (m3) is not known, so it is not in the bill`, false);
      return [];
    }
    if (unit === 'm3' && sums.flowlessMs > 0) {
      const missing = percent(Math.min(1, sums.flowlessMs / sums.knownMs));
      note(
        `${reference}: the flow (m3) of ${missing} of the load is not known: the bill may be too small`,
        true,
      );
    }
    const quantity = sums.quantities[e] ?? 0;
    if (isOfHundredths(price.exVat, tariff.currency) && unit === 'kWh') {
      note(
        `${reference}: ${price.exVat} ${tariff.currency} per kWh is a lot: prices are not in hundredths`,
        false,
      );
    }
    if (spotMultiplier === undefined) return [lineOf({ reference, kind: 'energy', quantity, unit, price })];
    const spot = quantity > 0 ? ((sums.spotCosts[e] ?? 0) * spotMultiplier) / quantity : 0;
    const withVat = tariff.vat === undefined ? undefined : spot * (1 + tariff.vat);
    const total = {
      exVat: price.exVat + spot,
      incVat: price.incVat === undefined || withVat === undefined ? undefined : price.incVat + withVat,
    };
    return [lineOf({ reference, kind: 'energy', quantity, unit, price: total })];
  });
}

/** Price lists are in öre, øre and cents, tariff files are not. */
const MOST_PER_KWH: Readonly<Record<string, number>> = { SEK: 10, NOK: 10, DKK: 10, EUR: 1 };

function isOfHundredths(perKwh: number, currency: string): boolean {
  return perKwh > (MOST_PER_KWH[currency] ?? Number.POSITIVE_INFINITY);
}

function powerLines(context: Context): readonly BillLine[] {
  return context.tariff.power.flatMap((price, p) => {
    const valid = context.share(price.timing.index);
    if (valid.days === 0) return [];
    const peaks = peaksOf(context, price, p);
    const billedKw = meanOf(peaks);
    const { reference } = price;
    const line = (quantity: number, of: Money, name = reference) =>
      lineOf({ reference: name, kind: 'power', quantity, unit: 'kW', price: scaled(of, valid.share), peaks });
    if (price.steps.length > 0) {
      const step = stepOf(price.steps, billedKw) ?? price.steps.at(-1);
      if (!step) return [];
      if (billedKw > step.upToKw + 1e-9) {
        context.note(
          `${reference}: ${round(billedKw)} kW is above the last step (${price.path.map(String).join('.')}.x-kvarter.steps), which is billed: the bill may be too small`,
          true,
        );
      }
      return [{ ...line(billedKw, step.price), cost: costOf(1, scaled(step.price, valid.share)) }];
    }
    if (!price.subscribed) return [line(billedKw, price.price)];
    const subscribedKw = price.subscribed.kw ?? billedKw;
    if (price.subscribed.kw === undefined) {
      context.note(
        `${reference}: the subscribed power is taken to be what is billed, ${round(billedKw)} kW (say it by --subscribed-kw, or subscribedKw in places.yaml)`,
        false,
      );
    }
    const excess = excessKw(billedKw, price.subscribed, subscribedKw);
    const lines = [line(subscribedKw, price.price)];
    if (excess > 0) lines.push(line(excess, price.subscribed.excessPrice, `${reference}-excess`));
    return lines;
  });
}

/** The billed candidates: the highest of all billing periods that the look-back reaches. */
function peaksOf({ periods, tariff, note }: Context, price: PowerPrice, p: number): readonly Peak[] {
  const { meanOf: most, lookBackMonths, reference } = price;
  for (const doubt of price.doubts) note(`${reference}: ${doubt}`, false);
  const count = Math.round(lookBackMonths / tariff.billingMonths);
  const known = periods.slice(-count);
  if (known.length < count) {
    note(
      `${reference}: the load has ${known.length} of the ${count} billing periods that are looked back on`,
      true,
    );
  }
  const top = createTop(most);
  for (const { sums } of known) {
    for (const { fromMs, toMs, kw, weightedKw } of sums.tops[p] ?? []) top.add(fromMs, toMs, kw, weightedKw);
  }
  return top.peaks;
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
  return (index) => ({ days: counts[index] ?? 0, share: (counts[index] ?? 0) / days });
}

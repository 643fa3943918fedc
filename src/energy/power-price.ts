import { type LocalTime, type Zone, zoneOf } from '../domain/zone.ts';
import { parsePeakFunction } from './peak-function.ts';
import { isActive, matchesPattern } from './recurring.ts';
import type { PeakComponent, TariffFile } from './tariff.ts';

/** A span of time, [fromMs, toMs). */
export type Span = { readonly fromMs: number; readonly toMs: number };

/**
 * What one component of a tariff says about power peaks. Source of the model: Eltariff-API v1,
 * `powerPrice.components[].peakIdentificationSettings`.
 */
export type PowerPrice = {
  readonly reference: string;
  /** N of "the mean of the N highest". */
  readonly peaks: number;
  /** One candidate per local day (N peaks fall on N days), or any windows. */
  readonly onePerDay: boolean;
  /** Price per billed kW and billing period, excluding VAT, in `currency`. */
  readonly pricePerKw: number;
  readonly currency: string;
  /** Billed power (kW) for a mean power (kW) in the window: the peak function; 0 where the component does not hold. */
  readonly billedKw: (meanKw: number, window: Span) => number;
  /** The candidate window (clock hour, quarter-hour, …) that holds a moment. */
  readonly windowAt: (atMs: number) => Span;
  /** The billing period that holds a moment. */
  readonly periodAt: (atMs: number) => Span;
  readonly dayAt: (atMs: number) => Span;
  /** Is it a Saturday, a Sunday, or a day that the tariff calls a holiday? */
  readonly isFreeDay: (atMs: number) => boolean;
};

/** The mean power of the window from which this much is billed, kW; infinite when the component does not hold. */
export function meanOfBilled(price: PowerPrice, billedKw: number, window: Span): number {
  if (price.billedKw(billedKw, window) === billedKw) return billedKw;
  let [low, high] = [0, 1];
  while (price.billedKw(high, window) < billedKw) {
    high *= 2;
    if (high > 1e9) return Number.POSITIVE_INFINITY;
  }
  for (let step = 0; step < 40; step += 1) {
    const middle = (low + high) / 2;
    if (price.billedKw(middle, window) < billedKw) low = middle;
    else high = middle;
  }
  return high;
}

export type TariffProblem = { readonly path: readonly PropertyKey[]; readonly message: string };

const MINUTE_MS = 60_000;
const durations = { PT15M: 15, PT30M: 30, PT1H: 60, PT12H: 720, P1D: 1440 } as const;

/** The power prices of a tariff, and whatever in it is not understood, with its place. */
export function powerPrices(file: TariffFile): {
  readonly prices: readonly PowerPrice[];
  readonly problems: readonly TariffProblem[];
} {
  const problems: TariffProblem[] = [];
  const prices: PowerPrice[] = [];
  for (const [t, tariff] of file.tariffs.entries()) {
    for (const [c, component] of (tariff.powerPrice?.components ?? []).entries()) {
      const path = ['tariffs', t, 'powerPrice', 'components', c];
      const price = powerPrice(file, component, (inner, message) =>
        problems.push({ path: [...path, ...inner], message }),
      );
      if (price) prices.push(price);
    }
  }
  return { prices, problems };
}

function powerPrice(
  file: TariffFile,
  component: PeakComponent,
  wrong: (path: PropertyKey[], message: string) => void,
): PowerPrice | undefined {
  const [tariff] = file.tariffs;
  if (!tariff) return undefined;
  const { peakFunction, peakIdentificationPeriod, peakDuration, numberOfPeaksForAverageCalculation } =
    component.peakIdentificationSettings;
  const settings = 'peakIdentificationSettings';
  const patterns = new Map(file.calendarPatterns.map((pattern) => [pattern.reference, pattern]));
  const periods = new Map(component.recurringPeriods.map((period) => [period.reference, period]));
  for (const [p, period] of component.recurringPeriods.entries()) {
    for (const [a, { calendarPatternReferences: names }] of period.activePeriods.entries()) {
      for (const name of [...(names?.include ?? []), ...(names?.exclude ?? [])]) {
        if (!patterns.has(name)) {
          wrong(['recurringPeriods', p, 'activePeriods', a], `no calendar pattern is called ${name}`);
        }
      }
    }
  }
  const parsed = parsePeakFunction(peakFunction);
  if (!parsed.ok) {
    wrong([settings, 'peakFunction'], `"${peakFunction}" cannot be read: ${parsed.problem}`);
    return undefined;
  }
  for (const reference of parsed.references) {
    // A component without recurring periods is called by its own name.
    if (!periods.has(reference) && (periods.size > 0 || reference !== component.reference)) {
      wrong([settings, 'peakFunction'], `no recurring period is called ${reference}`);
    }
  }
  const anyWindow = ['PT15M', 'PT30M', 'PT1H'].includes(peakIdentificationPeriod);
  const oneInAll = peakIdentificationPeriod === 'P1M' && numberOfPeaksForAverageCalculation === 1;
  if (peakIdentificationPeriod !== 'P1D' && !anyWindow && !oneInAll) {
    wrong(
      [settings, 'peakIdentificationPeriod'],
      `"${peakIdentificationPeriod}" is not understood: P1D, PT1H, PT30M, PT15M, or P1M for one peak`,
    );
    return undefined;
  }

  const zone = zoneOf(tariff.timeZone);
  const holidays = patterns.get('holidays');
  const years = validYears(file, zone);
  /** The recurring periods that are active in a window; undefined when the whole component does not hold. */
  const periodsAt = (fromMs: number): ReadonlySet<string> | undefined => {
    const local = zone.local(fromMs);
    if (!isValid(component, years(local))) return undefined;
    return new Set(
      parsed.references.filter((reference) => {
        const period = periods.get(reference);
        return period === undefined || isActive(period, local, patterns);
      }),
    );
  };
  // Asked again and again for the same window.
  let asked: { fromMs: number; holds: ReadonlySet<string> | undefined } | undefined;
  const holdsAt = (fromMs: number) => {
    if (asked?.fromMs !== fromMs) asked = { fromMs, holds: periodsAt(fromMs) };
    return asked.holds;
  };
  const isYearly = tariff.billingPeriod === 'P1Y';
  const perPeriod = component.pricedPeriod === tariff.billingPeriod ? 1 : isYearly ? 12 : 1 / 12;
  return {
    reference: component.reference,
    peaks: numberOfPeaksForAverageCalculation,
    onePerDay: peakIdentificationPeriod === 'P1D',
    pricePerKw: component.price.priceExVat * perPeriod,
    currency: component.price.currency,
    billedKw: (meanKw, { fromMs }) => {
      const holds = holdsAt(fromMs);
      if (holds === undefined) return 0;
      return Math.max(
        parsed.evaluate((reference) => (holds.has(reference) ? meanKw : 0)),
        0,
      );
    },
    windowAt: (atMs) => zone.windowAt(atMs, durations[peakDuration] * MINUTE_MS),
    periodAt: (atMs) => {
      if (!isYearly) return zone.monthAt(atMs);
      const { year } = zone.local(atMs);
      return { fromMs: zone.startOf(year, 1, 1), toMs: zone.startOf(year + 1, 1, 1) };
    },
    dayAt: zone.dayAt,
    isFreeDay: (atMs) => {
      const local = zone.local(atMs);
      return local.weekday > 5 || (holidays !== undefined && matchesPattern(holidays, local));
    },
  };
}

/**
 * The date on which to look a price up. Before and after the time that a tariff is made for, its nearest year holds,
 * day for day: a guard that falls silent on New Year's Eve would be worse than last year's price.
 */
function validYears({ tariffs: [tariff] }: TariffFile, { local, startOf }: Zone): (at: LocalTime) => string {
  const bounds = [tariff?.validPeriod, ...(tariff?.powerPrice?.components ?? []).map((c) => c.validPeriod)];
  const starts = bounds.flatMap((period) => (period ? [period.fromIncluding] : [])).toSorted();
  const isOpen = bounds.slice(1).some((period) => !period?.toExcluding);
  const ends = bounds.flatMap((period) => (period?.toExcluding ? [period.toExcluding] : [])).toSorted();
  const [first, last] = [starts[0], isOpen ? undefined : ends.at(-1)];
  return ({ year, month, day }) => {
    let shifted = year;
    if (first !== undefined && dateText(year, month, day) < first) {
      shifted = Number(first.slice(0, 4));
      if (dateText(shifted, month, day) < first) shifted += 1;
    } else if (last !== undefined && dateText(year, month, day) >= last) {
      shifted = Number(last.slice(0, 4));
      if (dateText(shifted, month, day) >= last) shifted -= 1;
    }
    // The 29th of February has no like in other years: the day after it stands in.
    const at = local(startOf(shifted, month, day));
    return dateText(at.year, at.month, at.day);
  };
}

function isValid({ validPeriod }: PeakComponent, date: string): boolean {
  if (!validPeriod) return true;
  return date >= validPeriod.fromIncluding && (!validPeriod.toExcluding || date < validPeriod.toExcluding);
}

function dateText(year: number, month: number, day: number): string {
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

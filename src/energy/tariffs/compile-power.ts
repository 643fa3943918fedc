import { QUARTER_MS } from '../../domain/interval.ts';
import type { Zone } from '../../domain/zone.ts';
import type { Compiling, TimingOf } from './compiling.ts';
import { functionOfPeaks } from './function-of-peaks.ts';
import { type Curve, functionOf } from './peak-function.ts';
import { doubtsOf, onePerOf, slopeOf, stepsOf } from './power-parts.ts';
import {
  costOfPeriod,
  type Money,
  type PowerPrice,
  type ShortUse,
  type Span,
  type Subscription,
} from './power-price.ts';
import type { Pattern } from './recurring.ts';
import type { PowerComponent, TariffObject } from './tariff.ts';
import type { DegreeDays, PowerExtension } from './tariff-extensions.ts';
import type { MoneyWith } from './tariff-money.ts';
import { type DayPlan, dateOf, type Timing } from './timing.ts';
import { windowAt } from './windows.ts';

/** What is billed by power, but not as the mean of the highest windows. */
export type SpecialPower = {
  readonly reference: string;
  readonly path: readonly PropertyKey[];
  /** Per kW (kVAr) and billing period; of `dynamic`: per kW and window. */
  readonly price: Money;
  readonly timing: Timing;
} & (
  | { readonly kind: 'dynamic'; readonly windowMinutes: number; readonly curveOf: (mask: number) => Curve }
  | { readonly kind: 'reactive'; readonly freeShareOfActive: number }
  | {
      readonly kind: 'categoryNumber';
      readonly steps: PowerPrice['steps'];
      readonly isInBlocks: boolean;
      readonly hours: number;
      readonly degreeDays: DegreeDays | undefined;
    }
);

const NO_MONEY: Money = { exVat: 0, incVat: 0 };

export type PowerContext = Compiling & {
  readonly zone: Zone;
  readonly periodAt: (atMs: number) => Span;
  readonly billingMonths: number;
  readonly currency: string;
  readonly money: MoneyWith;
  readonly timingOf: TimingOf;
  readonly isHoliday: Pattern;
  readonly planAt: (atMs: number) => DayPlan;
};

export function compilePower(
  { powerPrice }: TariffObject,
  path: readonly PropertyKey[],
  context: PowerContext,
): { readonly power: readonly PowerPrice[]; readonly special: readonly SpecialPower[] } {
  const power: PowerPrice[] = [];
  const special: SpecialPower[] = [];
  for (const [c, component] of (powerPrice?.components ?? []).entries()) {
    const place = [...path, 'components', c];
    const isDynamic = component.type === 'dynamic';
    if (powerPrice?.costFunction && powerPrice.costFunction.includes('(p)') !== isDynamic) {
      context.wrong([...place, 'type'], `does not go with the costFunction ${powerPrice.costFunction}`);
    }
    const extension = component['x-kvarter'] ?? {};
    if (isDynamic) checkDynamic(extension, place, context);
    else checkKinds(extension, place, context);
    if (isDynamic || extension.categoryNumber || extension.reactive) {
      const made = specialPower(component, extension, place, context);
      if (made) special.push(made);
    } else {
      const made = peakPrice(component, extension, place, context);
      const like = power.filter(({ reference }) => reference === component.reference).length;
      if (made) power.push({ ...made, key: like > 0 ? `${made.key}-${like + 1}` : made.key });
    }
  }
  return { power, special };
}

/** A component bills in one of these ways; steps are a way to price what `subscribed` or `categoryNumber` says. */
function checkKinds(
  extension: PowerExtension,
  path: readonly PropertyKey[],
  { wrong, billingMonths }: Pick<PowerContext, 'wrong' | 'billingMonths'>,
): void {
  const given = (['subscribed', 'categoryNumber', 'reactive'] as const).filter((kind) => extension[kind]);
  const [first, second] = extension.steps && extension.reactive ? ['steps', 'reactive'] : given;
  if (second) wrong([...path, 'x-kvarter', second], `does not go together with ${first}`);
  const other = (['categoryNumber', 'reactive'] as const).find((kind) => extension[kind]);
  if (extension.shortUse && other) {
    wrong([...path, 'x-kvarter', 'shortUse'], `does not go together with ${other}`);
  }
  for (const kind of ['categoryNumber', 'shortUse'] as const) {
    if (!extension[kind]?.degreeDays || billingMonths === 1) continue;
    wrong(
      [...path, 'x-kvarter', kind, 'degreeDays'],
      'correct each month by itself, so the billingPeriod must be P1M',
    );
  }
}

/** Each window has its price: what is said of a period's peaks would be passed over. */
function checkDynamic(
  { months: _, ...extension }: PowerExtension,
  path: readonly PropertyKey[],
  { wrong }: Pick<Compiling, 'wrong'>,
): void {
  for (const key of Object.keys(extension)) {
    wrong([...path, 'x-kvarter', key], 'does not go together with the type dynamic');
  }
}

function specialPower(
  component: PowerComponent,
  extension: PowerExtension,
  path: readonly PropertyKey[],
  context: PowerContext,
): SpecialPower | undefined {
  const { wrong, money, billingMonths, placeOf } = context;
  const { reference, price, pricedPeriod, peakIdentificationSettings: settings } = component;
  const isStepped = extension.categoryNumber !== undefined && extension.steps !== undefined;
  if (!price && !isStepped) {
    const why =
      component.type === 'dynamic'
        ? 'is missing: power prices of each moment, in a price list of the operator, are not understood'
        : 'is missing';
    wrong([...path, 'price'], why);
    return undefined;
  }
  const common = { reference, path: placeOf(path) };
  const factor = billingMonths / (pricedPeriod ?? billingMonths);
  const perPeriod = price ? money(price, factor) : NO_MONEY;
  if (extension.categoryNumber) {
    const timing = context.timingOf(component, path, 'powerPrice');
    return {
      ...common,
      price: perPeriod,
      timing,
      kind: 'categoryNumber',
      steps: stepsOf(extension, path, factor, context),
      isInBlocks: extension.blocks ?? false,
      degreeDays: undefined,
      ...extension.categoryNumber,
    };
  }
  if (extension.reactive) {
    const timing = context.timingOf(component, path, 'powerPrice');
    return { ...common, price: perPeriod, timing, kind: 'reactive', ...extension.reactive };
  }
  if (!settings) {
    wrong([...path, 'peakIdentificationSettings'], 'must say the peakDuration that the price is for');
    return undefined;
  }
  const made = functionOfPeaks(component, settings.peakFunction, path, context);
  if (!made) return undefined;
  return {
    ...common,
    price: price ? money(price) : NO_MONEY,
    timing: made.timing,
    kind: 'dynamic',
    windowMinutes: settings.peakDuration,
    curveOf: made.curveOf,
  };
}

function peakPrice(
  component: PowerComponent,
  extension: PowerExtension,
  path: readonly PropertyKey[],
  context: PowerContext,
): PowerPrice | undefined {
  const { wrong, money, billingMonths, zone, periodAt, planAt, isHoliday } = context;
  const { reference, price, pricedPeriod, peakIdentificationSettings: settings } = component;
  if (!settings) {
    wrong([...path, 'peakIdentificationSettings'], 'is missing: which peaks are billed?');
    return undefined;
  }
  const { subscribed: saidSubscription, lookBack, floorKw = 0 } = extension;
  if (!price && !extension.steps) {
    wrong([...path, 'price'], 'is missing');
    return undefined;
  }
  const factor = billingMonths / (pricedPeriod ?? billingMonths);
  const steps = stepsOf(extension, path, factor, context);
  const made = functionOfPeaks(component, settings.peakFunction, path, context);
  const onePer = onePerOf(settings.peakIdentificationPeriod, settings.peakDuration);
  if (!onePer) {
    wrong(
      [...path, 'peakIdentificationSettings', 'peakIdentificationPeriod'],
      `"${settings.peakIdentificationPeriod}" is not understood: P1D, PT1H, PT30M, PT15M, P1M, P1Y, or as long as peakDuration`,
    );
    return undefined;
  }
  if (lookBack !== undefined && lookBack % billingMonths !== 0) {
    wrong([...path, 'x-kvarter', 'lookBack'], 'must be a whole number of billing periods');
  }
  if (!made) return undefined;
  const { timing, curveOf, together } = made;
  const meanOf = settings.numberOfPeaksForAverageCalculation;
  const perPeriod = onePer === 'period' ? 1 : onePer === 'month' ? billingMonths : meanOf;
  // One candidate a month, or a period: it is billed with those before it, and displaces none.
  const isOwnOfPeriod = onePer === 'month' || onePer === 'period';
  const perKw =
    price && steps.length === 0 ? money(price, factor) : { exVat: slopeOf(steps), incVat: undefined };
  const subscribed: Subscription | undefined = saidSubscription && {
    kw: saidSubscription.kw,
    excessPrice: saidSubscription.excessPrice && money(saidSubscription.excessPrice, factor),
    freeShare: (saidSubscription.free?.belowPct ?? 0) / 100,
    freeKw: saidSubscription.free ? (saidSubscription.free.atMostKw ?? Number.POSITIVE_INFINITY) : 0,
  };
  const shortUse: ShortUse | undefined = extension.shortUse && {
    degreeDays: undefined,
    ...extension.shortUse,
    perKwh: money(extension.shortUse.perKwh, factor),
  };
  // By the bits that are active, asked again and again.
  const functions = new Map<number, (kw: number) => number>();
  const ofMask = (mask: number) => {
    let known = functions.get(mask);
    if (!known) {
      known = functionOf(curveOf(mask));
      functions.set(mask, known);
    }
    return known;
  };
  return {
    reference,
    key: reference,
    path: context.placeOf(path),
    peaks: Math.min(meanOf, perPeriod),
    onePerDay: onePer === 'day',
    pricePerKw: perKw.exVat,
    currency: context.currency,
    billedKw: (meanKw, { fromMs }) => {
      const day = planAt(fromMs);
      const mask = day.masks[timing.index]?.[Math.floor((fromMs - day.fromMs) / QUARTER_MS)] ?? 0;
      return mask === 0 ? 0 : Math.max(ofMask(mask)(meanKw), 0);
    },
    windowAt: (atMs) => windowAt(zone, atMs, settings.peakDuration),
    periodAt,
    rivalsAt: rivalsWithin(periodAt, isOwnOfPeriod ? 1 : (lookBack ?? billingMonths) / billingMonths),
    dayAt: zone.dayAt,
    isFreeDay: freeDays(zone, isHoliday),
    windowMinutes: settings.peakDuration,
    onePer,
    windowsKey: JSON.stringify([
      settings,
      component.recurringPeriods,
      component.validPeriod,
      extension.months,
      lookBack,
      floorKw,
    ]),
    meanOf,
    lookBackMonths: lookBack ?? billingMonths,
    floorKw,
    steps,
    isInBlocks: extension.blocks ?? false,
    price: perKw,
    subscribed,
    shortUse,
    costOf: costOfPeriod({ steps, price: perKw, subscribed }),
    doubts: doubtsOf(component, { ...made, onePer, months: lookBack ?? billingMonths, billingMonths }),
    timing,
    curveOf,
    together,
  };
}

/** Weekends and holidays; the day that was asked for last is known, since it is asked for again and again. */
function freeDays(zone: Zone, isHoliday: Pattern): (atMs: number) => boolean {
  let known = { fromMs: 0, toMs: 0, isFree: false };
  return (atMs) => {
    if (atMs < known.fromMs || atMs >= known.toMs) {
      const local = zone.local(atMs);
      const day = { date: dateOf(local), year: local.year, weekday: local.weekday };
      known = { ...zone.dayAt(atMs), isFree: local.weekday > 5 || isHoliday(day) };
    }
    return known.isFree;
  };
}

/** Billing periods and so many in all before them. */
function rivalsWithin(periodAt: (atMs: number) => Span, periods: number): (atMs: number) => Span {
  if (periods <= 1) return periodAt;
  let known: { readonly period: Span; readonly span: Span } | undefined;
  return (atMs) => {
    if (known && atMs >= known.period.fromMs && atMs < known.period.toMs) return known.span;
    const period = periodAt(atMs);
    let { fromMs } = period;
    for (let back = 1; back < periods; back += 1) ({ fromMs } = periodAt(fromMs - 1));
    known = { period, span: { fromMs, toMs: period.toMs } };
    return known.span;
  };
}

import type { Curve } from './peak-function.ts';
import type { DegreeDays } from './tariff-extensions.ts';
import type { Timing } from './timing.ts';

/** A span of time, [fromMs, toMs). */
export type Span = { readonly fromMs: number; readonly toMs: number };

/** A price without and with VAT; `incVat` is undefined where the tariff does not say what the VAT is. */
export type Money = { readonly exVat: number; readonly incVat: number | undefined };

/** One step of a stepped price: what the billing period costs up to a billed power, and for each kW of it. */
export type PriceStep = {
  readonly upToKw: number;
  readonly price: Money | undefined;
  readonly perKw: Money | undefined;
};

/** One candidate for each … */
export type OnePer = 'window' | 'hour' | 'day' | 'month' | 'period';

/**
 * What one component of a tariff says about power peaks. Source of the model: Eltariff-API v1,
 * `powerPrice.components[].peakIdentificationSettings`.
 */
export type PowerPrice = {
  readonly reference: string;
  /** The reference, told apart where several components of the tariff have the same. */
  readonly key: string;
  /** Where the component stands in the file. */
  readonly path: readonly PropertyKey[];
  /** N of "the mean of the N highest", as far as one billing period can have so many. */
  readonly peaks: number;
  /** One candidate per local day (N peaks fall on N days), or any windows. */
  readonly onePerDay: boolean;
  /** Price per billed kW and billing period, excluding VAT, in `currency`. Of a stepped price: its mean slope. */
  readonly pricePerKw: number;
  readonly currency: string;
  /** Billed power (kW) for a mean power (kW) in the window: the peak function; 0 where the component does not hold. */
  readonly billedKw: (meanKw: number, window: Span) => number;
  /** The candidate window (clock hour, quarter-hour, …) that holds a moment. */
  readonly windowAt: (atMs: number) => Span;
  /** The billing period that holds a moment. */
  readonly periodAt: (atMs: number) => Span;
  /** Where the windows come from that compete to be billed in it: with a look-back, earlier billing periods too. */
  readonly rivalsAt: (atMs: number) => Span;
  readonly dayAt: (atMs: number) => Span;
  /** Is it a Saturday, a Sunday, or a day that the tariff calls a holiday? */
  readonly isFreeDay: (atMs: number) => boolean;

  readonly windowMinutes: number;
  readonly onePer: OnePer;
  /** Components of which this is the same bill the same windows. */
  readonly windowsKey: string;
  /** N of "the mean of the N highest" over the whole look-back. */
  readonly meanOf: number;
  /** Months that candidates come from, the billing period's included. */
  readonly lookBackMonths: number;
  /** Each candidate counts as at least this, kW. */
  readonly floorKw: number;
  /** Lowest first; the period costs the first one that holds the billed power. Empty: `price` per kW. */
  readonly steps: readonly PriceStep[];
  /** The steps were said as blocks, of which each kW costs its own: their `price` is what makes that of it. */
  readonly isInBlocks: boolean;
  /** Per kW and billing period. */
  readonly price: Money;
  /** The price is for a subscribed power, and what exceeds it has another. */
  readonly subscribed: Subscription | undefined;
  /** What a short time of use costs on top; a guard and a plan do not know of it. */
  readonly shortUse: ShortUse | undefined;
  /** What a billing period with this billed power costs, excluding VAT (for a component that is valid all of it). */
  readonly costOf: (billedKw: number) => number;

  /** What its author may not have meant. */
  readonly doubts: readonly string[];
  readonly timing: Timing;
  /** By the bits of the recurring periods that are active. */
  readonly curveOf: (mask: number) => Curve;
  /** For a function that puts peaks of several recurring periods together: the result, from the peak of each. */
  readonly together: ((peaksKw: readonly number[]) => number) | undefined;
};

export type Subscription = {
  /** undefined: as much as the period's billed power. */
  readonly kw: number | undefined;
  /** Per kW of excess and billing period; undefined: an excess costs nothing. */
  readonly excessPrice: Money | undefined;
  /** An excess below this share and of at most this power is free. */
  readonly freeShare: number;
  readonly freeKw: number;
};

export type ShortUse = {
  /** The energy of twelve months ought to be the power times so many. */
  readonly hours: number;
  /** Per kWh that lacks, and billing period. */
  readonly perKwh: Money;
  readonly degreeDays: DegreeDays | undefined;
};

/** What of a billed power exceeds the subscription and is not free, kW. */
export function excessKw(
  billedKw: number,
  { freeShare, freeKw }: Subscription,
  subscribedKw: number,
): number {
  const excess = billedKw - subscribedKw;
  if (excess <= 1e-9) return 0;
  return excess < freeShare * subscribedKw - 1e-9 && excess <= freeKw + 1e-9 ? 0 : excess;
}

/** By how much a subscription may be exceeded before all of the excess is billed, kW; the end may be billed already. */
export function freeExcessKw({ freeShare, freeKw }: Subscription, subscribedKw: number): number {
  return Math.min(freeShare * subscribedKw, freeKw);
}

/** What a billing period costs by its billed power, excluding VAT: by steps, by kW, or a subscription and what exceeds it. */
export function costOfPeriod({
  steps,
  price,
  subscribed,
}: Pick<PowerPrice, 'steps' | 'price' | 'subscribed'>): PowerPrice['costOf'] {
  const costOfKw = (kw: number) => (steps.length > 0 ? costInSteps(steps, kw) : kw * price.exVat);
  return (billedKw) => {
    if (!subscribed) return costOfKw(billedKw);
    const kw = subscribed.kw ?? billedKw;
    return costOfKw(kw) + excessKw(billedKw, subscribed, kw) * (subscribed.excessPrice?.exVat ?? 0);
  };
}

/** By the step that holds a power, excluding VAT; above all of them the last goes on. */
function costInSteps(steps: readonly PriceStep[], kw: number): number {
  const step = stepOf(steps, kw) ?? steps.at(-1);
  return step ? costInStep(step, kw) : 0;
}

/** What a power costs by a step, excluding VAT. */
export function costInStep({ price, perKw }: PriceStep, kw: number): number {
  return (price?.exVat ?? 0) + kw * (perKw?.exVat ?? 0);
}

/** The step that holds a billed power; undefined when it is above all of them. */
export function stepOf(steps: readonly PriceStep[], billedKw: number): PriceStep | undefined {
  return steps.find(({ upToKw }) => billedKw <= upToKw + 1e-9);
}

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

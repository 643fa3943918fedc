import type { Tariff } from '../tariffs/compile-tariff.ts';
import { createPaidPeaks, type PaidPeaks } from './paid-peaks.ts';
import { importBilling } from './peak-term.ts';
import { plannerSettings as settings } from './planner-settings.ts';
import type { ImportLevel } from './power-search.ts';
import { createRuleSteps, type PeakRule, type RuleStep } from './rule-steps.ts';
import type { PricedSteps } from './steps-ahead.ts';
import { powerCostOf } from './terms.ts';

/** A power price with what is known of it. */
export type TrackedRule = PeakRule & {
  readonly stepAt: (atMs: number) => RuleStep;
  readonly paid: PaidPeaks;
  /** In how many bills a peak of the period that holds a moment counts. */
  readonly billsAt: (atMs: number) => number;
};

export type Aim = {
  /** Billed power that is not to be passed, kW. */
  readonly levelKw: number;
  /** By how much more than its price a kW above the level is shunned. */
  readonly caution: number;
};

/** The power prices of a tariff; `endMs`: of later bills none counts. */
export function trackRules(
  tariff: Tariff,
  { stepMs, endMs }: { stepMs: number; endMs: number },
): readonly TrackedRule[] {
  return tariff.power.map((price): TrackedRule => {
    const rule = { price, cost: powerCostOf(price) };
    const stepAt = createRuleSteps(rule);
    const billsAt = (atMs: number): number => {
      let [bills, at] = [1, price.periodAt(atMs).toMs];
      while (bills * tariff.billingMonths < price.lookBackMonths && at < endMs) {
        bills += 1;
        at = price.periodAt(at).toMs;
      }
      return bills;
    };
    return { ...rule, stepAt, paid: createPaidPeaks(rule, stepAt, stepMs), billsAt };
  });
}

/** Is there one candidate for each billing period, of which a look-back takes the mean? */
export function isMonthly({ onePer }: PeakRule['price']): boolean {
  return onePer === 'month' || onePer === 'period';
}

/** What is billed of a running period already, kW: the peaks of all groups of windows but one. */
export type PeaksBeside = (group: number) => readonly number[];

export function peaksBeside({ price, paid }: TrackedRule, nowMs: number): PeaksBeside {
  const periodMs = price.periodAt(nowMs).fromMs;
  const counting = paid.all().filter((one) => price.lookBackMonths > 1 || one.periodMs === periodMs);
  return (group) => counting.filter((one) => one.group !== group).map(({ kw }) => kw);
}

/** The billed power that costs nothing more, since it is paid already, kW: in a step of a group of windows. */
export function paidLevel({ price, paid, cost }: TrackedRule, nowMs: number): (group: number) => number {
  const periodMs = price.periodAt(nowMs).fromMs;
  const tops = paid
    .all()
    .filter((one) => price.lookBackMonths > 1 || one.periodMs === periodMs)
    .map(({ kw }) => kw)
    .sort((a, b) => b - a);
  const nth = isMonthly(price) ? 0 : (tops[price.meanOf - 1] ?? 0);
  const free = Math.max(nth, cost.kind === 'linear' ? cost.freeKw + cost.bandKw : 0, price.floorKw);
  return (group) => Math.max(free, paid.of(group));
}

/** What may be imported in each step for a billed power of each group of windows, and what a kW above it costs. */
export function importLevel(
  { price, cost, stepAt, billsAt }: TrackedRule,
  { levelOf, caution }: { readonly levelOf: (group: number) => number; readonly caution: number },
  { fromMs, buy }: PricedSteps,
  stepMs: number,
): ImportLevel {
  const [allowedKw, perKw] = [new Float64Array(buy.length), new Float64Array(buy.length)];
  const pricePerKw = cost.kind === 'linear' ? cost.pricePerKw : price.pricePerKw;
  for (let t = 0; t < buy.length; t += 1) {
    const atMs = fromMs + t * stepMs;
    const { pieces, group, window } = stepAt(atMs);
    const slope = Math.max(0, ...pieces.map((piece) => piece.slope));
    const share = stepMs / Math.max(window.toMs - window.fromMs, stepMs);
    allowedKw[t] = importBilling(pieces, levelOf(group));
    perKw[t] = (pricePerKw * billsAt(atMs) * slope * caution * share) / price.meanOf;
  }
  return { allowedKw, perKw };
}

/**
 * The same for peaks that are expected to be billed anyway, in parts that are equally likely, and for what is paid. Of a day only
 * the highest hour is billed, but each hour above a level costs: where all of them cost alike, the store would be emptied into
 * the first ones. So the parts are drawn apart, by as much as neighbouring levels are: a little above in many hours is cheaper
 * than far above in one.
 */
export function importLevels(
  rule: TrackedRule,
  expectedKw: readonly number[],
  ahead: PricedSteps,
  stepMs: number,
  paidKw: (group: number) => number,
): readonly ImportLevel[] {
  const apart = (settings.levelRatio - 1) / Math.max(expectedKw.length - 1, 1);
  const [lowestKw = 0] = expectedKw;
  const doubted = settings.doubts.map((share) => {
    const levelOf = (group: number): number => Math.max(share * lowestKw, paidKw(group));
    // As many peaks as count share one price: of more of them each hour is likelier to be one.
    const caution = settings.doubt * rule.price.meanOf;
    return importLevel(rule, { levelOf, caution }, ahead, stepMs);
  });
  const parts = expectedKw.map((kw, part) => {
    const levelOf = (group: number): number => Math.max(kw, paidKw(group)) * (1 + apart * part);
    return importLevel(rule, { levelOf, caution: 1 / expectedKw.length }, ahead, stepMs);
  });
  return [...doubted, ...parts];
}

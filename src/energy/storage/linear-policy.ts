import { HOUR_MS } from '../../domain/interval.ts';
import type { ForecastStep } from '../forecast/forecast.ts';
import { keptShare, powerRange, type StorageSite } from './battery.ts';
import { planCourse, type StoragePlan } from './foresight.ts';
import type { LinearSolver } from './linear-program.ts';
import { allowedImport, withPast } from './past-windows.ts';
import { billedBy, costOf, type PeakTerm } from './peak-term.ts';
import type { PlannerOptions } from './planner-options.ts';
import { pricesAhead } from './prices.ts';
import type { Policy } from './simulate.ts';
import { peakTerms } from './terms.ts';

export type LinearPolicyOptions = PlannerOptions & { readonly solve: LinearSolver };

/** Chosen on CityLearn homes and Cambridge buildings. */
export const linearPolicySettings = {
  /** Hours after which the plan is made anew. */
  replanHours: 3,
  /** Of the forecast's quantiles, which the plan takes for the load: the highest hours of days are above their middle. */
  quantile: 0.75,
  /** Steps of a plan at most. */
  mostSteps: 744,
};

type Plan = {
  readonly fromMs: number;
  readonly netKw: Float64Array;
  readonly course: StoragePlan;
  /** kW that may be imported in each step without a dearer peak. */
  readonly allowedKw: Float64Array;
};

/**
 * Model-predictive control: every few hours the linear programme of perfect foresight, over the forecast, from what is
 * stored now and with the peaks of the billing period that have been. Within a step the battery charges and discharges as
 * planned, and discharges more where the import would pass what the plan bills anyway. Of a stepped price the cheapest step
 * is chosen at the beginning of each day, as a power that must not be passed, by solving for each in reach.
 */
export function createLinearPolicy(options: LinearPolicyOptions): Policy {
  const { site, tariff, stepMs, prices, endMs, solve, forecaster } = options;
  const { battery } = site;
  const hours = stepMs / HOUR_MS;
  const imports = new Map<number, number>();
  let plan: Plan | undefined;
  /** The step (its upper end, kW) that is aimed at, by term. */
  const aims = new Map<string, number>();
  let aimedDayMs = Number.NaN;

  const replan = (fromMs: number, storedKwh: number): void => {
    const mostMs = Math.min(options.horizonMs, endMs - fromMs, linearPolicySettings.mostSteps * stepMs);
    const count = Math.max(Math.round(mostMs / stepMs), 1);
    const expected = forecaster.forecast(count);
    if (expected[0]?.fromMs !== fromMs) {
      plan = undefined;
      return;
    }
    const netKw = Float64Array.from(expected, quantileOf);
    const { buy, sell } = pricesAhead(prices, fromMs, stepMs, count);
    const gridFromMs = Math.min(tariff.periodAt(fromMs).fromMs, fromMs);
    const past = Math.round((fromMs - gridFromMs) / stepMs);
    const grid = { fromMs: gridFromMs, stepMs, steps: past + count };
    const terms = withPast(
      peakTerms(tariff, grid, options.subscribedKw),
      past,
      (t) => imports.get(gridFromMs + t * stepMs) ?? Number.NaN,
    );
    const inHorizon: StorageSite = {
      ...site,
      battery: { ...battery, initialKwh: storedKwh, finalKwh: finalOf(count, fromMs, storedKwh) },
    };
    const course = { hours, netKw, buy, sell };
    const best = aimed(
      terms,
      fromMs,
      (aimedTerms) => {
        const made = planCourse(inHorizon, course, aimedTerms, solve);
        return made && { made, terms: aimedTerms };
      },
      course,
    );
    if (!best) {
      plan = undefined;
      return;
    }
    const planned = netKw.map((kw, t) => Math.max(kw + (best.made.powerKw[t] ?? 0), 0));
    const shown = Math.min(count, Math.ceil((2 * linearPolicySettings.replanHours) / hours));
    const allowedKw = Float64Array.from({ length: shown }, (_, t) => allowedImport(terms, planned, t));
    plan = { fromMs, netKw, course: best.made, allowedKw };
  };

  /** What must be stored at the plan's end: the final content, as far as it can be reached; half of it full before. */
  const finalOf = (count: number, fromMs: number, storedKwh: number): number => {
    const isEnd = fromMs + count * stepMs >= endMs;
    const wanted = isEnd ? battery.finalKwh : battery.capacityKwh / 2;
    const kept = keptShare(battery, hours) ** count;
    const reachable = storedKwh * kept + battery.chargeKw * battery.chargeEfficiency * hours * count * kept;
    return Math.min(wanted, reachable * 0.999, battery.capacityKwh);
  };

  /** The best plan over the steps of stepped prices that are in reach; within a day the step that was chosen holds. */
  const aimed = <Made extends { readonly made: StoragePlan }>(
    terms: readonly PeakTerm[],
    fromMs: number,
    make: (terms: readonly PeakTerm[]) => Made | undefined,
    course: {
      readonly hours: number;
      readonly netKw: Float64Array;
      readonly buy: Float64Array;
      readonly sell: Float64Array;
    },
  ): Made | undefined => {
    const stepped = terms.filter(({ cost }) => cost.kind === 'steps');
    if (stepped.length === 0) return make(terms);
    const day = tariff.zone.dayAt(fromMs).fromMs;
    const keyOf = (term: PeakTerm) => `${term.reference}|${tariff.periodAt(fromMs).fromMs}|${term.period}`;
    if (aimedDayMs !== day) {
      aimedDayMs = day;
      for (const term of stepped) {
        if (term.cost.kind !== 'steps') continue;
        const without = billedOf(
          term,
          course.netKw.map((kw) => Math.max(kw, 0)),
        );
        const least = billedOf(term, new Float64Array(course.netKw.length));
        const caps = term.cost.steps.map(({ upToKw }) => upToKw);
        const highest = caps.findIndex((upToKw) => without <= upToKw);
        const lowest = caps.findIndex((upToKw) => least <= upToKw);
        let best: { readonly kw: number; readonly total: number } | undefined;
        for (let s = Math.max(lowest, highest - 3, 0); s <= highest; s += 1) {
          const kw = caps[s] ?? Number.POSITIVE_INFINITY;
          aims.set(keyOf(term), kw);
          const made = make(capped(terms, aims, keyOf));
          if (!made) continue;
          const total =
            energyCost(made.made, course) + costOf(term.cost, billedOf(term, importsOf(made.made, course)));
          if (!best || total < best.total) best = { kw, total };
        }
        aims.set(keyOf(term), best?.kw ?? Number.POSITIVE_INFINITY);
      }
    }
    return make(capped(terms, aims, keyOf));
  };

  return {
    // No import of a bill: of the period in which it begins only what is simulated is billed.
    learn: (fromMs, netKw) => forecaster.add(fromMs, netKw),
    powerFor: (fromMs, storedKwh, netKw) => {
      const age = plan ? (fromMs - plan.fromMs) / HOUR_MS : Number.POSITIVE_INFINITY;
      if (age >= linearPolicySettings.replanHours) replan(fromMs, storedKwh);
      if (!plan) return 0;
      const t = Math.round((fromMs - plan.fromMs) / stepMs);
      const { minKw, maxKw } = powerRange(battery, storedKwh, hours);
      const plannedKw = plan.course.powerKw[t] ?? 0;
      const allowedKw = plan.allowedKw[t] ?? Number.POSITIVE_INFINITY;
      // Of what was to be taken from the store nothing is sold that was not to be sold.
      const least =
        (plan.netKw[t] ?? 0) + plannedKw >= -1e-6 ? Math.min(-netKw, 0) : Number.NEGATIVE_INFINITY;
      const power = Math.min(Math.max(plannedKw, least), allowedKw - netKw);
      return Math.min(Math.max(power, minKw), maxKw);
    },
    end: (fromMs, netKw, gridKw) => {
      imports.set(fromMs, Math.max(gridKw, 0));
      forecaster.add(fromMs, netKw);
      const oldest = tariff.periodAt(fromMs).fromMs - 400 * 24 * HOUR_MS;
      for (const key of imports.keys()) {
        if (key >= oldest) break;
        imports.delete(key);
      }
    },
  };
}

/** A high quantile of the load, between p50 and p90. */
function quantileOf({ p50, p90 }: ForecastStep): number {
  return p50 + ((p90 - p50) * (linearPolicySettings.quantile - 0.5)) / 0.4;
}

type Course = {
  readonly hours: number;
  readonly netKw: Float64Array;
  readonly buy: Float64Array;
  readonly sell: Float64Array;
};

function importsOf({ powerKw }: StoragePlan, { netKw }: Course): Float64Array {
  return netKw.map((kw, t) => Math.max(kw + (powerKw[t] ?? 0), 0));
}

function energyCost({ powerKw }: StoragePlan, { hours, netKw, buy, sell }: Course): number {
  let sum = 0;
  for (const [t, net] of netKw.entries()) {
    const grid = net + (powerKw[t] ?? 0);
    sum += grid * hours * ((grid > 0 ? buy[t] : sell[t]) ?? 0);
  }
  return sum;
}

/** Billed power of a term for planned imports, kW. */
function billedOf({ groups, peaks }: PeakTerm, importKw: ArrayLike<number>): number {
  const tops = groups.map(({ windows }) => {
    let top = 0;
    for (const { firstStep, endStep, pieces } of windows) {
      let sum = 0;
      for (let t = firstStep; t < endStep; t += 1) sum += importKw[t] ?? 0;
      top = Math.max(top, billedBy(pieces, sum / Math.max(endStep - firstStep, 1)));
    }
    return top;
  });
  const highest = tops.sort((a, b) => b - a).slice(0, peaks);
  return highest.reduce((sum, kw) => sum + kw, 0) / peaks;
}

/** So dear that a step is passed only where it must be. */
const PASSED_PER_KW = 1e4;

/** Stepped terms with the step that is aimed at as a power which is not to be passed. */
function capped(
  terms: readonly PeakTerm[],
  aims: ReadonlyMap<string, number>,
  keyOf: (term: PeakTerm) => string,
): readonly PeakTerm[] {
  return terms.flatMap((term): PeakTerm[] => {
    if (term.cost.kind !== 'steps') return [term];
    const freeKw = aims.get(keyOf(term)) ?? Number.POSITIVE_INFINITY;
    if (freeKw === Number.POSITIVE_INFINITY) return [];
    return [{ ...term, cost: { kind: 'linear', pricePerKw: PASSED_PER_KW, freeKw } }];
  });
}

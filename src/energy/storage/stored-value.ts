import type { StorageSite } from './battery.ts';
import { cheapestInPart, type PartOfStep } from './part-search.ts';
import { plannerSettings as settings } from './planner-settings.ts';
import { createPowerSearch, type ImportLevel } from './power-search.ts';
import type { CoursePrices, LaterPrices } from './prices.ts';
import type { Limits } from './stays.ts';

/** Steps ahead as they are planned; all arrays have one entry for each step. */
export type StepsAhead = {
  readonly hours: number;
  /** What the net load may be, kW: one array for each outcome, in rising order. */
  readonly outcomesKw: readonly Float64Array[];
  /** How likely each outcome is in the step after one with an outcome: a row for that one. */
  readonly transitions: readonly Float64Array[];
  readonly buy: Float64Array;
  readonly sell: Float64Array;
  /** Where some of these prices are an expectation only. */
  readonly later: LaterPrices | undefined;
  /** What the store can take and give, where that differs from step to step. */
  readonly limits?: readonly Limits[] | undefined;
  /** What must be stored at the end of each step, kWh, where a part of it goes then. */
  readonly leastKwh?: Float64Array | undefined;
};

/** Contents that differ by less of a state are equal. */
const SAME_STATE = 1e-9;
/** States of the store that are told apart; between them the value is straight. */
const STATES = 25;

/** Value function of a store, step by step: what the rest costs from there, by what is stored. */
export type StoredValue = {
  /**
   * The cheapest power in a step (kW, positive charges) in which the net load turns out to be `netKw`, and the store's limits these.
   */
  readonly powerIn: (step: number, storedKwh: number, netKw: number, limits?: Limits) => number;
  /** The same for a part of a step; the store's limits are its battery's. */
  readonly powerInPart: (step: number, storedKwh: number, netKw: number, part: PartOfStep) => number;
};

/**
 * Dynamic programme backwards over the steps: V(s, o before) = E over outcomes o, likely after the one before, of min over powers
 * of the step's cost + V(s after, o). So after an hour above what was expected more of them are. The power is chosen when the
 * step's load is known, as an inverter does that holds a set-point at the meter. Prices that are told
 * later branch there: what is stored is worth the mean over what they may be, each planned for as if known. `endCost`: what it
 * costs to end with so much stored.
 */
export function valueOfStore(
  site: StorageSite,
  ahead: StepsAhead,
  levels: readonly ImportLevel[],
  endCost: (prices: CoursePrices) => (storedKwh: number) => number,
): StoredValue {
  const { hours, outcomesKw, transitions, later, leastKwh } = ahead;
  const count = ahead.buy.length;
  const outcomeCount = outcomesKw.length;
  /** Of a step: a value for each outcome of the step before and each state. */
  const perStep = outcomeCount * STATES;
  const spacing = site.battery.capacityKwh / (STATES - 1);
  const values = new Float64Array((count + 1) * perStep);
  const search = createPowerSearch(site, hours, levels, { states: STATES, limits: ahead.limits });
  const { after } = search;

  /** What it costs to begin a step with less than must be stored by then, rounded down to a state: between states costs are straight. */
  const lackCost = (step: number, state: number): number => {
    const least = Math.floor((leastKwh?.[step - 1] ?? 0) / spacing + SAME_STATE);
    return settings.missingPerKwh * Math.max(least - state, 0) * spacing;
  };
  /** What a step and the rest cost with each outcome, by state. */
  const costs = new Float64Array(perStep);
  /** Values of a step, by the outcome of the step before: the mean of the costs over what may follow on it. */
  const weigh = (step: number): void => {
    values.fill(0, step * perStep, (step + 1) * perStep);
    if (leastKwh) {
      for (let at = 0; at < perStep; at += 1) values[step * perStep + at] = lackCost(step, at % STATES);
    }
    for (const [before, likely] of transitions.entries()) {
      const first = step * perStep + before * STATES;
      for (let o = 0; o < outcomeCount; o += 1) {
        const share = likely[o] ?? 0;
        for (let i = 0; i < STATES; i += 1) {
          values[first + i] = (values[first + i] ?? 0) + share * (costs[o * STATES + i] ?? 0);
        }
      }
    }
  };
  /** Works backwards through the steps [from, to); that of the first one is not asked for. */
  const plan = (from: number, to: number, prices: CoursePrices): void => {
    for (let step = to - 1; step >= from; step -= 1) {
      search.atStep(step, prices);
      for (const [o, outcome] of outcomesKw.entries()) {
        const first = (step + 1) * perStep + o * STATES;
        after.set(values.subarray(first, first + STATES));
        search.cheapestOfAll(outcome[step] ?? 0, costs, o * STATES);
      }
      weigh(step);
    }
  };
  const planToEnd = (from: number, prices: CoursePrices): void => {
    const costAt = endCost(prices);
    for (let at = 0; at < perStep; at += 1) {
      const state = at % STATES;
      values[count * perStep + at] = costAt(state * spacing) + lackCost(count, state);
    }
    plan(from, count, prices);
  };
  if (later) {
    const mean = new Float64Array(values.length);
    for (const variant of later.variants) {
      planToEnd(later.toldFrom, variant);
      for (let at = later.toldFrom * perStep; at < values.length; at += 1) {
        mean[at] = (mean[at] ?? 0) + variant.weight * (values[at] ?? 0);
      }
    }
    values.set(mean);
    plan(1, later.toldFrom, ahead);
  } else planToEnd(1, ahead);

  /** After a load between two outcomes the rest costs something between what it costs after each. */
  const restAfter = (step: number, netKw: number): void => {
    const kwOf = (o: number): number => outcomesKw[o]?.[step] ?? 0;
    let next = 0;
    while (next < outcomeCount - 1 && kwOf(next) <= netKw) next += 1;
    const before = Math.max(next - 1, 0);
    const apart = kwOf(next) - kwOf(before);
    const share = apart > 0 ? Math.min(Math.max((netKw - kwOf(before)) / apart, 0), 1) : 1;
    const first = (step + 1) * perStep;
    for (let i = 0; i < STATES; i += 1) {
      const low = values[first + before * STATES + i] ?? 0;
      const high = values[first + next * STATES + i] ?? 0;
      after[i] = low + (high - low) * share;
    }
  };

  return {
    powerIn: (step, storedKwh, netKw, now) => {
      search.atStep(step, ahead, now);
      restAfter(step, netKw);
      return search.cheapest(storedKwh, netKw).kw;
    },
    powerInPart: (step, storedKwh, netKw, part) => {
      restAfter(step, netKw);
      return cheapestInPart(search, site, { step, prices: ahead, hours, part }, { storedKwh, netKw });
    },
  };
}

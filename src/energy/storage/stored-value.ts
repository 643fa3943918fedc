import { keptShare, type StorageSite } from './battery.ts';
import type { CoursePrices, LaterPrices } from './prices.ts';

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
};

/** An import that is not to be passed in a step: above it each kW costs. */
export type ImportLevel = { readonly allowedKw: Float64Array; readonly perKw: Float64Array };

/** States of the store that are told apart; between them the value is straight. */
const STATES = 25;
/** So far above every price that the connection's limit gives way only where it must. */
const OVER_LIMIT = 1e4;

/** Value function of a store, step by step: what the rest costs from there, by what is stored. */
export type StoredValue = {
  /** The cheapest power in a step (kW, positive charges) in which the net load turns out to be `netKw`. */
  readonly powerIn: (step: number, storedKwh: number, netKw: number) => number;
};

/**
 * Dynamic programme backwards over the steps: V(s, o before) = E over outcomes o, likely after the one before, of min over powers
 * of the step's cost + V(s after, o). So after an hour above what was expected more of them are. The power is chosen when the
 * step's load is known, as an inverter does that holds a set-point at the meter. Prices that are told
 * later branch there: what is stored is worth the mean over what they may be, each planned for as if known. `endCost`: what it
 * costs to end with so much stored.
 */
export function valueOfStore(
  { battery, importLimitKw, exportLimitKw }: StorageSite,
  ahead: StepsAhead,
  levels: readonly ImportLevel[],
  endCost: (prices: CoursePrices) => (storedKwh: number) => number,
): StoredValue {
  const { hours, outcomesKw, transitions, later } = ahead;
  const count = ahead.buy.length;
  const outcomeCount = outcomesKw.length;
  /** Of a step: a value for each outcome of the step before and each state. */
  const perStep = outcomeCount * STATES;
  const spacing = battery.capacityKwh / (STATES - 1);
  const values = new Float64Array((count + 1) * perStep);
  const kept = keptShare(battery, hours);
  const { chargeKw, dischargeKw, chargeEfficiency, dischargeEfficiency, capacityKwh } = battery;
  const levelCount = levels.length;
  let chosenKw = 0;
  // Of the step at hand.
  let [buys, sells, stored, net] = [0, 0, 0, 0];
  /** What the rest costs after the step, by state. */
  const after = new Float64Array(STATES);
  const [allowed, per] = [new Float64Array(levelCount), new Float64Array(levelCount)];
  const atStep = (step: number, { buy, sell }: CoursePrices): void => {
    buys = (buy[step] ?? 0) * hours;
    sells = (sell[step] ?? 0) * hours;
    for (const [l, level] of levels.entries()) {
      allowed[l] = level.allowedKw[step] ?? 0;
      per[l] = level.perKw[step] ?? 0;
    }
  };

  const costOf = (kw: number): number => {
    const flow = kw > 0 ? kw * chargeEfficiency : kw / dischargeEfficiency;
    const x = Math.min(Math.max((stored + flow * hours) / spacing, 0), STATES - 1);
    const i = Math.min(Math.floor(x), STATES - 2);
    const low = after[i] ?? 0;
    const grid = net + kw;
    let cost = low + ((after[i + 1] ?? 0) - low) * (x - i) + grid * (grid > 0 ? buys : sells);
    for (let l = 0; l < levelCount; l += 1) {
      const over = grid - (allowed[l] ?? 0);
      if (over > 0) cost += over * (per[l] ?? 0);
    }
    if (grid > importLimitKw) cost += (grid - importLimitKw) * OVER_LIMIT;
    return cost;
  };
  const powerTo = (state: number): number => {
    const flow = (state * spacing - stored) / hours;
    return flow > 0 ? flow / chargeEfficiency : flow * dischargeEfficiency;
  };

  // The search at hand: variables beside it, since it runs some hundred thousand times a day and makes nothing anew.
  let [least, most, best] = [0, 0, 0];
  const tryPower = (kw: number): void => {
    if (!(kw > least && kw < most)) return;
    const cost = costOf(kw);
    if (cost < best - 1e-9 || (cost < best + 1e-9 && kw > chosenKw)) {
      if (cost < best) best = cost;
      chosenKw = kw;
    }
  };

  /** The state that the last search found: the next one is near. */
  let near = 0;
  /** The least cost of a step and of what follows; `chosenKw` is the power that has it. */
  const cheapest = (storedKwh: number, netKw: number): number => {
    stored = storedKwh * kept;
    net = netKw;
    least = Math.max(
      -Math.min(dischargeKw, (stored * dischargeEfficiency) / hours),
      Math.min(-exportLimitKw - net, chargeKw),
    );
    most = Math.min(chargeKw, Math.max(capacityKwh - stored, 0) / (chargeEfficiency * hours));
    if (most <= least) {
      chosenKw = Math.min(least, most);
      return costOf(chosenKw);
    }
    // The cost is straight between these powers, so that one of them is the cheapest; of equal ones the fuller store.
    best = costOf(most);
    chosenKw = most;
    const emptied = costOf(least);
    if (emptied < best - 1e-9) {
      best = emptied;
      chosenKw = least;
    }
    tryPower(-net);
    tryPower(0);
    for (let l = 0; l < levelCount; l += 1) tryPower((allowed[l] ?? 0) - net);
    tryPower(importLimitKw - net);
    const lowest = Math.ceil(
      (stored + (least > 0 ? least * chargeEfficiency : least / dischargeEfficiency) * hours) / spacing,
    );
    const highest = Math.floor(
      (stored + (most > 0 ? most * chargeEfficiency : most / dischargeEfficiency) * hours) / spacing,
    );
    if (highest < lowest) return best;
    if (sells > buys || buys < 0) {
      for (let i = highest; i >= lowest; i -= 1) tryPower(powerTo(i));
      return best;
    }
    // A convex cost has one valley.
    let i = Math.min(Math.max(near, lowest), highest);
    let cost = costOf(powerTo(i));
    for (; i < highest; i += 1) {
      const next = costOf(powerTo(i + 1));
      if (next > cost + 1e-9) break;
      cost = next;
    }
    for (; i > lowest; i -= 1) {
      const next = costOf(powerTo(i - 1));
      if (next >= cost - 1e-9) break;
      cost = next;
    }
    near = i;
    tryPower(powerTo(i));
    return best;
  };

  /** What a step and the rest cost with each outcome, by state. */
  const costs = new Float64Array(perStep);
  /** Values of a step, by the outcome of the step before: the mean of the costs over what may follow on it. */
  const weigh = (step: number): void => {
    values.fill(0, step * perStep, (step + 1) * perStep);
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
      atStep(step, prices);
      for (const [o, outcome] of outcomesKw.entries()) {
        const first = (step + 1) * perStep + o * STATES;
        after.set(values.subarray(first, first + STATES));
        const netKw = outcome[step] ?? 0;
        for (let i = 0; i < STATES; i += 1) costs[o * STATES + i] = cheapest(i * spacing, netKw);
      }
      weigh(step);
    }
  };
  const planToEnd = (from: number, prices: CoursePrices): void => {
    const costAt = endCost(prices);
    for (let at = 0; at < perStep; at += 1) values[count * perStep + at] = costAt((at % STATES) * spacing);
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
    powerIn: (step, storedKwh, netKw) => {
      atStep(step, ahead);
      restAfter(step, netKw);
      cheapest(storedKwh, netKw);
      return chosenKw;
    },
  };
}

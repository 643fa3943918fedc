import { keptShare, type StorageSite } from './battery.ts';
import type { CoursePrices } from './prices.ts';
import type { Limits } from './stays.ts';

/** An import that is not to be passed in a step: above it each kW costs. */
export type ImportLevel = {
  readonly allowedKw: Float64Array;
  readonly perKw: Float64Array;
};

/** What is left of a step that has begun. */
export type RestOfStep = {
  /** How much of the step, 0..1. */
  readonly share: number;
  /** The share of which it is known what was imported, and that import as a part of the step's mean, kW. */
  readonly knownShare: number;
  readonly importedKw: number;
  /** Of a kWh in the rest. */
  readonly buy: number;
  readonly sell: number;
};

/** So far above every price that the connection's limit gives way only where it must. */
export const OVER_LIMIT = 1e4;
/** Costs that differ by less are equal; so are energies, kWh. */
const EQUAL = 1e-9;
const SAME_KWH = 1e-12;

/** What may be imported in the rest of a step so that its mean keeps a level, kW: below 0 what is too much already. */
function allowedInRest(levelKw: number, { share, knownShare, importedKw }: RestOfStep): number {
  return levelKw + (levelKw * knownShare - importedKw) / share;
}

/**
 * Looks for the cheapest power of a store in a step, of which the rest costs `after`, by state: states are as far apart as each
 * other, from empty to full, and between them the cost is straight. So is the step's own cost between its bends.
 */
export function createPowerSearch(
  { battery, importLimitKw, exportLimitKw }: StorageSite,
  stepHours: number,
  levels: readonly ImportLevel[],
  { states, limits }: { readonly states: number; readonly limits?: readonly Limits[] | undefined },
) {
  const { chargeEfficiency, dischargeEfficiency, capacityKwh } = battery;
  let { chargeKw, dischargeKw } = battery;
  const spacing = capacityKwh / (states - 1);
  const keptInStep = keptShare(battery, stepHours);
  let [hours, kept] = [stepHours, keptInStep];
  const after = new Float64Array(states);
  let [buys, sells] = [0, 0];
  /** What the step costs already, whatever is done in the rest of it. */
  let overCost = 0;
  /** Where the cost of a further kW from the grid changes in the step at hand, in rising order, and by how much. */
  let bends = 0;
  const bendKw = new Float64Array(levels.length + 2);
  const bendBy = new Float64Array(levels.length + 2);

  const bendAt = (kw: number, by: number): void => {
    if (!Number.isFinite(kw)) return;
    let at = bends;
    for (; at > 0 && (bendKw[at - 1] ?? 0) > kw; at -= 1) {
      bendKw[at] = bendKw[at - 1] ?? 0;
      bendBy[at] = bendBy[at - 1] ?? 0;
    }
    bendKw[at] = kw;
    bendBy[at] = by;
    bends += 1;
  };
  /** `now`: what the store can do in the step; `rest`: where a part of it is over. */
  const atStep = (
    step: number,
    { buy, sell }: CoursePrices,
    now = limits?.[step],
    rest?: RestOfStep,
  ): void => {
    const share = rest?.share ?? 1;
    hours = stepHours * share;
    kept = rest ? keptShare(battery, hours) : keptInStep;
    buys = (rest?.buy ?? buy[step] ?? 0) * hours;
    sells = (rest?.sell ?? sell[step] ?? 0) * hours;
    ({ chargeKw, dischargeKw } = now ?? battery);
    [bends, overCost] = [0, 0];
    bendAt(0, buys - sells);
    for (const { allowedKw, perKw } of levels) {
      const levelKw = allowedKw[step] ?? 0;
      const costPerKw = (perKw[step] ?? 0) * share;
      const restKw = rest ? allowedInRest(levelKw, rest) : levelKw;
      const bendAtKw = Math.max(restKw, Math.min(levelKw, 0));
      if (bendAtKw > restKw) overCost += (bendAtKw - restKw) * costPerKw;
      bendAt(bendAtKw, costPerKw);
    }
    bendAt(importLimitKw, OVER_LIMIT);
  };

  /** Energy that a power stores in the step, kWh. */
  const storedBy = (kw: number): number =>
    (kw > 0 ? kw * chargeEfficiency : kw / dischargeEfficiency) * hours;
  const powerFor = (kwh: number): number =>
    (kwh > 0 ? kwh / chargeEfficiency : kwh * dischargeEfficiency) / hours;
  /** The cost of the rest when so much is stored after the step. */
  const restWith = (storedKwh: number): number => {
    const x = Math.min(Math.max(storedKwh / spacing, 0), states - 1);
    const i = Math.min(Math.floor(x), states - 2);
    const low = after[i] ?? 0;
    return low + ((after[i + 1] ?? 0) - low) * (x - i);
  };
  const importCost = (gridKw: number): number => {
    let cost = overCost + gridKw * sells;
    for (let b = 0; b < bends; b += 1) {
      const over = gridKw - (bendKw[b] ?? 0);
      if (over <= 0) break;
      cost += over * (bendBy[b] ?? 0);
    }
    return cost;
  };

  /** For one content of the store, whatever the costs: all powers between which the cost is straight. Of equal ones the fuller store. */
  const cheapest = (storedKwh: number, netKw: number): { readonly kw: number; readonly cost: number } => {
    const stored = storedKwh * kept;
    const least = Math.max(
      -Math.min(dischargeKw, (stored * dischargeEfficiency) / hours),
      Math.min(-exportLimitKw - netKw, chargeKw),
    );
    const most = Math.min(chargeKw, Math.max(capacityKwh - stored, 0) / (chargeEfficiency * hours));
    const costOf = (kw: number): number => restWith(stored + storedBy(kw)) + importCost(netKw + kw);
    let [chosen, best] = [Math.min(least, most), costOf(Math.min(least, most))];
    const attempt = (kw: number): void => {
      if (!(kw > least && kw <= most)) return;
      const cost = costOf(kw);
      if (cost < best - EQUAL || (cost < best + EQUAL && kw > chosen)) {
        best = Math.min(cost, best);
        chosen = kw;
      }
    };
    attempt(most);
    attempt(0);
    for (let b = 0; b < bends; b += 1) attempt((bendKw[b] ?? 0) - netKw);
    for (let i = 0; i < states; i += 1) attempt(powerFor(i * spacing - stored));
    return { kw: chosen, cost: best };
  };

  /** The step's cost by the energy that is stored in it, between the least and the most that is possible: straight pieces. */
  const pieces = levels.length + 4;
  const pieceFrom = new Float64Array(pieces + 1);
  const pieceCost = new Float64Array(pieces);
  const pieceSlope = new Float64Array(pieces);
  const piecesOf = (netKw: number): number => {
    let kw = Math.min(Math.max(-dischargeKw, -exportLimitKw - netKw), chargeKw);
    let cost = importCost(netKw + kw);
    let [perKw, b, n] = [sells, 0, 0];
    for (;;) {
      for (; b < bends && (bendKw[b] ?? 0) - netKw <= kw; b += 1) perKw += bendBy[b] ?? 0;
      pieceFrom[n] = storedBy(kw);
      pieceCost[n] = cost;
      pieceSlope[n] = (kw < 0 ? perKw * dischargeEfficiency : perKw / chargeEfficiency) / hours;
      n += 1;
      let to = b < bends ? Math.min((bendKw[b] ?? 0) - netKw, chargeKw) : chargeKw;
      if (kw < 0 && to > 0) to = 0;
      // Of a load that is not known there is one piece.
      if (!(to < chargeKw)) break;
      cost += perKw * (to - kw);
      kw = to;
    }
    pieceFrom[n] = storedBy(chargeKw);
    return n;
  };

  /**
   * For all states at once, where the costs are convex: the more is stored before a step, the more is so after it. So one look
   * through the states after it is enough for all before it.
   */
  const sweep = (netKw: number, into: Float64Array, first: number): void => {
    const n = piecesOf(netKw);
    const [lowest, highest] = [pieceFrom[0] ?? 0, pieceFrom[n] ?? 0];
    let [then, i] = [0, 0];
    for (let before = 0; before < states; before += 1) {
      const stored = before * spacing * kept;
      const most = Math.min(capacityKwh, stored + highest);
      then = Math.min(Math.max(then, stored + lowest, 0), most);
      if (then < stored + lowest) {
        // A full store cannot take what must not be sold.
        into[first + before] = restWith(then) + importCost(netKw + powerFor(then - stored));
        continue;
      }
      let p = 0;
      while (p < n - 1 && (pieceFrom[p + 1] ?? 0) <= then - stored + SAME_KWH) p += 1;
      while (i < states - 2 && (i + 1) * spacing <= then + SAME_KWH) i += 1;
      while (then < most) {
        const perKwh = ((after[i + 1] ?? 0) - (after[i] ?? 0)) / spacing + (pieceSlope[p] ?? 0);
        if (perKwh > EQUAL) break;
        const state = i < states - 2 ? (i + 1) * spacing : most;
        const bend = p < n - 1 ? stored + (pieceFrom[p + 1] ?? 0) : most;
        then = Math.min(state, bend, most);
        if (i < states - 2 && state <= then + SAME_KWH) i += 1;
        if (p < n - 1 && bend <= then + SAME_KWH) p += 1;
      }
      const low = after[i] ?? 0;
      const rest = low + ((after[i + 1] ?? 0) - low) * (then / spacing - i);
      into[first + before] =
        rest + (pieceCost[p] ?? 0) + (pieceSlope[p] ?? 0) * (then - stored - (pieceFrom[p] ?? 0));
    }
  };

  /** The least cost of the step and the rest for each state, into an array from `first` on. */
  const cheapestOfAll = (netKw: number, into: Float64Array, first: number): void => {
    // Dearer to buy than to sell, and charging costs: else not convex.
    if (buys >= sells && buys >= 0) sweep(netKw, into, first);
    else for (let i = 0; i < states; i += 1) into[first + i] = cheapest(i * spacing, netKw).cost;
  };

  return { after, atStep, cheapest, cheapestOfAll };
}

export type PowerSearch = ReturnType<typeof createPowerSearch>;

import { powerRange, type StorageSite, storedAfter } from './battery.ts';
import { meanOf } from './mean.ts';
import type { LoadOutcome } from './part-outcomes.ts';
import { OVER_LIMIT, type PowerSearch, type RestOfStep } from './power-search.ts';
import type { CoursePrices } from './prices.ts';

/** A part of a step: `share`, `buy` and `sell` are its own. */
export type PartOfStep = RestOfStep & {
  /** What is left of the step after it; undefined in the last part. */
  readonly later:
    | (Pick<RestOfStep, 'share' | 'buy' | 'sell'> & {
        /** What the load may be then. */
        readonly likely: readonly LoadOutcome[];
      })
    | undefined;
};

/** Powers that are tried between the least and the most. */
const TRIED = 24;
/** Costs that differ by less are equal. */
const EQUAL = 1e-9;

/**
 * The cheapest power in a part of a step (kW, positive charges). What is done later in the step is chosen when the load is known then:
 * two stages, of which the second is the mean over what may come. So what a level leaves is not spent on the hope that
 * later parts will be lower, nor kept as if each of them were as high as the highest.
 */
export function cheapestInPart(
  search: PowerSearch,
  { battery, importLimitKw, exportLimitKw }: StorageSite,
  at: {
    readonly step: number;
    readonly prices: CoursePrices;
    readonly hours: number;
    readonly part: PartOfStep;
  },
  { storedKwh, netKw }: { readonly storedKwh: number; readonly netKw: number },
): number {
  const { step, prices, part } = at;
  const { share, knownShare, importedKw, later } = part;
  if (!later) {
    search.atStep(step, prices, undefined, part);
    return search.cheapest(storedKwh, netKw).kw;
  }
  const hours = at.hours * share;
  const range = powerRange(battery, storedKwh, hours);
  const most = range.maxKw;
  const least = Math.min(Math.max(range.minKw, -exportLimitKw - netKw), most);
  /** What the store can do in the mean of the parts that are left: in each it gives no more than is used there, or may be sold. */
  const outcomes = later.likely.map(({ kw, meanKw, weight }) => {
    const givenKw = kw.map((netKw) => Math.min(Math.max(netKw + exportLimitKw, 0), battery.dischargeKw));
    return { meanKw, weight, limits: { chargeKw: battery.chargeKw, dischargeKw: meanOf(givenKw) } };
  });
  const costOf = (kw: number): number => {
    const gridKw = netKw + kw;
    const imported = importedKw + Math.max(gridKw, 0) * share;
    const rest = { ...later, knownShare: knownShare + share, importedKw: imported };
    const stored = storedAfter(battery, storedKwh, kw, hours);
    let cost = (gridKw > 0 ? part.buy : part.sell) * gridKw * hours;
    cost += OVER_LIMIT * Math.max(gridKw - importLimitKw, 0) * share;
    for (const { meanKw, weight, limits } of outcomes) {
      search.atStep(step, prices, limits, rest);
      cost += weight * search.cheapest(stored, meanKw).cost;
    }
    return cost;
  };
  let [chosen, best] = [least, costOf(least)];
  const attempt = (kw: number): void => {
    if (!(kw > least && kw <= most)) return;
    const cost = costOf(kw);
    if (cost < best - EQUAL || (cost < best + EQUAL && kw > chosen))
      [chosen, best] = [kw, Math.min(cost, best)];
  };
  attempt(0);
  attempt(-netKw);
  for (let n = 1; n <= TRIED; n += 1) attempt(least + ((most - least) * n) / TRIED);
  return chosen;
}

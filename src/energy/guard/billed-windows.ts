import { sumsOf } from '../bills/bill.ts';
import type { Peak } from '../bills/top.ts';
import type { Load } from '../loads/load-file.ts';
import type { Tariff } from '../tariffs/compile-tariff.ts';
import type { PowerPrice, Span } from '../tariffs/power-price.ts';
import { guardedPrices } from './guarded-prices.ts';

/** A window that a billing period has billed, as the bill finds it. */
export type BilledWindow = Span & {
  /** The component's key. */
  readonly component: string;
  readonly kw: number;
  readonly weightedKw: number;
  /** What it would have saved to keep it to the next candidate, in the tariff's currency, excluding VAT. */
  readonly atStake: number;
};

/** What of a load its tariff billed by windows. A period that has not ended counts as it stands. */
export type BilledHistory = {
  readonly windows: readonly BilledWindow[];
  /** Time that is known, in months of the tariff's billing periods. */
  readonly months: number;
};

/**
 * The windows that the billing periods of a span bill, from the same sums as the bill. Of a subscribed power that is what
 * exceeds it. Load before the span is what look-backs see.
 */
export function billedWindows(billed: Tariff, load: Load, span: Span): BilledHistory {
  const tariff = { ...billed, power: guardedPrices(billed) };
  // One candidate more than is billed: what would have been billed in a peak's place. Where a billing period has one candidate
  // alone that is its next window.
  const byWindow = {
    ...tariff,
    power: tariff.power.map((price) => ({ ...price, onePer: 'window' as const, meanOf: 2 })),
  };
  const oneMore = { ...tariff, power: tariff.power.map((price) => ({ ...price, meanOf: price.meanOf + 1 })) };
  const areAlone = tariff.power.map((price) => isOneAlone(price, tariff));
  const windows: BilledWindow[] = [];
  const past: (readonly (readonly Peak[])[])[] = [];
  let months = 0;
  const endMs = Math.min(span.toMs, load.fromMs + load.kw.length * load.spacingMs);
  for (
    let period = tariff.periodAt(load.fromMs);
    period.fromMs < endMs;
    period = tariff.periodAt(period.toMs)
  ) {
    const part = { fromMs: period.fromMs, toMs: Math.min(period.toMs, endMs) };
    const sums = sumsOf(oneMore, load, part, { outside: 'nearestYear' });
    past.push(sums.tops);
    if (period.toMs <= span.fromMs) continue;
    const next = areAlone.includes(true) ? sumsOf(byWindow, load, part, { outside: 'nearestYear' }).tops : [];
    months += (sums.knownMs / (period.toMs - period.fromMs)) * tariff.billingMonths;
    for (const [p, price] of tariff.power.entries()) {
      const own = past.map((tops) => tops[p] ?? []);
      const nextKw = areAlone[p] ? (next[p]?.[1]?.weightedKw ?? 0) : 0;
      windows.push(...billedOf(tariff, price, own, nextKw).filter(isIn(part)));
    }
  }
  return { windows, months };
}

/** `past`: the candidates of each billing period, the last one's last; `leastNextKw`: what is known to be next anyway. */
function billedOf(
  { billingMonths }: Tariff,
  price: PowerPrice,
  past: readonly (readonly Peak[])[],
  leastNextKw: number,
): readonly BilledWindow[] {
  const { meanOf, floorKw, costOf, key } = price;
  const count = Math.max(Math.round(price.lookBackMonths / billingMonths), 1);
  const candidates = past
    .slice(-count)
    .flat()
    .toSorted((a, b) => b.weightedKw - a.weightedKw || a.fromMs - b.fromMs);
  const nextKw = Math.max(candidates[meanOf]?.weightedKw ?? 0, leastNextKw, floorKw);
  const billed = candidates.slice(0, meanOf);
  const billedKw = billed.reduce((sum, one) => sum + Math.max(one.weightedKw, floorKw), 0) / billed.length;
  return billed.flatMap(({ fromMs, toMs, kw, weightedKw }) => {
    // At the floor it costs nothing, as little as at 0.
    if (!(weightedKw > floorKw)) return [];
    const lessKw = Math.max(weightedKw - nextKw, 0) / meanOf;
    const atStake = costOf(billedKw) - costOf(billedKw - lessKw);
    return [{ component: key, fromMs, toMs, kw, weightedKw, atStake }];
  });
}

function isOneAlone({ onePer }: PowerPrice, { billingMonths }: Tariff): boolean {
  return onePer === 'period' || (onePer === 'month' && billingMonths === 1);
}

function isIn({ fromMs, toMs }: Span): (window: Span) => boolean {
  return (window) => window.fromMs >= fromMs && window.fromMs < toMs;
}

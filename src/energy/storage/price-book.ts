import { QUARTER_MS } from '../../domain/interval.ts';
import type { MarketPrices } from './prices.ts';

/** Prices that come piece by piece, on quarter-hours; what is told later of a quarter-hour counts. */
export type PriceBook = {
  readonly add: (prices: MarketPrices) => void;
  /** Forgets what is before. */
  readonly trim: (beforeMs: number) => void;
  /** Is the price of each moment of a span known? */
  readonly holds: (fromMs: number, toMs: number) => boolean;
  /** End of the last quarter-hour that is known; undefined while none is. */
  readonly untilMs: () => number | undefined;
  /** All of it; NaN is missing. Undefined while nothing is known. */
  readonly market: () => MarketPrices | undefined;
};

export function createPriceBook(): PriceBook {
  const known = new Map<number, { readonly buy: number; readonly sell: number | undefined }>();
  let made: MarketPrices | undefined;

  const add = ({ buy, sell }: MarketPrices): void => {
    const quarters = Math.round(buy.spacingMs / QUARTER_MS);
    for (const [i, price] of buy.price.entries()) {
      if (!Number.isFinite(price)) continue;
      const sold = sell?.price[i];
      for (let q = 0; q < quarters; q += 1) {
        const atMs = buy.fromMs + i * buy.spacingMs + q * QUARTER_MS;
        known.set(atMs, { buy: price, sell: sold });
      }
    }
    made = undefined;
  };

  const make = (): MarketPrices | undefined => {
    const times = [...known.keys()];
    const first = times.reduce((least, at) => Math.min(least, at), Number.POSITIVE_INFINITY);
    const last = times.reduce((most, at) => Math.max(most, at), Number.NEGATIVE_INFINITY);
    if (times.length === 0) return undefined;
    const count = Math.round((last - first) / QUARTER_MS) + 1;
    const [buy, sell] = [new Float64Array(count).fill(Number.NaN), new Float64Array(count)];
    for (const [at, price] of known) {
      const i = Math.round((at - first) / QUARTER_MS);
      buy[i] = price.buy;
      sell[i] = Number.isFinite(price.sell) ? (price.sell ?? 0) : 0;
    }
    const list = (price: Float64Array) => ({ fromMs: first, spacingMs: QUARTER_MS, price });
    return { buy: list(buy), sell: list(sell) };
  };

  return {
    add,
    trim: (beforeMs) => {
      for (const at of known.keys()) {
        if (at >= beforeMs) continue;
        known.delete(at);
        made = undefined;
      }
    },
    holds: (fromMs, toMs) => {
      for (let at = fromMs; at < toMs; at += QUARTER_MS) if (!known.has(at)) return false;
      return true;
    },
    untilMs: () => (known.size === 0 ? undefined : Math.max(...known.keys()) + QUARTER_MS),
    market: () => {
      made ??= make();
      return made;
    },
  };
}

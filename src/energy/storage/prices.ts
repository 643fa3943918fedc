import { HOUR_MS } from '../../domain/interval.ts';
import type { PriceList } from '../bills/bill.ts';
import type { Tariff } from '../tariffs/compile-tariff.ts';

/** Prices of a kWh, excluding VAT: bought, and sold. */
export type StepPrice = { readonly buy: number; readonly sell: number };

export type StoragePrices = {
  /** What a step's kWh costs; NaN where it is not known. */
  readonly at: (atMs: number) => StepPrice;
  /**
   * What may be said of it at `nowMs`: the price where it is published, else the mean of that hour on the days before.
   * Day-ahead prices are published at 13:00 local time, for the whole next day.
   */
  readonly expected: (atMs: number, nowMs: number) => StepPrice;
};

const PUBLISHED_MINUTE = 13 * 60;
const DAYS_BACK = 7;
/** Prices that say what prices are about. */
const NEWEST = 96;

export type MarketPrices = { readonly buy: PriceList; readonly sell?: PriceList };

/** Prices of a tariff's energy, with a market price on top of them (or in them, where the tariff bills a spot price). */
export function storagePrices(tariff: Tariff, stepMs: number, market?: MarketPrices): StoragePrices {
  const { zone } = tariff;
  const hasSpot = tariff.energy.some(({ spotMultiplier }) => spotMultiplier !== undefined);
  const priceOf = (atMs: number, spot: number, sell: number): StepPrice => {
    const energy = tariff.energyPriceAt(atMs, spot);
    return { buy: hasSpot ? energy : energy + (market ? spot : 0), sell };
  };
  const at = (atMs: number): StepPrice =>
    priceOf(
      atMs,
      market ? meanPrice(market.buy, atMs, stepMs) : Number.NaN,
      market?.sell ? meanPrice(market.sell, atMs, stepMs) : 0,
    );
  const expected = (atMs: number, nowMs: number): StepPrice => {
    if (!market) return at(atMs);
    const today = zone.dayAt(nowMs);
    const isTold = zone.local(nowMs).minuteOfDay >= PUBLISHED_MINUTE;
    const publishedMs = isTold ? zone.dayAt(today.toMs).toMs : today.toMs;
    const known = (list: PriceList) => {
      const told = atMs < publishedMs ? meanPrice(list, atMs, stepMs) : Number.NaN;
      if (Number.isFinite(told)) return told;
      let [sum, count] = [0, 0];
      for (let day = 1; day <= DAYS_BACK + 3 && count < DAYS_BACK; day += 1) {
        const before = atMs - day * 24 * HOUR_MS;
        const price = before < publishedMs ? meanPrice(list, before, stepMs) : Number.NaN;
        if (!Number.isFinite(price)) continue;
        sum += price;
        count += 1;
      }
      return count > 0 ? sum / count : anyPrice(list, nowMs, stepMs);
    };
    return priceOf(atMs, known(market.buy), market.sell ? known(market.sell) : 0);
  };
  return { at, expected };
}

/** What may be said at `nowMs` of the steps that follow. */
export function pricesAhead(
  prices: StoragePrices,
  nowMs: number,
  stepMs: number,
  count: number,
): { readonly buy: Float64Array; readonly sell: Float64Array } {
  const [buy, sell] = [new Float64Array(count), new Float64Array(count)];
  for (let t = 0; t < count; t += 1) {
    const price = prices.expected(nowMs + t * stepMs, nowMs);
    [buy[t], sell[t]] = [price.buy, price.sell];
  }
  return { buy, sell };
}

/** What may be said when the hour's price is not known of any day: this one's, or the mean of the newest that are known. */
function anyPrice(list: PriceList, nowMs: number, stepMs: number): number {
  const now = meanPrice(list, nowMs, stepMs);
  if (Number.isFinite(now)) return now;
  const end = Math.max(Math.floor((nowMs - list.fromMs) / list.spacingMs), 0);
  const newest = list.price.slice(0, end).filter(Number.isFinite).slice(-NEWEST);
  return newest.length === 0 ? Number.NaN : newest.reduce((sum, price) => sum + price, 0) / newest.length;
}

/** The price of a step; the mean of several where prices are for shorter times. */
export function meanPrice({ fromMs, spacingMs, price }: PriceList, atMs: number, stepMs: number): number {
  const from = Math.floor((atMs - fromMs) / spacingMs);
  const count = Math.max(1, Math.round(stepMs / spacingMs));
  if (count === 1) return price[from] ?? Number.NaN;
  let sum = 0;
  for (let i = from; i < from + count; i += 1) sum += price[i] ?? Number.NaN;
  return sum / count;
}

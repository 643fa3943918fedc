import { MINUTE_MS } from '../../domain/interval.ts';
import type { Zone } from '../../domain/zone.ts';
import type { PriceList } from '../bills/bill.ts';
import { billsSpot } from '../tariffs/compile-prices.ts';
import type { Tariff } from '../tariffs/compile-tariff.ts';
import { meanPrice } from './mean-price.ts';
import { createPriceOutlook, type PriceOutlook, VARIANT_WEIGHTS } from './price-outlook.ts';

/** Prices of a kWh, excluding VAT: bought, and sold. */
export type StepPrice = { readonly buy: number; readonly sell: number };

export type StoragePrices = {
  /** What a step's kWh costs; NaN where it is not known. */
  readonly at: (atMs: number) => StepPrice;
  /**
   * What may be said of it at `nowMs`: the price where it is published, else what the days before make likely
   * ({@link createPriceOutlook}, of which `variant` is). Day-ahead prices are published at 13:00 local time, for the whole
   * next day. Days before a list begins are supposed to have been as its first one.
   */
  readonly expected: (atMs: number, nowMs: number, variant?: number) => StepPrice;
  /** When more is published, as known at a moment; undefined where all is known always. */
  readonly nextToldMs: (nowMs: number) => number | undefined;
};

/** Local minute of the day at which the day-ahead market publishes the next day's prices. */
export const PUBLISHED_MINUTE = 13 * 60;
/** Prices that say what prices are about. */
const NEWEST = 96;

export type MarketPrices = { readonly buy: PriceList; readonly sell?: PriceList };

/** Prices of a tariff's energy, with a market price on top of them (or in them, where the tariff bills a spot price). */
export function storagePrices(tariff: Tariff, stepMs: number, market?: MarketPrices): StoragePrices {
  const { zone } = tariff;
  const hasSpot = billsSpot(tariff);
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
  const buying = market && createPriceOutlook(zone, market.buy, stepMs);
  const selling = market?.sell && createPriceOutlook(zone, market.sell, stepMs);
  const nextToldMs = (nowMs: number): number | undefined => {
    if (!market) return undefined;
    const today = zone.dayAt(nowMs);
    const todayMs = today.fromMs + PUBLISHED_MINUTE * MINUTE_MS;
    return nowMs < todayMs ? todayMs : today.toMs + PUBLISHED_MINUTE * MINUTE_MS;
  };
  const expected = (atMs: number, nowMs: number, variant?: number): StepPrice => {
    if (!market) return at(atMs);
    const today = zone.dayAt(nowMs);
    const isTold = zone.local(nowMs).minuteOfDay >= PUBLISHED_MINUTE;
    const publishedMs = isTold ? zone.dayAt(today.toMs).toMs : today.toMs;
    const known = (list: PriceList, outlook: PriceOutlook | undefined) => {
      const told = atMs < publishedMs ? meanPrice(list, atMs, stepMs) : Number.NaN;
      if (Number.isFinite(told)) return told;
      const likely = outlook?.at(atMs, publishedMs, variant) ?? Number.NaN;
      if (Number.isFinite(likely)) return likely;
      return nowMs < list.fromMs ? beforeAll(zone, list, atMs, stepMs) : anyPrice(list, nowMs, stepMs);
    };
    return priceOf(atMs, known(market.buy, buying), market.sell ? known(market.sell, selling) : 0);
  };
  return { at, expected, nextToldMs };
}

/** Prices of steps: one entry for each. */
export type CoursePrices = { readonly buy: Float64Array; readonly sell: Float64Array };

/** Prices that are not known yet, and will be: one of the variants comes true, seen from the step `toldFrom` on. */
export type LaterPrices = {
  readonly toldFrom: number;
  readonly variants: readonly (CoursePrices & { readonly weight: number })[];
};

/** What may be said at `nowMs` of the steps that follow. */
export function pricesAhead(
  prices: StoragePrices,
  nowMs: number,
  stepMs: number,
  count: number,
): CoursePrices & { readonly later: LaterPrices | undefined } {
  const course = (variant?: number): CoursePrices => {
    const [buy, sell] = [new Float64Array(count), new Float64Array(count)];
    for (let t = 0; t < count; t += 1) {
      const price = prices.expected(nowMs + t * stepMs, nowMs, variant);
      [buy[t], sell[t]] = [price.buy, price.sell];
    }
    return { buy, sell };
  };
  const toldMs = prices.nextToldMs(nowMs);
  const toldFrom = toldMs === undefined ? count : Math.ceil((toldMs - nowMs) / stepMs);
  const later =
    toldFrom < count
      ? { toldFrom, variants: VARIANT_WEIGHTS.map((weight, v) => ({ weight, ...course(v) })) }
      : undefined;
  return { ...course(), later };
}

/**
 * A price for what is lived through in imagination before a list begins: that of the time of day on the last day that is
 * published when it does.
 */
function beforeAll(zone: Zone, list: PriceList, atMs: number, stepMs: number): number {
  const first = zone.dayAt(list.fromMs);
  const isTold = zone.local(list.fromMs).minuteOfDay >= PUBLISHED_MINUTE;
  const dayMs = isTold ? first.toMs : first.fromMs;
  const price = meanPrice(list, dayMs + zone.local(atMs).minuteOfDay * MINUTE_MS, stepMs);
  return Number.isFinite(price) ? price : meanPrice(list, list.fromMs, stepMs);
}

/** What may be said when the hour's price is not known of any day: this one's, or the mean of the newest that are known. */
function anyPrice(list: PriceList, nowMs: number, stepMs: number): number {
  const now = meanPrice(list, nowMs, stepMs);
  if (Number.isFinite(now)) return now;
  const end = Math.max(Math.floor((nowMs - list.fromMs) / list.spacingMs), 0);
  const newest = list.price.slice(0, end).filter(Number.isFinite).slice(-NEWEST);
  return newest.length === 0 ? Number.NaN : newest.reduce((sum, price) => sum + price, 0) / newest.length;
}

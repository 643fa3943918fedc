import { DAY_MS, MINUTE_MS } from '../domain/interval.ts';
import { type Clock, isoTime } from '../domain/time.ts';
import { zoneOf } from '../domain/zone.ts';
import { createPriceBook } from '../energy/storage/price-book.ts';
import { parsePriceText } from '../energy/storage/price-text.ts';
import { type MarketPrices, PUBLISHED_MINUTE } from '../energy/storage/prices.ts';
import { billsSpot } from '../energy/tariffs/compile-prices.ts';
import type { Tariff } from '../energy/tariffs/compile-tariff.ts';
import { priceTextOf } from './price-source.ts';

export type PriceFeedOptions = {
  readonly settings: {
    /** A file or an address; `{yyyy}`, `{mm}` and `{dd}` in it are those of the day that is asked for. */
    readonly source?: string | undefined;
    readonly currency: string;
    readonly pollMinutes: number;
  };
  /** How far back prices are kept, ms. */
  readonly keepMs: number;
  readonly timeZone: () => string;
  readonly clock: Clock;
  readonly log: Record<'info' | 'warn', (fields: object, message: string) => void>;
};

/** Prices for a tariff: none where it is planned without, or why it cannot be planned. */
export type TariffPrices =
  | { readonly ok: true; readonly market: MarketPrices | undefined }
  | { readonly ok: false; readonly reason: string };

export type PriceFeed = {
  /** Reads them anew when it is time. Does not reject: what was known stays, and the trouble is logged. */
  readonly refresh: () => Promise<void>;
  readonly pricesFor: (tariff: Tariff, atMs: number) => TariffPrices;
};

/** What is expected of hours without a price is the mean of that hour on so many days before. */
const DAYS_BACK = 7;
/** Older prices say nothing of today. */
const STALE_MS = 3 * DAY_MS;

/**
 * Day-ahead prices for the batteries, read from a file or an address. A source of one day (with `{dd}`) is asked once for each
 * day of the last week, and for the next one after 13:00 until it is there; any other is read anew at each poll.
 */
export function createPriceFeed(options: PriceFeedOptions, signal: AbortSignal): PriceFeed {
  const { settings, keepMs, clock, log } = options;
  const { source, currency, pollMinutes } = settings;
  const book = createPriceBook();
  const isDaily = source?.includes('{dd}') === true;
  let polledMs = Number.NEGATIVE_INFINITY;
  let trouble: string | undefined;

  const read = async (from: string): Promise<void> => {
    const parsed = parsePriceText(await priceTextOf(from, signal), {
      timeZone: options.timeZone(),
      currency,
    });
    if (!parsed.ok) throw new Error(parsed.message);
    book.add(parsed.prices);
  };

  /** Starts of the local days that are to be asked for. */
  const daysWanted = (nowMs: number): readonly number[] => {
    const zone = zoneOf(options.timeZone());
    const today = zone.dayAt(nowMs);
    const days = [today.fromMs];
    for (let back = 0, at = today.fromMs; back < DAYS_BACK; back += 1) {
      at = zone.dayAt(at - 1).fromMs;
      days.unshift(at);
    }
    if (zone.local(nowMs).minuteOfDay >= PUBLISHED_MINUTE) days.push(today.toMs);
    return days.filter((dayMs) => !book.holds(dayMs, zone.dayAt(dayMs).toMs));
  };

  const pollAll = async (nowMs: number): Promise<void> => {
    if (source === undefined) return;
    if (!isDaily) return read(source);
    const zone = zoneOf(options.timeZone());
    let failed: unknown;
    for (const dayMs of daysWanted(nowMs)) {
      const { year, month, day } = zone.local(dayMs);
      const two = (value: number) => String(value).padStart(2, '0');
      const of = source
        .replaceAll('{yyyy}', String(year))
        .replaceAll('{mm}', two(month))
        .replaceAll('{dd}', two(day));
      try {
        await read(of);
      } catch (cause) {
        signal.throwIfAborted();
        // Of the next day there may be none yet.
        if (dayMs <= nowMs) failed ??= cause;
      }
    }
    if (failed !== undefined) throw failed;
  };

  const refresh = async (): Promise<void> => {
    const nowMs = clock();
    if (source === undefined) return;
    // A clock that was set back meanwhile puts nothing off.
    if (nowMs >= polledMs && nowMs - polledMs < pollMinutes * MINUTE_MS) return;
    polledMs = nowMs;
    try {
      await pollAll(nowMs);
      if (trouble !== undefined) log.info({}, 'the prices of batteries.prices.source can be read again');
      trouble = undefined;
    } catch (cause) {
      if (signal.aborted) return;
      const message = cause instanceof Error ? messageOf(cause) : String(cause);
      if (message !== trouble) {
        log.warn({ err: cause }, `batteries.prices.source cannot be read: ${message}: again later`);
      }
      trouble = message;
    }
    book.trim(nowMs - keepMs);
  };

  const pricesFor = (tariff: Tariff, atMs: number): TariffPrices => {
    const isNeeded = billsSpot(tariff);
    const without = (reason: string): TariffPrices =>
      isNeeded ? { ok: false, reason } : { ok: true, market: undefined };
    if (source === undefined) {
      return without('the tariff bills a spot price: set batteries.prices.source');
    }
    if (tariff.currency !== currency) {
      return without(`the tariff is in ${tariff.currency}, batteries.prices in ${currency}`);
    }
    const untilMs = book.untilMs();
    if (untilMs === undefined) return without(`no prices are known: ${trouble ?? 'there are none yet'}`);
    if (untilMs < atMs - STALE_MS) return without(`no prices are known since ${isoTime(untilMs)}`);
    return { ok: true, market: book.market() };
  };

  return { refresh, pricesFor };
}

function messageOf(error: Error): string {
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

import { z } from 'zod';
import { parseSeriesFile } from '../loads/series-file.ts';
import type { MarketPrices } from './prices.ts';

export type PriceTextOptions = {
  /** IANA zone of times that are written without offset. */
  readonly timeZone: string;
  /** Of JSON that names its currencies (`SEK_per_kWh`) that one is read. */
  readonly currency: string;
};

export type PriceText =
  | { readonly ok: true; readonly prices: MarketPrices }
  | { readonly ok: false; readonly message: string };

/** Forty days of quarter-hours at a time would do; a file may hold years. */
const MOST_INTERVALS = 200_000;

/**
 * Reads prices of a kWh: a CSV `time,price[,sell]`, or JSON, a list of `{"time", "price", "sell"?}` or of `{"time_start",
 * "SEK_per_kWh"}` (the form in which Nordic day-ahead prices are given away). `time` is the start of an interval of 15, 30 or
 * 60 minutes. What is wrong is said with its line or JSON path.
 */
export function parsePriceText(text: string, options: PriceTextOptions): PriceText {
  const isJson = /^\uFEFF?\s*[[{]/.test(text);
  const read = isJson ? csvOf(text, options) : { ok: true as const, csv: text };
  if (!read.ok) return read;
  const { timeZone } = options;
  const file = parseSeriesFile(read.csv, {
    timeZone,
    columns: ['price', 'sell'],
    required: [['price']],
    maxIntervals: MOST_INTERVALS,
  });
  if (!file.ok) {
    const [first] = file.problems;
    const line = first?.line ?? 1;
    const where = isJson ? `[${Math.max(line - 2, 0)}]` : `line ${line}`;
    return { ok: false, message: `${where}: ${first?.message ?? 'it cannot be read'}` };
  }
  const { fromMs, spacingMs, columns } = file.series;
  const list = (price: Float64Array) => ({ fromMs, spacingMs, price });
  const sell = columns.get('sell');
  const buy = columns.get('price') ?? new Float64Array();
  return { ok: true, prices: { buy: list(buy), ...(sell && { sell: list(sell) }) } };
}

const time = z.string().regex(/^[^,"\n]+$/, 'must be an ISO 8601 time');

/** JSON as the CSV that says the same: one place checks times, order and spacing. */
function csvOf(
  text: string,
  { currency }: PriceTextOptions,
): { readonly ok: true; readonly csv: string } | { readonly ok: false; readonly message: string } {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    return { ok: false, message: cause instanceof Error ? cause.message : String(cause) };
  }
  const named = `${currency}_per_kWh`;
  const row = z.union([
    z.object({ time, price: z.number(), sell: z.number().optional() }),
    z
      .object({ time_start: time, [named]: z.number() })
      .transform((one) => ({ time: String(one.time_start), price: Number(one[named]), sell: undefined })),
  ]);
  const rows: string[] = [];
  let hasSell = false;
  if (!Array.isArray(json)) return { ok: false, message: 'must be a list of prices' };
  for (const [i, one] of json.entries()) {
    const read = row.safeParse(one);
    if (!read.success) {
      return {
        ok: false,
        message: `[${i}]: must have "time" and "price", or "time_start" and "${named}", a time as text and a number`,
      };
    }
    const { price, sell } = read.data;
    hasSell ||= sell !== undefined;
    rows.push(`${read.data.time},${price},${sell ?? ''}`);
  }
  // Where nothing is said of selling it is worth nothing, as in a CSV without the column.
  const csv = ['time,price,sell', ...rows].map((line) => (hasSell ? line : line.replace(/,[^,]*$/, '')));
  return { ok: true, csv: csv.join('\n') };
}

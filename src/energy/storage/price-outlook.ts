import { DAY_MS, MINUTE_MS } from '../../domain/interval.ts';
import type { Zone } from '../../domain/zone.ts';
import type { PriceList } from '../bills/bill.ts';
import { meanOf } from './mean.ts';
import { meanPrice } from './mean-price.ts';
import { type DayModel, learnPrices, type PriceDay } from './price-days.ts';

/** How likely each of the variants of {@link PriceOutlook} is: an equal share of the errors that were made before. */
export const VARIANT_WEIGHTS = [1 / 3, 1 / 3, 1 / 3] as const;

/** What may be said of prices that are not published yet, from those of the days before. */
export type PriceOutlook = {
  /**
   * The price of a step at `atMs`, when the last day that is known ends at `knownMs`. `variant`: if the days to come are
   * cheap (0), as expected (1) or dear (2); left out, the mean of them. NaN while no day is known.
   */
  readonly at: (atMs: number, knownMs: number, variant?: number) => number;
};

/** Known days that are learnt from. */
const LEARNT_DAYS = 56;

/** Learns from the last weeks of a list, anew each day ({@link learnPrices}). */
export function createPriceOutlook(zone: Zone, list: PriceList, stepMs: number): PriceOutlook {
  const days = new Map<number, PriceDay>();
  const stepOf = (minuteOfDay: number): number => Math.floor((minuteOfDay * MINUTE_MS) / stepMs);
  const dayAt = (atMs: number): PriceDay => {
    const { fromMs, toMs } = zone.dayAt(atMs);
    const known = days.get(fromMs);
    if (known) return known;
    const steps: number[][] = Array.from({ length: Math.round(DAY_MS / stepMs) }, () => []);
    for (let ms = fromMs; ms < toMs; ms += stepMs) {
      steps[stepOf(zone.local(ms).minuteOfDay)]?.push(meanPrice(list, ms, stepMs));
    }
    const price = new Float64Array(steps.length);
    for (const [i, prices] of steps.entries()) {
      price[i] = prices.length > 0 ? meanOf(prices) : (price[i - 1] ?? Number.NaN);
    }
    const day = { fromMs, toMs, isFree: zone.local(fromMs).weekday > 5, price, level: meanOf(steps.flat()) };
    // What is missing may be published late.
    if (Number.isFinite(day.level)) days.set(fromMs, day);
    return day;
  };
  /** The whole days before a moment, the last one first. */
  const daysBefore = (knownMs: number): readonly PriceDay[] => {
    const found: PriceDay[] = [];
    for (let d = 0, atMs = knownMs - 1; d < LEARNT_DAYS && atMs >= list.fromMs; d += 1) {
      const day = dayAt(atMs);
      if (Number.isFinite(day.level)) found.push(day);
      atMs = day.fromMs - 1;
    }
    return found;
  };
  type Learnt = DayModel & { readonly lastMs: number };
  let learnt: { readonly knownMs: number; readonly model: Learnt } | undefined;
  const modelAt = (knownMs: number): Learnt | undefined => {
    if (learnt?.knownMs === knownMs) return learnt.model;
    const known = daysBefore(knownMs);
    const [last] = known;
    if (!last) return undefined;
    const model = { ...learnPrices(known), lastMs: last.toMs };
    // Prices of the last day may be published late.
    if (last.toMs === knownMs) learnt = { knownMs, model };
    return model;
  };

  const at = (atMs: number, knownMs: number, variant?: number): number => {
    const model = modelAt(knownMs);
    if (!model) return Number.NaN;
    const { fromMs } = zone.dayAt(atMs);
    const { weekday, minuteOfDay } = zone.local(atMs);
    const lead = Math.max(Math.round((fromMs - model.lastMs) / DAY_MS) + 1, 1);
    return model.priceOf(weekday > 5, lead, stepOf(minuteOfDay), variant);
  };
  return { at };
}

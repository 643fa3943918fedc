import { DAY_MS, MINUTE_MS } from '../../domain/interval.ts';
import type { Zone } from '../../domain/zone.ts';
import type { PriceList } from '../bills/bill.ts';
import { meanPrice } from './mean-price.ts';

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

type Day = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly isFree: boolean;
  /** Mean price; NaN where one is missing. */
  readonly level: number;
};

/** Known days that are learnt from: for how much of a dear day is left on the next; for the mean; for the hours' shape. */
const LEARNT_DAYS = 56;
const MEAN_DAYS = 28;
const SHAPE_DAYS = 7;
/** Until some weeks are known: how much of a day's deviation is left on the next, and for how many days that counts. */
const PRIOR_KEPT = 0.7;
const PRIOR_DAYS = 10;
/** Errors that are needed to tell cheap from dear. */
const LEAST_ERRORS = 9;

/**
 * Day-ahead prices go from day to day: a day's level is the mean of the last weeks, and of the last known day's deviation
 * from it as much as was left on the days before (a regression of each day on the one before); free days differ by
 * their own ratio. The hours have the shape of the last week, wider where the level is higher.
 */
export function createPriceOutlook(zone: Zone, list: PriceList, stepMs: number): PriceOutlook {
  const days = new Map<number, Day>();
  const dayAt = (atMs: number): Day => {
    const { fromMs, toMs } = zone.dayAt(atMs);
    const known = days.get(fromMs);
    if (known) return known;
    const prices = steps(fromMs, toMs, stepMs).map((ms) => meanPrice(list, ms, stepMs));
    const day = { fromMs, toMs, isFree: zone.local(fromMs).weekday > 5, level: meanOf(prices) };
    // What is missing may be published late.
    if (Number.isFinite(day.level)) days.set(fromMs, day);
    return day;
  };
  /** The whole days before a moment, the last one first. */
  const daysBefore = (knownMs: number): readonly Day[] => {
    const found: Day[] = [];
    for (let d = 0, atMs = knownMs - 1; d < LEARNT_DAYS && atMs >= list.fromMs; d += 1) {
      const day = dayAt(atMs);
      if (Number.isFinite(day.level)) found.push(day);
      atMs = day.fromMs - 1;
    }
    return found;
  };
  let learnt: { readonly knownMs: number; readonly model: DayModel } | undefined;
  const modelAt = (knownMs: number): DayModel | undefined => {
    if (learnt?.knownMs === knownMs) return learnt.model;
    const known = daysBefore(knownMs);
    const [last] = known;
    if (!last) return undefined;
    const shape = new Map<number, number>();
    /** Mean deviation of a time of day from its day, over the last known days. */
    const shapeOf = (minuteOfDay: number): number => {
      const kept = shape.get(minuteOfDay);
      if (kept !== undefined) return kept;
      const deviations = known
        .slice(0, SHAPE_DAYS)
        .map(({ fromMs, level }) => meanPrice(list, fromMs + minuteOfDay * MINUTE_MS, stepMs) - level);
      const mean = meanOf(deviations.filter(Number.isFinite));
      shape.set(minuteOfDay, mean);
      return mean;
    };
    const model = { ...learn(known), lastMs: last.toMs, shapeOf };
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
    const level = model.levelOf(weekday > 5, lead, variant);
    return level + model.shapeOf(minuteOfDay) * model.swingOf(level);
  };
  return { at };
}

type Levels = {
  readonly levelOf: (isFree: boolean, lead: number, variant: number | undefined) => number;
  /** How much wider the hours' shape is on a day of this level. */
  readonly swingOf: (level: number) => number;
};

type DayModel = Levels & {
  /** End of the last known day. */
  readonly lastMs: number;
  readonly shapeOf: (minuteOfDay: number) => number;
};

/** `known`: the last known day first. */
function learn(known: readonly Day[]): Levels {
  const ratio = freeRatio(known);
  const levels = known.map(({ level, isFree }) => level / (isFree ? ratio : 1));
  const [last = 0] = levels;
  const mean = meanOf(levels.slice(0, MEAN_DAYS));
  const variance = meanOf(levels.map((level) => (level - mean) ** 2));
  let [both, square] = [PRIOR_KEPT * PRIOR_DAYS * variance, PRIOR_DAYS * variance];
  for (let d = 1; d < levels.length; d += 1) {
    const before = (levels[d] ?? 0) - mean;
    both += before * ((levels[d - 1] ?? 0) - mean);
    square += before * before;
  }
  const kept = square > 0 ? Math.min(Math.max(both / square, 0), 1) : 0;
  // Errors are greater where prices are high.
  const sizeOf = (level: number): number => (Math.abs(level) + Math.abs(mean)) / 2;
  const errors = levels
    .slice(1)
    .map((before, d) => {
      const error = (levels[d] ?? 0) - mean - kept * (before - mean);
      return sizeOf(before) > 0 ? error / sizeOf(before) : 0;
    })
    .sort((a, b) => a - b);
  const third = Math.floor(errors.length / 3);
  const middle = meanOf(errors);
  const offsets =
    errors.length < LEAST_ERRORS
      ? [0, 0, 0]
      : [errors.slice(0, third), errors.slice(third, errors.length - third), errors.slice(-third)].map(
          (part) => meanOf(part) - middle,
        );
  const recent = meanOf(known.slice(0, SHAPE_DAYS).map(({ level }) => level));
  return {
    levelOf: (isFree, lead, variant) => {
      const off = variant === undefined ? 0 : (offsets[variant] ?? 0) * sizeOf(last);
      const level = mean + kept ** lead * (last - mean) + kept ** (lead - 1) * off;
      return level * (isFree ? ratio : 1);
    },
    swingOf: (level) => (recent > 0 ? Math.min(Math.max(level / recent, 0.5), 2) : 1),
  };
}

/** Level of free days against working days, once there are two weeks of them. */
function freeRatio(known: readonly Day[]): number {
  if (known.length < 14) return 1;
  const mean = (isFree: boolean) =>
    meanOf(known.filter((day) => day.isFree === isFree).map(({ level }) => level));
  const [free, working] = [mean(true), mean(false)];
  return free > 0 && working > 0 ? Math.min(Math.max(free / working, 0.5), 1.5) : 1;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function steps(fromMs: number, toMs: number, stepMs: number): readonly number[] {
  return Array.from({ length: Math.round((toMs - fromMs) / stepMs) }, (_, i) => fromMs + i * stepMs);
}

import { meanOf } from './mean.ts';

/** A day of prices, on the wall clock. */
export type PriceDay = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly isFree: boolean;
  /** One for each step of the day; the mean of an hour that is there twice, the one before of an hour that is not there. */
  readonly price: Float64Array;
  /** Mean price. */
  readonly level: number;
};

/** What days of prices say of the days that follow. */
export type DayModel = {
  /**
   * The price of a step of the `lead`-th day after the last one. `variant`: if the days to come are cheap (0), as expected
   * (1) or dear (2); left out, the mean of them.
   */
  readonly priceOf: (isFree: boolean, lead: number, step: number, variant: number | undefined) => number;
};

/** Days of the mean that levels go back to. */
const MEAN_DAYS = 28;
/** Until some weeks are known: how much is left of a day's deviation on the next, and of its last hours'; worth these days. */
const PRIOR = { level: 0.7, evening: 0.5, swing: 1, days: 10 };
/** The hours at the end of a day that say more of the next than the rest of it. */
const EVENING_SHARE = 6 / 24;
/** Days after which one counts half for the shape of a day, and what a day of the other kind counts for. */
const SHAPE_HALF_LIFE = 8;
const OTHER_KIND = 0.15;
const SWING = { least: 0.3, most: 2.5, slope: { least: -1, most: 1.5 } };
/** Errors that are needed to tell cheap from dear. */
const LEAST_ERRORS = 9;

/**
 * Day-ahead prices go from day to day. A day's _level_ is the mean of the last weeks, and of the last known day's deviation
 * from it as much as was left on the days before, more where its evening was dearer than evenings are (two regressions of
 * each day on the one before); free days differ by their own ratio. Its _shape_ is the mean of the days of its kind, the
 * newest weighing most, and as much wider on a dear day as it was on dear days before (where cheap days are sunny ones, it
 * is wider on these). `known`: the last day first, at least one.
 */
export function learnPrices(known: readonly PriceDay[]): DayModel {
  const ratio = freeRatio(known);
  const levels = known.map(({ level, isFree }) => level / (isFree ? ratio : 1));
  const [last = 0] = levels;
  const mean = meanOf(levels.slice(0, MEAN_DAYS));
  const deviations = levels.map((level) => level - mean);
  const shapes = { working: shapeOf(known, false), free: shapeOf(known, true) };
  const shapeFor = (isFree: boolean) => (isFree ? shapes.free : shapes.working);
  const slope = swingSlope(known, shapeFor, deviations, mean);
  /** A step against its day's level. */
  const stepOf = (isFree: boolean, level: number, step: number): number => {
    const shape = shapeFor(isFree);
    const wider = shape.level > 0 ? slope * (level / shape.level - 1) : 0;
    return Math.min(Math.max(1 + wider, SWING.least), SWING.most) * (shape.steps[step] ?? 0);
  };
  const evenings = known.map(({ price, level, isFree }) => {
    const left = price.map((one, step) => one - level - stepOf(isFree, level, step));
    return meanOf(left.subarray(Math.round(left.length * (1 - EVENING_SHARE))));
  });

  const kept = slopeOf(deviations, deviations, PRIOR.level, 1);
  const unexplained = deviations.slice(0, -1).map((one, d) => one - kept * (deviations[d + 1] ?? 0));
  const byEvening = slopeOf([...unexplained, 0], evenings, PRIOR.evening, 1.5);
  const errors = unexplained.map((one, d) => one - byEvening * (evenings[d + 1] ?? 0));
  // Errors are greater where prices are high.
  const sizeOf = (level: number): number => (Math.abs(level) + Math.abs(mean)) / 2;
  const offsets = thirdsOf(errors.map((error, d) => error / (sizeOf(levels[d + 1] ?? 0) || 1)));
  const next = kept * (last - mean) + byEvening * (evenings[0] ?? 0);

  const priceOf: DayModel['priceOf'] = (isFree, lead, step, variant) => {
    const off = variant === undefined ? 0 : (offsets[variant] ?? 0) * sizeOf(last);
    const level = (mean + kept ** (lead - 1) * (next + off)) * (isFree ? ratio : 1);
    return level + stepOf(isFree, level, step);
  };
  return { priceOf };
}

/** Level of free days against working days, once there are two weeks of them. */
function freeRatio(known: readonly PriceDay[]): number {
  if (known.length < 14) return 1;
  const mean = (isFree: boolean) =>
    meanOf(known.filter((day) => day.isFree === isFree).map(({ level }) => level));
  const [free, working] = [mean(true), mean(false)];
  return free > 0 && working > 0 ? Math.min(Math.max(free / working, 0.5), 1.5) : 1;
}

/** Mean deviations of the steps of a day, mostly over days of one kind, and the mean level of these days. */
type Shape = { readonly steps: Float64Array; readonly level: number };

function shapeOf(known: readonly PriceDay[], isFree: boolean): Shape {
  const sum = new Float64Array(known[0]?.price.length ?? 0);
  let [weights, levels] = [0, 0];
  for (const [d, day] of known.entries()) {
    const weight = 0.5 ** (d / SHAPE_HALF_LIFE) * (day.isFree === isFree ? 1 : OTHER_KIND);
    weights += weight;
    levels += weight * day.level;
    for (const [step, price] of day.price.entries()) {
      sum[step] = (sum[step] ?? 0) + weight * (price - day.level);
    }
  }
  return { steps: sum.map((one) => one / weights), level: levels / weights };
}

/** How much wider a day's shape is for a level that is twice as high. */
function swingSlope(
  known: readonly PriceDay[],
  shapeFor: (isFree: boolean) => Shape,
  deviations: readonly number[],
  mean: number,
): number {
  if (!(mean > 0)) return 0;
  const swings = known.map(({ price, level, isFree }) => {
    let [both, square] = [0, 0];
    for (const [step, shape] of shapeFor(isFree).steps.entries()) {
      both += shape * ((price[step] ?? 0) - level);
      square += shape * shape;
    }
    return square > 0 ? both / square : 1;
  });
  const meanSwing = meanOf(swings);
  const slope = ridge(
    swings.map((swing) => swing - meanSwing),
    deviations.map((deviation) => deviation / mean),
    PRIOR.swing,
  );
  return Math.min(Math.max(slope, SWING.slope.least), SWING.slope.most);
}

/** How much of each day's `of` is in the next day's value; from 0 to `most`. Both have the last day first. */
function slopeOf(values: readonly number[], of: readonly number[], prior: number, most: number): number {
  return Math.min(Math.max(ridge(values.slice(0, -1), of.slice(1), prior), 0), most);
}

/** Slope of `y` over `x` through the origin, held near a prior slope by as much as some days are worth. */
function ridge(y: readonly number[], x: readonly number[], prior: number): number {
  const square = x.reduce((sum, one) => sum + one * one, 0);
  const ofPrior = (PRIOR.days * square) / Math.max(x.length, 1);
  const both = x.reduce((sum, one, i) => sum + one * (y[i] ?? 0), 0);
  return square > 0 ? (both + prior * ofPrior) / (square + ofPrior) : prior;
}

/** The mean of the lowest, the middle and the highest third, against that of all; nothing while there are few. */
function thirdsOf(errors: readonly number[]): readonly number[] {
  if (errors.length < LEAST_ERRORS) return [];
  const sorted = [...errors].sort((a, b) => a - b);
  const third = Math.floor(sorted.length / 3);
  const middle = meanOf(sorted);
  const parts = [sorted.slice(0, third), sorted.slice(third, sorted.length - third), sorted.slice(-third)];
  return parts.map((part) => meanOf(part) - middle);
}

import { DAY_MS, MINUTE_MS } from '../../domain/interval.ts';
import { evenNumbers } from '../even-numbers.ts';
import { normalCdf, normalQuantile } from '../normal.ts';
import type { PowerPrice, Span } from '../tariffs/power-price.ts';
import type { BookedDay } from './peak-book.ts';
import { candidates } from './peaks.ts';

/** What is to be expected of the rest of a billing period. */
export type Outlook = {
  /** Chance that the window ends among the N that the period bills, with this billed power (kW). */
  readonly chance: (billedKw: number) => number;
  /** The lowest billed power, from a lower bound on, that has at least this chance, kW. */
  readonly powerWithChance: (chance: number, fromKw: number) => number;
  /** What the billing period costs in the mean by the window's billed power (kW), excluding VAT: for prices that are not straight. */
  readonly meanCost: (billedKw: number) => number;
};

/** Spread of the days to come around those that were (standard deviation of the logarithm of power) … */
const DAY_SPREAD = 0.1;
/** … and how much all of them may lie higher or lower together (cold spell, holidays), for ten days and more. */
const COMMON_SPREAD = 0.06;
/** A normal distribution in five steps: deviations, and their weights. */
const STEPS = [
  [-1.5, 0.1],
  [-0.75, 0.23],
  [0, 0.34],
  [0.75, 0.23],
  [1.5, 0.1],
] as const;
/** Days without a peak that are taken to have been seen: little knowledge warns rather than not. */
const QUIET_DAYS = 1;
/** Of a kind of which no day was seen, one is as likely as not to pass any power: unknown is not quiet. */
const LEAST_DAYS = 1;
/** Days that weigh less than this, beside yesterday's 1, are left out. */
const LEAST_WEIGHT = 0.01;

/** Ways in which the billing period may go on, to take a mean over. */
const WORLDS = 64;

type PastDay = { readonly weight: number; readonly logsKw: readonly number[] };
type Kind = { readonly left: number; readonly days: readonly PastDay[] };

/**
 * The chance of being billed: that, with the candidates so far, fewer than N windows of the days to come pass the power.
 * The days to come are like the days of the same kind (working or free) that were, the newest weighing most, with a
 * half-life. An hour that tops the month so far on the 2nd is rarely billed; on the 28th it is.
 */
export function outlookOf(
  booked: readonly BookedDay[],
  price: PowerPrice,
  window: Span,
  halfLifeDays: number,
): Outlook {
  const others = candidates(booked, price, window);
  const kinds = [false, true].map((isFree) => kindOf(booked, price, window, isFree, halfLifeDays));
  const left = kinds.reduce((sum, kind) => sum + kind.left, 0);
  const shift = COMMON_SPREAD * Math.min(1.5, Math.sqrt(left / 10));

  let known: readonly (readonly number[])[] | undefined;
  // The same room again and again: a chance is the mean over many, and windows at risk are asked for theirs each minute.
  const all = new Float64Array(price.peaks);
  const many = new Float64Array(price.peaks);
  const day = new Float64Array(price.peaks);

  const chance = (billedKw: number): number => {
    const spare = price.peaks - others.filter((kw) => kw >= billedKw).length;
    if (spare <= 0) return 0;
    const logKw = Math.log(billedKw);
    let sum = 0;
    for (const [deviation, weight] of STEPS) {
      const counts = none(all);
      for (const { left: number, days } of kinds) {
        if (number === 0) continue;
        countsOfDay(day, days, logKw - shift * deviation, spare);
        together(counts, power(many, day, number, spare), spare);
      }
      let fewer = 0;
      for (let count = 0; count < spare; count += 1) fewer += counts[count] ?? 0;
      sum += weight * fewer;
    }
    return sum;
  };

  /** Of each way in which the period may go on the highest N of the other candidates, kW. */
  const worlds = (): readonly (readonly number[])[] => {
    const uniform = evenNumbers(window.fromMs / MINUTE_MS);
    return Array.from({ length: WORLDS }, (_, world) => {
      const common = shift * normalQuantile((world + 0.5) / WORLDS);
      const coming = kinds.flatMap(({ left: number, days }) =>
        Array.from({ length: number }, () => dayLike(days, common, uniform)).flat(),
      );
      return [...others, ...coming].toSorted((a, b) => b - a).slice(0, price.peaks);
    });
  };

  return {
    chance,
    meanCost: (billedKw) => {
      known ??= worlds();
      return known.reduce((sum, world) => sum + costIn(world, price, billedKw), 0) / WORLDS;
    },
    powerWithChance: (least, fromKw) => {
      if (chance(fromKw) >= least) return fromKw;
      const highestKw = booked.map(({ top }) => top[0]?.[1] ?? 0);
      let [low, high] = [fromKw, Math.max(fromKw, ...highestKw) * 2];
      // The chance grows with the power, so halving finds it.
      for (let step = 0; step < 12; step += 1) {
        const middle = (low + high) / 2;
        if (chance(middle) >= least) high = middle;
        else low = middle;
      }
      return high;
    },
  };
}

function kindOf(
  booked: readonly BookedDay[],
  price: PowerPrice,
  window: Span,
  isFree: boolean,
  halfLifeDays: number,
): Kind {
  const today = price.dayAt(window.fromMs);
  const most = price.onePerDay ? 1 : price.peaks;
  const days = booked
    .filter((day) => day.isFree === isFree && day.fromMs < today.fromMs)
    .map((day) => ({
      weight: 0.5 ** ((today.fromMs - day.fromMs) / DAY_MS / halfLifeDays),
      logsKw: day.top.slice(0, most).map(([, kw]) => Math.log(kw)),
    }))
    .filter(({ weight }) => weight >= LEAST_WEIGHT);
  return { left: daysLeft(price, window)[isFree ? 'free' : 'working'], days };
}

type DaysLeft = { readonly dayMs: number; readonly free: number; readonly working: number };
/** By the price, of the day that was asked for last: all buildings that pay it ask for the same, each several times a minute. */
const lefts = new WeakMap<PowerPrice, DaysLeft>();

/** How many days of each kind the billing period has after that of the window. */
function daysLeft(price: PowerPrice, window: Span): DaysLeft {
  const today = price.dayAt(window.fromMs);
  const known = lefts.get(price);
  if (known?.dayMs === today.fromMs) return known;
  const { toMs } = price.periodAt(window.fromMs);
  let [free, working] = [0, 0];
  for (let at = today.toMs; at < toMs; at = price.dayAt(at).toMs) {
    if (price.isFreeDay(at)) free += 1;
    else working += 1;
  }
  const found = { dayMs: today.fromMs, free, working };
  lefts.set(price, found);
  return found;
}

/** The windows of a day to come that is like one of the past, or quiet, kW. */
function dayLike(days: readonly PastDay[], common: number, uniform: () => number): readonly number[] {
  let at = uniform() * days.reduce((sum, { weight }) => sum + weight, QUIET_DAYS);
  const like = days.find(({ weight }) => {
    at -= weight;
    return at < 0;
  });
  const deviation = common + DAY_SPREAD * normalQuantile(0.001 + 0.998 * uniform());
  return (like?.logsKw ?? []).map((logKw) => Math.exp(logKw + deviation));
}

/** What the billing period costs with these candidates and the window's billed power, kW. */
function costIn(others: readonly number[], { peaks, floorKw, costOf }: PowerPrice, billedKw: number): number {
  const billed = [billedKw, ...others]
    .toSorted((a, b) => b - a)
    .slice(0, peaks)
    .map((kw) => Math.max(kw, floorKw));
  return costOf(billed.reduce((sum, kw) => sum + kw, 0) / billed.length);
}

/** Probabilities that 0, 1, … windows pass a power; what is beyond `spare` falls away. */
type Counts = Float64Array;

/** Of one day. */
function countsOfDay(counts: Counts, days: readonly PastDay[], logKw: number, spare: number): void {
  const unseen = Math.max(LEAST_DAYS - days.length, 0);
  counts.fill(0);
  counts[0] = QUIET_DAYS + unseen / 2;
  if (spare > 1) counts[1] = unseen / 2;
  let weights = QUIET_DAYS + unseen;
  for (const { weight, logsKw } of days) {
    weights += weight;
    let before = 1;
    for (let count = 0; count < spare; count += 1) {
      const log = logsKw[count];
      const above = log === undefined ? 0 : normalCdf((log - logKw) / DAY_SPREAD);
      counts[count] = (counts[count] ?? 0) + weight * (before - above);
      before = above;
    }
  }
  for (let count = 0; count < spare; count += 1) counts[count] = (counts[count] ?? 0) / weights;
}

/** Of no day. */
function none(counts: Counts): Counts {
  counts.fill(0);
  counts[0] = 1;
  return counts;
}

/** Adds what is independent of it. From the end, so that nothing is written over that is still needed: the two may be one. */
function together(counts: Counts, others: Counts, spare: number): void {
  for (let sum = spare - 1; sum >= 0; sum -= 1) {
    let total = 0;
    for (let i = 0; i <= sum; i += 1) total += (counts[i] ?? 0) * (others[sum - i] ?? 0);
    counts[sum] = total;
  }
}

/** Of so many days like one, whose counts are used up. */
function power(counts: Counts, day: Counts, days: number, spare: number): Counts {
  none(counts);
  for (let left = days; left > 0; left >>= 1) {
    if (left & 1) together(counts, day, spare);
    if (left > 1) together(day, day, spare);
  }
  return counts;
}

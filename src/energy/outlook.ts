import { candidates, type PeakBook } from './peaks.ts';
import type { PowerPrice, Span } from './power-price.ts';

export type OutlookOptions = {
  /** Half-life of what earlier days say of the days to come. */
  readonly halfLifeDays: number;
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
const DAY_MS = 86_400_000;

/**
 * Chance that a window with this billed power ends among the N that its period bills: that, with the candidates so far,
 * fewer than N of the days to come pass it. The days to come are like the days of the same kind (working or free)
 * that were, the newest weighing most. An hour that tops the month so far on the 2nd is rarely billed; on the 28th it is.
 */
export function chanceOfBilled(
  book: PeakBook,
  price: PowerPrice,
  window: Span,
  billedKw: number,
  { halfLifeDays }: OutlookOptions,
): number {
  const higher = candidates(book, price, window).filter((kw) => kw >= billedKw).length;
  const spare = price.peaks - higher;
  if (spare <= 0) return 0;
  const left = daysLeft(price, window);
  const days = left.working + left.free;
  const shift = COMMON_SPREAD * Math.min(1.5, Math.sqrt(days / 10));
  let chance = 0;
  for (const [deviation, weight] of STEPS) {
    let counts = certain(spare);
    for (const isFree of [false, true]) {
      const number = isFree ? left.free : left.working;
      if (number === 0) continue;
      const day = countsOfDay(book, price, window, isFree, {
        billedKw,
        shift: shift * deviation,
        spare,
        halfLifeDays,
      });
      counts = convolve(counts, power(day, number));
    }
    chance += weight * counts.reduce((sum, probability) => sum + probability, 0);
  }
  return chance;
}

/**
 * The lowest billed power, from a lower bound on, that ends among the billed ones with at least this chance, kW. The
 * chance grows with the power, so halving finds it.
 */
export function powerWithChance(
  book: PeakBook,
  price: PowerPrice,
  window: Span,
  { fromKw, chance, ...options }: OutlookOptions & { readonly fromKw: number; readonly chance: number },
): number {
  const isLikely = (kw: number) => chanceOfBilled(book, price, window, kw, options) >= chance;
  if (isLikely(fromKw)) return fromKw;
  let [low, high] = [fromKw, Math.max(fromKw, ...book.days.map(({ top }) => top[0]?.[1] ?? 0)) * 2];
  for (let step = 0; step < 12; step += 1) {
    const middle = (low + high) / 2;
    if (isLikely(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function daysLeft(price: PowerPrice, window: Span): { readonly working: number; readonly free: number } {
  const { toMs } = price.periodAt(window.fromMs);
  let [working, free] = [0, 0];
  for (let at = price.dayAt(window.fromMs).toMs; at < toMs; at = price.dayAt(at).toMs) {
    if (price.isFreeDay(at)) free += 1;
    else working += 1;
  }
  return { working, free };
}

/** Probability that 0, 1, … windows of a day of this kind pass the power; what is beyond `spare` falls away. */
function countsOfDay(
  { days }: PeakBook,
  price: PowerPrice,
  window: Span,
  isFree: boolean,
  {
    billedKw,
    shift,
    spare,
    halfLifeDays,
  }: { billedKw: number; shift: number; spare: number } & OutlookOptions,
): readonly number[] {
  const today = price.dayAt(window.fromMs).fromMs;
  const counts = certain(spare);
  counts[0] = QUIET_DAYS;
  let weights = QUIET_DAYS;
  for (const day of days) {
    if (day.isFree !== isFree || day.fromMs >= today) continue;
    const weight = 0.5 ** ((today - day.fromMs) / DAY_MS / halfLifeDays);
    weights += weight;
    let before = 1;
    const most = price.onePerDay ? 1 : price.peaks;
    for (let count = 0; count < spare; count += 1) {
      const kw = count < most ? (day.top[count]?.[1] ?? 0) : 0;
      const above = kw > 0 ? normalCdf((Math.log(kw / billedKw) + shift) / DAY_SPREAD) : 0;
      counts[count] = (counts[count] ?? 0) + weight * (before - above);
      before = above;
    }
  }
  return counts.map((count) => count / weights);
}

function certain(length: number): number[] {
  return Array.from({ length }, (_, count) => (count === 0 ? 1 : 0));
}

function convolve(a: readonly number[], b: readonly number[]): number[] {
  return a.map((_, sum) => {
    let total = 0;
    for (let i = 0; i <= sum; i += 1) total += (a[i] ?? 0) * (b[sum - i] ?? 0);
    return total;
  });
}

function power(counts: readonly number[], exponent: number): number[] {
  let result = certain(counts.length);
  for (let [base, left] = [[...counts], exponent]; left > 0; left >>= 1) {
    if (left & 1) result = convolve(result, base);
    base = convolve(base, base);
  }
  return result;
}

/** Logistic approximation of the standard normal distribution, off by at most 0.0002 (Bowling et al. 2009). */
function normalCdf(z: number): number {
  return 1 / (1 + Math.exp(-0.07056 * z ** 3 - 1.5976 * z));
}

import { z } from 'zod';
import { DAY_MS } from '../domain/interval.ts';
import type { WholeDay } from './day-hours.ts';
import { meanOf } from './mean.ts';
import { median } from './median.ts';

/** A new day weighs so much in what is usual, once that is known. */
const WEIGHT = 0.12;
/** An hour that is usually below this share of the mean says nothing of a factor: where solar cells give, it hangs on the sun. */
const LEAST_SHARE = 0.4;
/** So many hours must say something. */
const LEAST_HOURS = 10;
/** So many of the hours must agree, each by so much, or by such a part of the factor: nothing else makes ten times of most hours. */
const AGREE = { share: 0.7, by: Math.log(1.5), part: 0.6 };

/** The day on which a ratio changes holds both, and its median may be ordinary: an hour counts at most so many times what is usual in what is learned. */
const MOST = 1.5;

/** How far a day is from those before it, as a rule: before any is known, and so much is learned of each. */
const SPREAD = { first: 0.08, weight: 0.1 };
/** No house is the same to less than this from day to day. */
const LEAST_SPREAD = 0.02;

/** Ordinary days that are remembered; the newest of so many, but for the last, which may hold the moment itself, say what one time is. */
const ORDINARY = 6;
const BEFORE = 4;

/** A ratio is wrong from one day to the next: what many others shared for so long after, or was not one factor, is the season, … */
const LATE_MS = 2 * DAY_MS;
/** … unless it is more than any season makes of a house. */
const NO_SEASON = Math.log(4);

/** A load that came on top must not explain the day better, by more than this. */
const UNLIKE = 1.6;

/** What an hour usually draws, of working days and of weekends, and how far the newest days are from it. */
export const loadFactorSchema = z.object({
  usual: z.tuple([z.array(z.number()), z.array(z.number())]),
  days: z.tuple([z.number(), z.number()]),
  /** Factors of the newest ordinary days, the newest last, and of the newest day of all. */
  ordinary: z.array(z.number()).default(() => [1, 1]),
  newest: z.number().default(1),
  /** Mean distance of an ordinary day from those before it, as a logarithm. */
  spread: z.number().default(SPREAD.first),
  /** In a row, far from what is usual; and of them those that are one factor. */
  farDays: z.number(),
  offDays: z.number(),
  offSinceMs: z.number(),
  /** Logarithms of the factors of those days together. */
  offSum: z.number().default(0),
  isOff: z.boolean(),
});
export type LoadFactor = z.infer<typeof loadFactorSchema>;

export type FactorLimits = {
  readonly minDays: number;
  /** Every hour draws at least so many times what it usually does, or at most one of so many parts, … */
  readonly times: number;
  /** … or this, where that is so many times what one day is from those before it. */
  readonly calmTimes: number;
  readonly spreads: number;
  /** Hours that usually draw little and hours that draw much differ by at most this share. */
  readonly tolerance: number;
  readonly days: number;
  readonly acceptDays: number;
  /** Are many others about as far off? Then it is the weather or the calendar. Asked when it is to be told. */
  readonly isShared: (factor: number) => boolean;
};

export type FactorChange = {
  readonly is: 'off' | 'normal' | 'accepted';
  readonly sinceMs: number;
  readonly factor: number;
  /** Of hours that usually draw little, and of those that usually draw much. */
  readonly low: number;
  readonly high: number;
  /** In a row, and how many times as far off as a day commonly is from those before it. */
  readonly days: number;
  readonly spreads: number;
};

export function createLoadFactor(): LoadFactor {
  return {
    usual: [[], []],
    days: [0, 0],
    ordinary: [1, 1],
    newest: 1,
    spread: SPREAD.first,
    farDays: 0,
    offDays: 0,
    offSinceMs: 0,
    offSum: 0,
    isOff: false,
  };
}

/**
 * Folds a day of a meter. What is switched on adds the same to every hour, weather comes over days and adds to some; a wrong
 * ratio multiplies all hours alike, from one day to the next. Says what changed, if anything.
 */
export function foldFactor(
  state: LoadFactor,
  { dayMs, rates, isFree }: WholeDay & { readonly isFree: boolean },
  limits: FactorLimits,
): FactorChange | undefined {
  const type = isFree ? 1 : 0;
  const usual = state.usual[type];
  const isKnown = state.days[type] >= limits.minDays;
  const seen = isKnown ? compare(usual, rates) : undefined;
  const large = Math.log(limits.times);
  const least = Math.min(Math.max(limits.spreads * state.spread, Math.log(limits.calmTimes)), large);
  // Weather and the season move the factor day by day: what is sudden is sudden against the days before, and stays so.
  // Where it was usual just before, what is usual over weeks says as much, and less by chance.
  const isSudden = state.ordinary.slice(-2).some((factor) => Math.abs(Math.log(factor)) < least / 2);
  const recent = seen === undefined ? 1 : seen.factor / timesBefore(state);
  const isByUsual = seen !== undefined && isSudden && Math.log(seen.factor) / Math.log(recent) > 1;
  const times = isByUsual ? seen.factor : recent;
  if (seen !== undefined) state.newest = seen.factor;
  // What has begun goes on, and what was told ends, when it has come back more than half of the way.
  const isFar =
    seen !== undefined &&
    Math.abs(Math.log(times)) > (state.offDays > 0 ? least / 2 : least) &&
    // What counted twice and counts half is no longer what was told.
    (!state.isOff || times > 1 === state.offSum > 0);
  // What comes back to what is usual was off before, and is none itself.
  const isUnusual = seen !== undefined && Math.log(seen.factor) * Math.sign(Math.log(times)) > least / 2;
  const isLarge = Math.abs(Math.log(times)) > large;
  const isOff =
    isFar &&
    (state.isOff ||
      (isUnusual &&
        isOneFactor(seen, limits.tolerance) &&
        (seen.unlike < 1 || (isLarge && (isByUsual || state.offDays > 0)))));
  const told = (is: FactorChange['is'], factor = times): FactorChange | undefined =>
    seen && {
      is,
      sinceMs: state.offSinceMs,
      factor,
      low: (seen.low * factor) / seen.factor,
      high: (seen.high * factor) / seen.factor,
      days: state.offDays,
      spreads: Math.abs(Math.log(factor)) / Math.max(state.spread, LEAST_SPREAD),
    };
  if (isFar) {
    state.farDays += 1;
    if (state.farDays >= limits.acceptDays) {
      const accepted = state.isOff ? told('accepted') : undefined;
      Object.assign(state, createLoadFactor());
      learn(state, type, rates);
      return accepted;
    }
  }
  if (isOff) {
    if (state.offDays === 0) state.offSinceMs = dayMs;
    state.offDays += 1;
    state.offSum += Math.log(times);
    // A spell of weather begins as far off, and comes back: all of its days together do not make the factor.
    const mean = state.offSum / state.offDays;
    const isWholly = Math.abs(mean) >= least;
    // What is smaller has to last longer, until its days add up to as much.
    const days = limits.days * Math.max(large / Math.abs(mean), 1);
    if (state.isOff || state.offDays < days || !isWholly) return undefined;
    const factor = Math.exp(mean);
    const isLate = dayMs - state.offSinceMs > days * DAY_MS + LATE_MS && Math.abs(mean) < NO_SEASON;
    if (isLate || limits.isShared(factor)) return undefined;
    state.isOff = true;
    return told('off', factor);
  }
  // A day of guests is neither one of it nor its end.
  if (isFar && state.offDays > 0) return undefined;
  // A weekend that is not known yet does not end what a working day began.
  if (seen === undefined && state.isOff) return undefined;
  const ended = state.isOff ? told('normal') : undefined;
  Object.assign(state, { offDays: 0, offSum: 0, isOff: false });
  // Days that are far off are kept out of what is usual until there are many of them.
  if (!isFar) {
    if (seen !== undefined) {
      state.spread += SPREAD.weight * (Math.abs(Math.log(recent)) - state.spread);
      state.ordinary = [...state.ordinary, seen.factor].slice(-ORDINARY);
    }
    state.farDays = 0;
    learn(state, type, rates);
  }
  return ended;
}

/** Of the days before it began: but for the newest of them. */
function timesBefore({ ordinary }: LoadFactor): number {
  return median(ordinary.slice(-BEFORE, -1));
}

/** How many times as much as some days ago it counts. */
export function newestFactor({ newest, ordinary: [first = 1] }: LoadFactor): number {
  return newest / first;
}

type Compared = {
  readonly factor: number;
  readonly low: number;
  readonly high: number;
  readonly agree: number;
  /** How well one factor explains the day against one load that came on top: below 1 it is the better. */
  readonly unlike: number;
};

function compare(usual: readonly number[], rates: WholeDay['rates']): Compared | undefined {
  const mean = meanOf(usual);
  const pairs = usual
    .flatMap((hour, i) => {
      const rate = rates[i];
      return rate !== undefined && hour > LEAST_SHARE * mean ? [{ hour, rate, ratio: rate / hour }] : [];
    })
    .toSorted((a, b) => a.hour - b.hour);
  if (pairs.length < LEAST_HOURS) return undefined;
  const ratios = pairs.map(({ ratio }) => ratio);
  const factor = median(ratios);
  if (!(factor > 0)) return undefined;
  const third = Math.ceil(ratios.length / 3);
  const by = Math.max(AGREE.by, AGREE.part * Math.abs(Math.log(factor)));
  const near = ratios.filter((ratio) => Math.abs(Math.log(Math.max(ratio, 1e-9) / factor)) < by).length;
  const added = median(pairs.map(({ hour, rate }) => rate - hour));
  const error = (expected: (hour: number) => number) =>
    pairs.reduce((sum, { hour, rate }) => sum + Math.abs(rate - expected(hour)), 0);
  return {
    factor,
    unlike:
      error((hour) => hour * factor) /
      Math.max(
        error((hour) => hour + added),
        1e-9,
      ),
    low: median(ratios.slice(0, third)),
    high: median(ratios.slice(-third)),
    agree: near / ratios.length,
  };
}

function isOneFactor({ factor, low, high, agree, unlike }: Compared, tolerance: number): boolean {
  const most = Math.max(Math.log(1 + tolerance), AGREE.part * Math.abs(Math.log(factor)));
  return (
    agree >= AGREE.share &&
    unlike < UNLIKE &&
    Math.abs(Math.log(Math.max(low, 1e-9) / Math.max(high, 1e-9))) < most
  );
}

function learn(state: LoadFactor, type: 0 | 1, rates: WholeDay['rates']): void {
  const usual = state.usual[type];
  const weight = Math.max(WEIGHT, 1 / (state.days[type] + 1));
  const mean = meanOf(usual);
  for (let hour = 0; hour < 24; hour += 1) {
    const before = usual[hour];
    const rate = rates[hour] ?? before;
    usual[hour] =
      before === undefined
        ? (rate ?? 0)
        : before + weight * (Math.min(rate ?? before, MOST * Math.max(before, mean)) - before);
  }
  state.days[type] += 1;
}

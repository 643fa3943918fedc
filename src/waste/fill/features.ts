import { daysSince, type Place } from './chances.ts';
import type { Container, Level } from './container.ts';
import { logOdds } from './online-logistic.ts';
import { settings } from './settings.ts';

const { buckets } = settings;
const numbered = (name: string, count: number) => Array.from({ length: count }, (_, at) => `${name}${at}`);

/** What the regression looks at, in its order. `odds…`: (log odds + 2) / 2 of a chance. */
export const FEATURE_NAMES: readonly string[] = [
  'one',
  'oddsBucket',
  'oddsOwnBucket',
  'oddsTrend',
  'oddsOwnTrend',
  'oddsAge',
  'oddsOwnAge',
  'oddsWeekday',
  'oddsOwnWeekday',
  'oddsOwnAnyLevel',
  'oddsGrownInDay',
  'oddsGrown',
  ...numbered('bucket', buckets),
  ...numbered('oddsGrownAtBucket', buckets),
  ...numbered('ageAtBucket', buckets),
  ...numbered('weekday', 7),
  'dayBeforeUnknown',
  ...numbered('dayBefore', buckets + 1),
  'age',
  'sinceOver',
  'ageInCycle',
  'recentGain',
  'oddsRecentlyOver',
  'oddsGrownHigh',
  'lastRise',
];

/** What is known of the chances beforehand, from how levels grow. */
export type Grown = {
  /** Chance of the threshold within a day like any, and within the span by the gains of its weekdays. */
  readonly inDay: number;
  readonly inSpan: number;
  /** Expected gain of the next day, % points. */
  readonly gainPct: number;
};

const POINTS = 20;
const LONG_AGO_DAYS = 30;
/** Above these, odds from growth promise too much: a container that is about to be full is often emptied first. */
const HIGH_ODDS = 0.8;

/** Writes the features to `features`, which has room for them, and returns it. */
export function featuresOf(
  { container, level, place }: { container: Container; level: Level; place: Place },
  chances: { readonly table: readonly number[]; readonly recently: number },
  grown: Grown,
  features: Float64Array,
): Float64Array {
  features.fill(0);
  let at = 0;
  const put = (value: number): void => {
    features[at] = value;
    at += 1;
  };
  const putOneOf = (count: number, which: number, value: number): void => {
    if (which >= 0 && which < count) features[at + which] = value;
    at += count;
  };
  const { bucket, before, ageDays, weekday } = place;
  const age = Math.log1p(ageDays);
  const grownOdds = oddsOf(grown.inSpan);
  const dayBefore = container.dayBeforePct ?? level.levelPct;

  put(1);
  for (const chance of chances.table) put(oddsOf(chance));
  put(oddsOf(grown.inDay));
  put(grownOdds);
  putOneOf(buckets, bucket, 1);
  putOneOf(buckets, bucket, grownOdds);
  putOneOf(buckets, bucket, age);
  putOneOf(7, weekday, 0.5);
  putOneOf(buckets + 2, before + 1, 0.5);
  put(age);
  put(Math.log1p(daysSince(level, container.overAtMs, LONG_AGO_DAYS)));
  put(Math.log((ageDays + 1) / container.cycleDays));
  put((container.gainPctPerDay ?? grown.gainPct) / POINTS);
  put(logOdds(chances.recently));
  put(Math.max(grownOdds - HIGH_ODDS, 0));
  put(Math.max(level.levelPct - dayBefore, 0) / POINTS);
  return features;
}

function oddsOf(chance: number): number {
  return (logOdds(chance) + 2) / 2;
}

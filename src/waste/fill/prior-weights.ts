import { FEATURE_NAMES } from './features.ts';

/**
 * What the regression takes its weights for before anything was seen: mostly that containers go on as they grow, sooner
 * where they fill fast and where one as old has usually been full. Learned from the development bins, rounded, without what
 * belongs to a place (weekdays); what this is worth on bins that it was not learned from stands in ../README.md.
 */
const weights: Readonly<Record<string, number>> = {
  one: -1.95,
  oddsBucket: 0.2,
  oddsOwnBucket: -0.2,
  oddsTrend: 0.05,
  oddsOwnTrend: 0.15,
  oddsAge: 0.25,
  oddsOwnAge: 0.2,
  oddsGrown: 1.05,
  oddsGrownHigh: -0.3,
  bucket3: 0.25,
  oddsGrownAtBucket3: -0.1,
  ageAtBucket0: 0.15,
  dayBefore1: -0.15,
  dayBefore2: 0.15,
  ageInCycle: 0.3,
  recentGain: 0.6,
  oddsRecentlyOver: 0.2,
  lastRise: -0.15,
};

export function priorWeights(): Float64Array {
  return Float64Array.from(FEATURE_NAMES, (name) => weights[name] ?? 0);
}

/**
 * Constants of the fill forecast, chosen on the development bins with bins left out (../README.md). Strengths are in
 * observations, shares per observation.
 */
export const settings = {
  /** A drop by this much is an emptying, % points: more than noise and settling, less than one step of a coarse sensor. */
  emptiedDropPct: 15,
  /** Of a level at a limit: bins below the threshold are told apart in so many steps. */
  buckets: 4,
  /** What is known before anything was seen: chance of passing the limit, chance of a further step of gain in a day. */
  priorChance: 0.15,
  priorPassShare: 0.8,
  /** How many observations the more general table is worth to the more particular one. */
  bucketStrength: 2,
  sharedStrength: 6,
  containerStrength: 8,
  weekdayStrength: 14,
  gainStrength: 5,
  gainSlotStrength: 20,
  gainContainerStrength: 5,
  /** Share of the newest day in a container's running means. */
  recentShare: 0.1,
  overShare: 0.03,
  forget: 0.01,
  /** Variance of each weight of the regression before anything was seen. */
  weightVariance: 0.01,
  /** How long a container takes from one emptying to the next before two were seen, days; share of the newest. */
  priorCycleDays: 5,
  cycleShare: 0.15,
  /** Longest time for which an overflow is foretold, days. */
  horizonDays: 60,
} as const;

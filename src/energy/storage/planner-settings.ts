/** Chosen on two of CityLearn's homes (README.md, Battery). */
export const plannerSettings = {
  /** Hours that are planned step by step. */
  planHours: 40,
  /** Hours that a store is emptied in, of which a stored kWh is worth the mean price. */
  usedHours: 96,
  /** A kWh that is missing when it has to be there costs so much: more than any price, less than the connection's limits. */
  missingPerKwh: 1e4,
  /** Hours after which the plan is made anew. */
  replanHours: 1,
  /** Hours after which the plans of the imagined stores are. */
  shadowHours: 24,
  /** Days before the battery begins to work that are lived through in imagination. */
  shadowDays: 35,
  /** Of neighbouring levels. */
  levelRatio: 1.15,
  /** By how much more than its price a kW above a level is shunned. */
  cautions: [1, 4],
  /**
   * What a kW of each hour costs above some shares of what is lowest in all futures, as a share of the power price: those
   * are made of past weeks, and a load may have become another since.
   */
  doubts: [0.3, 0.45, 0.6, 0.75, 0.9],
  doubt: 0.0007,
  /** Of the forecast's quantiles those that are planned for, and how likely each is. */
  outcomes: [0, 2, 3, 4, 6],
  weights: [0.1, 0.25, 0.3, 0.25, 0.1],
  /**
   * The highest load of the last weeks within so many hours of the time of day, and how likely it is: an oven and a
   * boiler at once are beyond every quantile of a forecast, and it is they that are billed. Under a stepped price one such hour
   * loses all of a step: there they are taken for `steppedTails` times as likely.
   */
  tails: [
    { hours: 1, weight: 0.006 },
    { hours: 4, weight: 0.003 },
  ],
  steppedTails: 2,
  tailDays: 28,
} as const;

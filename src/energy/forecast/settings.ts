/**
 * The forecaster's constants, chosen on the development buildings with each building left out in turn (README.md,
 * section Forecast). Shares are per update, decays in hours or days as named.
 */
export const settings = {
  /** Weight of the newest week in the two hour-of-week profiles, and of the newest day in those by kind of day. */
  fastWeekShare: 0.35,
  slowWeekShare: 0.05,
  dayShare: 0.3,
  /** Memory of the mean of all hours and of the scale of deviations, days. */
  levelDays: 14,
  scaleDays: 28,
  /** How long the recent deviation from the profile, and from what was forecast, is remembered, and how fast it fades ahead, hours. */
  lastDayHours: 24,
  lastHoursHours: 3,
  lastWeekHours: 168,
  fadeLastHours: 24,
  fadeLastStepHours: 6,
  /** The weights' memory, days; how many examples the prior weights are worth, and the shared ones to a part of the week. */
  memoryDays: 240,
  priorExamples: 20,
  sharedExamples: 100,
  /** Errors beyond so many scales count linearly (Huber), deviations beyond so many are cut. */
  huberScales: 0.7,
  cutScales: 12,
  /** Inertia of a building towards the outdoor temperature, hours; below it there is heating, °C. */
  inertiaHours: 12,
  heatingBelowC: 16,
  /** How fast tomorrow's temperature returns to what is usual at the hour, hours; memory of what is usual, days. */
  temperatureFadeHours: 48,
  climateDays: 30,
  /** Memory of how large errors are of late, hours, and of the highest and lowest load, days. */
  unrestHours: 16,
  reachDays: 80,
  /** Step of the quantiles on each outcome, and the least share of the newest error in the scale. */
  quantileStep: 0.012,
  scaleShare: 0.03,
} as const;

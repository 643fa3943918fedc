/** Chosen on CityLearn homes and Cambridge buildings. */
export const controllerSettings = {
  /** Hours after which the plan is made anew. */
  replanHours: 3,
  /** Contents of the store, and billed powers, at which the value of a plan is known. */
  contents: 21,
  points: 12,
  /** How many ways the rest of a billing period may go. */
  scenarios: 32,
  /** Share of the peak that could have been shaved with hindsight which a plan is expected to miss. */
  missedShare: 0.2,
  /** Days whose loads say what the rest of the period may bring. */
  daysKept: 28,
  /** Where any windows are billed: the share of the N highest that one day's peak is expected to take. */
  dayShare: 0.5,
};

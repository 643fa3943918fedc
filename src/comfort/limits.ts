/**
 * What is comfortable. Defaults: HSLF-FS 2024:10 of the Swedish Public Health Agency (at least 18 °C, for sensitive people 20;
 * at most 24, in summer 26), and for an ordinary air sensor, which does not feel draught and cold walls, its guidance to look
 * closer below 20 °C (sensitive: 22). CO₂ above 1,000 ppm is poor ventilation by common practice; humidity 30 … 70 %.
 */
export type ComfortLimits = {
  /** Too cold below, °C; for sensitive residents; and severely below, °C. */
  readonly coldC: number;
  readonly sensitiveColdC: number;
  readonly severeC: number;
  /** Too warm above, °C; and in the summer's months (1 … 12). */
  readonly warmC: number;
  readonly summerWarmC: number;
  readonly summerMonths: readonly number[];
  readonly dryPct: number;
  readonly dampPct: number;
  readonly co2Ppm: number;
  /** The quickest that a room cools without heat: its time constant, h. A light building has some 20. */
  readonly coolingHours: number;
  /** What a sensor's noise and a short airing may add to that, °C. */
  readonly slackC: number;
  /** While the day outdoors is warmer than this, °C, houses are not heated: nothing is lost, and no curve is wrong. */
  readonly heatingBelowC: number;
  /** Outdoor temperature at which flats are compared, °C; the nearest to it that there was. */
  readonly referenceOutdoorC: number;
};

export type Limits = { readonly minC: number; readonly maxC: number };

/** The band of a flat in a month (1 … 12). */
export function bandOf(
  limits: ComfortLimits,
  { month, isSensitive }: { month: number; isSensitive: boolean },
): Limits {
  return {
    minC: isSensitive ? limits.sensitiveColdC : limits.coldC,
    maxC: limits.summerMonths.includes(month) ? limits.summerWarmC : limits.warmC,
  };
}

/** Each must be below the second: of a flat that is too cold and too warm at once nobody could do what is right. */
const BELOW = [
  ['coldC', 'warmC'],
  ['coldC', 'summerWarmC'],
  ['dryPct', 'dampPct'],
] as const;
type Ordered = (typeof BELOW)[number][number];

/** Limits that leave nothing between them: which one, and what it must be. */
export function contradictionsIn(
  limits: Readonly<Record<Ordered, number>>,
): readonly { readonly key: Ordered; readonly message: string }[] {
  return BELOW.filter(([low, high]) => limits[low] >= limits[high]).map(([key, high]) => ({
    key,
    message: `must be less than ${high}, which is ${limits[high]}`,
  }));
}

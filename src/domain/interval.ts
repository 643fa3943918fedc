/** The clock quarter-hour: the grain of tariffs, peaks, aggregates and forecasts. */
export const QUARTER_MS = 15 * 60_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
/** 24 hours: a local day may have 23 or 25. */
export const DAY_MS = 24 * HOUR_MS;

export const carriers = ['electricity', 'heat'] as const;
/** What a meter meters. */
export type Carrier = (typeof carriers)[number];

/** One meter: a device (and channel) and what it meters. */
export type Meter = { readonly device: string; readonly channel?: string; readonly carrier: Carrier };

/** Energy of one meter in one clock quarter-hour. */
export type Interval = {
  readonly meter: Meter;
  /** Start of the quarter, epoch ms, a multiple of {@link QUARTER_MS}. */
  readonly fromMs: number;
  /** Energy in the part of the quarter that is known, Wh. */
  readonly energyWh: number;
  /** The part of the quarter that is known, 0..1. 0 takes an interval back: nothing is known of it after all. */
  readonly coverage: number;
};

/** Summed over several meters; what a load query reads. */
export type LoadQuarter = {
  readonly fromMs: number;
  /** Sum over the meters of the energy that is known, Wh. */
  readonly energyWh: number;
  /** Sum over the meters of their mean power while known, W. */
  readonly powerW: number;
  /** Sum over the meters of their coverage (divide by the meters in scope). */
  readonly coverageSum: number;
  /** Meters with any coverage. */
  readonly meters: number;
};

export function meterKey(meter: Meter): string {
  return `${meter.device}|${meter.carrier}|${meter.channel ?? ''}`;
}

import type { Arena } from './arena.ts';
import { settings } from './settings.ts';

/** The quantiles that are kept of each step. */
export const QUANTILE_LEVELS = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95] as const;
const COUNT = QUANTILE_LEVELS.length;
/** Of errors in units of their mean size, before any was seen: between a normal and a Laplace distribution. */
const PRIOR = [-1.75, -1.35, -0.6, 0, 0.6, 1.35, 1.75];
const HOURS = 24;
/** The share of a step that the group's quantiles take, and that those of the hour do. */
const [GROUP_PART, HOUR_PART] = [0.5, 1];
/** An error counts at most so many scales in the scale. */
const MOST_SCALES = 6;

/**
 * The expected value of a distribution given at {@link QUANTILE_LEVELS}: straight between them, flat beyond.
 */
export function meanOf(quantiles: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i <= COUNT; i += 1) {
    const [low, high] = [quantiles[Math.max(i - 1, 0)] ?? 0, quantiles[Math.min(i, COUNT - 1)] ?? 0];
    sum += (((QUANTILE_LEVELS[i] ?? 1) - (QUANTILE_LEVELS[i - 1] ?? 0)) * (low + high)) / 2;
  }
  return sum;
}

/**
 * How far outcomes lie from forecasts, by group of leads, hour of the day and rest day or not. Quantiles are tracked by
 * a step up or down on each outcome, so that in the long run each has its share on either side however the load drifts
 * (adaptive conformal inference: Gibbs & Candès 2021; quantile tracking: Angelopoulos, Candès & Tibshirani 2023).
 */
export type Bands = {
  readonly learn: (place: BandPlace, error: number, floor: number) => void;
  /** Adds the error's quantiles to the forecast, in order, into `out`. */
  readonly around: (place: BandPlace, forecast: number, floor: number, out: Float64Array) => void;
};

export type BandPlace = { group: number; hour: number; isRest: boolean };

export function createBands(arena: Arena, groups: number): Bands {
  const ofGroup = arena.take(groups * COUNT, PRIOR);
  const ofHour = arena.take(groups * HOURS * COUNT);
  const scales = arena.take(groups * HOURS * 2, Number.NaN);
  const counts = arena.take(groups * HOURS * 2);

  const scaleAt = ({ group, hour, isRest }: BandPlace) => (group * HOURS + hour) * 2 + (isRest ? 1 : 0);
  /** `floor`: the scale where none is known, and 2 % of it the smallest. */
  const scaleOf = (at: number, floor: number) => {
    const scale = scales[at] ?? Number.NaN;
    return Math.max(Number.isNaN(scale) ? floor : scale, floor * 0.02);
  };
  return {
    learn: (place, error, floor) => {
      const at = scaleAt(place);
      const scale = scaleOf(at, floor);
      const relative = error / scale;
      const first = place.group * COUNT;
      const firstOfHour = (place.group * HOURS + place.hour) * COUNT;
      for (let i = 0; i < COUNT; i += 1) {
        const quantile = (ofGroup[first + i] ?? 0) + (ofHour[firstOfHour + i] ?? 0);
        const step = settings.quantileStep * ((QUANTILE_LEVELS[i] ?? 0) - (relative < quantile ? 1 : 0));
        ofGroup[first + i] = (ofGroup[first + i] ?? 0) + GROUP_PART * step;
        ofHour[firstOfHour + i] = (ofHour[firstOfHour + i] ?? 0) + HOUR_PART * step;
      }
      const count = (counts[at] ?? 0) + 1;
      const share = Math.max(settings.scaleShare, 1 / (count + 1));
      counts[at] = count;
      scales[at] = scale + share * (Math.min(Math.abs(error), MOST_SCALES * scale) - scale);
    },
    around: (place, forecast, floor, out) => {
      const scale = scaleOf(scaleAt(place), floor);
      const first = place.group * COUNT;
      const firstOfHour = (place.group * HOURS + place.hour) * COUNT;
      for (let i = 0; i < COUNT; i += 1) {
        out[i] = forecast + scale * ((ofGroup[first + i] ?? 0) + (ofHour[firstOfHour + i] ?? 0));
      }
      out.sort();
    },
  };
}

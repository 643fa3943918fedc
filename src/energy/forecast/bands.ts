import type { Arena } from './arena.ts';
import { settings } from './settings.ts';

/** The quantiles that are kept of each step. */
export const QUANTILE_LEVELS = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95] as const;
const COUNT = QUANTILE_LEVELS.length;
/** Of errors in units of their mean size, before any was seen: between a normal and a Laplace distribution. */
const PRIOR = [-1.75, -1.35, -0.6, 0, 0.6, 1.35, 1.75];
const HOURS = 24;
/** Heights at which quantiles are kept: so far from the lowest load of late to the highest. Between them they are straight. */
const HEIGHTS = 5;
/** Quantiles are sums: of the group's, of those of its hour, and of those of the heights below and above, as near as they are. */
const PARTS = 1 + HOURS + HEIGHTS;
/** The share of a step that each of these four takes. */
const LEARNS = [0.25, 0.5, 1, 1];
/** An error counts at most so many scales. */
const MOST_SCALES = 6;
const [LEAST_UNREST, MOST_UNREST] = [0.25, 4];

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
 * How far outcomes lie from forecasts, by group of leads, hour of the day, rest day or not, how large errors are of late,
 * and how high the forecast is: one near the highest load of late has less room above it. Quantiles are tracked by
 * a step up or down on each outcome, so that in the long run each has its share on either side however the load drifts
 * (adaptive conformal inference: Gibbs & Candès 2021; quantile tracking: Angelopoulos, Candès & Tibshirani 2023).
 */
export type Bands = {
  /** How large the error is beside the mean one of its place. */
  readonly learn: (place: BandPlace, error: number, floor: number) => number;
  /** Adds the error's quantiles to the forecast, in order, into `out`. */
  readonly around: (place: BandPlace, forecast: number, floor: number, out: Float64Array) => void;
};

export type BandPlace = {
  group: number;
  hour: number;
  isRest: boolean;
  /** How large errors were before the forecast, beside the mean ones of their places; 1 is usual. */
  unrest: number;
  /** Of the forecast, from the lowest load of late (0) to the highest (1). */
  height: number;
};

export function createBands(arena: Arena, groups: number, stepsPerHour: number): Bands {
  // The errors of an hour's steps hang together: four of them say as much as two, not as four.
  const fewer = 1 / Math.sqrt(stepsPerHour);
  const [quantileStep, scaleShare] = [settings.quantileStep * fewer, settings.scaleShare * fewer];
  const zeros = Array.from({ length: (PARTS - 1) * COUNT }, () => 0);
  const numbers = arena.take(groups * PARTS * COUNT, [...PRIOR, ...zeros]);
  const scales = arena.take(groups * HOURS * 2, Number.NaN);
  const counts = arena.take(groups * HOURS * 2);

  const scaleAt = ({ group, hour, isRest }: BandPlace) => (group * HOURS + hour) * 2 + (isRest ? 1 : 0);
  /** `floor`: the scale where none is known, and 2 % of it the smallest. */
  const scaleOf = (at: number, floor: number) => {
    const scale = scales[at] ?? Number.NaN;
    return Math.max(Number.isNaN(scale) ? floor : scale, floor * 0.02);
  };
  /** The parts that add up to the quantiles of a place: where each begins, and how much of it counts. */
  const firsts = [0, 0, 0, 0];
  const shares = [1, 1, 0, 0];
  const goTo = ({ group, hour, height }: BandPlace): void => {
    const below = Math.min(Math.floor(height * (HEIGHTS - 1)), HEIGHTS - 2);
    const first = group * PARTS * COUNT;
    firsts[0] = first;
    firsts[1] = first + (1 + hour) * COUNT;
    firsts[2] = first + (1 + HOURS + below) * COUNT;
    firsts[3] = first + (2 + HOURS + below) * COUNT;
    shares[3] = height * (HEIGHTS - 1) - below;
    shares[2] = 1 - shares[3];
  };
  const quantileOf = (i: number): number => {
    let sum = 0;
    for (let part = 0; part < 4; part += 1) {
      sum += (shares[part] ?? 0) * (numbers[(firsts[part] ?? 0) + i] ?? 0);
    }
    return sum;
  };
  const move = (i: number, step: number): void => {
    for (let part = 0; part < 4; part += 1) {
      const at = (firsts[part] ?? 0) + i;
      numbers[at] = (numbers[at] ?? 0) + (shares[part] ?? 0) * (LEARNS[part] ?? 0) * step;
    }
  };
  return {
    learn: (place, error, floor) => {
      const at = scaleAt(place);
      const scale = scaleOf(at, floor);
      const relative = error / (scale * spreadOf(place));
      goTo(place);
      for (let i = 0; i < COUNT; i += 1) {
        const isBelow = relative < quantileOf(i);
        move(i, quantileStep * ((QUANTILE_LEVELS[i] ?? 0) - (isBelow ? 1 : 0)));
      }
      const count = (counts[at] ?? 0) + 1;
      const share = Math.max(scaleShare, 1 / (count + 1));
      const size = Math.min(Math.abs(error) / scale, MOST_SCALES);
      counts[at] = count;
      scales[at] = scale + share * (size - 1) * scale;
      return size;
    },
    around: (place, forecast, floor, out) => {
      const spread = scaleOf(scaleAt(place), floor) * spreadOf(place);
      goTo(place);
      for (let i = 0; i < COUNT; i += 1) out[i] = forecast + spread * quantileOf(i);
      out.sort();
    },
  };
}

/** Large errors are followed by larger ones, though not by as large ones. */
function spreadOf({ unrest }: BandPlace): number {
  return Math.sqrt(Math.min(Math.max(unrest, LEAST_UNREST), MOST_UNREST));
}

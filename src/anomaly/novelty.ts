import { firstNotBelow, nearestOf, nearestSorted } from './nearest.ts';
import { addToTail, emptyTail, surpriseAt, type TailState } from './tail-probability.ts';

/**
 * How new a point is: its distance to the nearest of a bounded number of points remembered. A point unlike all of them
 * is remembered itself, in place of the one that has not been met for longest; the others drift with what they are met
 * by. A streaming matrix profile of constant memory, as adaptive resonance (Carpenter & Grossberg 1987) keeps one: what
 * comes back is known, and what is new is new once.
 */
export type NoveltyState = {
  /** The points remembered, one after the other; those of one number in rising order. */
  readonly points: number[];
  /** When each was last met, as a number of rows. */
  readonly metAt: number[];
  row: number;
  /** The point that the last row met. */
  near: number;
  /** Above this distance a point is remembered: the quantile that leaves `newShare` of the rows. */
  limit: number;
  mean: number;
  variance: number;
  readonly distances: TailState;
};

export type NoveltyOptions = {
  readonly points: number;
  readonly newShare: number;
  readonly memoryRows: number;
};

/** This many are remembered whatever they are. */
const FIRST = 8;
/** Rows before the first point: the spread of the values must be known. */
const WARM_UP_ROWS = 20;
/** A point that is met moves by this share towards what met it. */
const DRIFT = 0.05;
/** Step of the quantile, as a share of the distance, once enough rows have been seen. */
const LEAST_STEP = 0.02;

export function emptyNovelty(): NoveltyState {
  return { points: [], metAt: [], row: 0, near: 0, limit: 0, mean: 0, variance: 0, distances: emptyTail() };
}

/**
 * Takes in a point (its newest value first) and gives the surprise at its distance: −log10 of a probability. Distances
 * are root mean squares per dimension, in standard deviations of the values so far: after a huge outlier less is new.
 */
export function noveltyOf(state: NoveltyState, point: readonly number[], options: NoveltyOptions): number {
  const spread = spreadWith(state, point[0] ?? 0, options.memoryRows);
  if (state.row <= WARM_UP_ROWS) return 0;
  const { index, squares } =
    point.length === 1
      ? nearestSorted(state.points, point[0] ?? 0)
      : nearestOf(state.points, point, state.near);
  const distance = index < 0 || spread === 0 ? 0 : Math.sqrt(squares / point.length) / spread;
  const surprise = surpriseAt(state.distances, distance);
  addToTail(state.distances, distance, options.memoryRows);
  if (state.metAt.length < FIRST || distance > state.limit) remember(state, point, options.points);
  else meet(state, index, point);
  state.near = Math.max(index, 0);
  followQuantile(state, distance, options.newShare);
  return surprise;
}

/** Welford's running variance, which becomes an exponential one once `memoryRows` have been seen. */
function spreadWith(state: NoveltyState, value: number, memoryRows: number): number {
  state.row += 1;
  const count = Math.min(state.row, memoryRows);
  const before = value - state.mean;
  state.mean += before / count;
  state.variance += (before * (value - state.mean) - state.variance) / count;
  return Math.sqrt(Math.max(state.variance, 0));
}

function remember(state: NoveltyState, point: readonly number[], most: number): void {
  const { points, metAt, row } = state;
  const [value = 0] = point;
  const isFull = metAt.length >= most;
  const place = isFull ? longestUnmet(metAt) : metAt.length;
  if (point.length === 1) {
    if (isFull) {
      points.splice(place, 1);
      metAt.splice(place, 1);
    }
    const sorted = firstNotBelow(points, value);
    points.splice(sorted, 0, value);
    metAt.splice(sorted, 0, row);
    return;
  }
  for (let i = 0; i < point.length; i += 1) points[place * point.length + i] = point[i] ?? 0;
  metAt[place] = row;
}

function longestUnmet(metAt: readonly number[]): number {
  let longest = 0;
  for (let i = 1; i < metAt.length; i += 1) if ((metAt[i] ?? 0) < (metAt[longest] ?? 0)) longest = i;
  return longest;
}

/** A point never passes another on its way to the value that it is nearest to: sorted points stay sorted. */
function meet({ points, metAt, row }: NoveltyState, index: number, point: readonly number[]): void {
  const start = index * point.length;
  for (let i = 0; i < point.length; i += 1) {
    const known = points[start + i] ?? 0;
    points[start + i] = known + DRIFT * ((point[i] ?? 0) - known);
  }
  metAt[index] = row;
}

/** Stochastic approximation of a quantile (Robbins & Monro 1951). */
function followQuantile(state: NoveltyState, distance: number, share: number): void {
  const rows = state.row - WARM_UP_ROWS;
  const step = Math.max(LEAST_STEP, 1 / rows) * 0.5 * Math.max(distance, state.limit);
  state.limit = Math.max(0, state.limit + step * (distance > state.limit ? 1 - share : -share));
}

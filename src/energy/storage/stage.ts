import type { Piece } from './peak-term.ts';

/** What the load of a stage may be: some values, each with its probability, from low to high. */
export type LoadChances = {
  readonly kw: Float64Array;
  readonly weights: readonly number[];
  /** Which kind of hour each value makes it: how far the load is above what was expected stays the same for a while. */
  readonly moods: readonly number[];
  /** Probability of each value after an hour of a mood: [mood][value]. */
  readonly after: readonly (readonly number[])[];
};

/** One stage of a plan: a span in which the grid power is held. */
export type Stage = {
  readonly hours: number;
  readonly buy: number;
  readonly sell: number;
  readonly load: LoadChances;
  /** By tracker: the pieces of the peak function that hold; none: nothing is billed. */
  readonly pieces: readonly (readonly Piece[])[];
  /** By tracker: what a peak costs when its day ends with this stage; undefined: the day goes on. */
  readonly settles: readonly (((billedKw: number) => number) | undefined)[];
};

/** Powers at which the value of a plan is known: evenly spaced from `fromKw`. */
export type PeakGrid = { readonly fromKw: number; readonly stepKw: number; readonly points: number };

/** How the values of a plan are laid out: by mood, content, first peak, second peak. */
export type Table = {
  readonly first: PeakGrid;
  readonly second: PeakGrid;
  readonly contents: number;
  readonly moods: number;
  readonly perMood: number;
  readonly stepKwh: number;
};

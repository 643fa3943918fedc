/**
 * How often a quantity that is never negative has been at least so large: a histogram of quarter octaves, and beyond
 * most of what has been seen the power law of its tail. Plain data of constant size.
 */
export type TailState = {
  /** Values by size: first 0 and whatever is below 2^−16, then a quarter of an octave each, up to 2^8. */
  readonly counts: number[];
  total: number;
};

const BINS = 96;
const PER_OCTAVE = 4;
const ONE = 64;
/** Fewer values say nothing of a tail. */
const ENOUGH = 40;
/** The power law is fitted to this share of the largest values, and to so many of them at least. */
const TAIL_SHARE = 0.02;
const TAIL_VALUES = 8;
/** A tail is never believed to end more abruptly than this. */
const LEAST_TAIL_INDEX = 0.05;
const LEAST_PROBABILITY = 1e-12;

export function emptyTail(): TailState {
  return { counts: Array.from({ length: BINS }, () => 0), total: 0 };
}

/** Above `memoryRows` values all are halved: what is old counts less. */
export function addToTail(tail: TailState, value: number, memoryRows: number): void {
  const bin = binOf(value);
  tail.counts[bin] = (tail.counts[bin] ?? 0) + 1;
  tail.total += 1;
  if (tail.total <= memoryRows) return;
  for (let i = 0; i < BINS; i += 1) tail.counts[i] = (tail.counts[i] ?? 0) / 2;
  tail.total /= 2;
}

/**
 * Surprise at a value: −log10 of the probability of one at least as large, 0 … 12. In the body of the values it is
 * their share; in the tail, the Pareto law of Hill's estimator (B. Hill 1975, A simple general approach to inference
 * about the tail of a distribution), so that a series with outliers of all sizes is less surprised by a larger one.
 */
export function surpriseAt({ counts, total }: TailState, value: number): number {
  if (total < ENOUGH || !(value > 0)) return 0;
  const wanted = Math.max(TAIL_VALUES, TAIL_SHARE * total);
  const bin = binOf(value);
  const own = counts[bin] ?? 0;
  let above = 0;
  let binsAbove = 0;
  for (let i = BINS - 1; i > bin; i -= 1) {
    const count = counts[i] ?? 0;
    above += count;
    binsAbove += count * i;
  }
  const isInBody = above + own >= wanted;
  if (isInBody) return -Math.log10((above + own / 2 + 0.5) / (total + 1));
  let start = bin + 1;
  while (start > 1 && above < wanted) {
    start -= 1;
    const count = counts[start] ?? 0;
    above += count;
    binsAbove += count * start;
  }
  // Nothing but zeros so far.
  if (above === 0) return -Math.log10(0.5 / (total + 1));
  const natural = Math.LN2 / PER_OCTAVE;
  const tailIndex = Math.max(LEAST_TAIL_INDEX, (binsAbove / above - start + 0.5) * natural);
  const excess = Math.log(value) - (start - ONE - 0.5) * natural;
  const probability = ((above + 0.5) / (total + 1)) * Math.exp(-excess / tailIndex);
  return -Math.log10(Math.max(probability, LEAST_PROBABILITY));
}

function binOf(value: number): number {
  if (!(value > 0)) return 0;
  const bin = Math.round(PER_OCTAVE * Math.log2(value)) + ONE;
  return Math.min(Math.max(bin, 1), BINS - 1);
}

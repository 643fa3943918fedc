/**
 * How much a series moves from value to value of late, and the least that it has moved before: a meter that has failed often
 * goes on with noise around nothing, which is no run of equal values and soon looks usual.
 */
export type CalmState = {
  last: number | null;
  /** Mean absolute step of late. */
  moves: number;
  rows: number;
  /** Log2 of the least that it has moved. */
  least: number | null;
};

const MOVES_GAIN = 0.1;
/** Rows before the least is known: two weeks of hours. */
const LEARNING_ROWS = 336;
/** The least follows what is calmer within months, so that it can stay odd for as long, and is forgotten in years. */
const FALL_GAIN = 0.0005;
const RISE_GAIN = 0.000_05;
/** Calmer by a factor of two is no surprise, by sixteen a full one. */
const OCTAVES_FREE = 1;
const MOST_OCTAVES = 4;

export function nothingCalm(): CalmState {
  return { last: null, moves: 0, rows: 0, least: null };
}

/** Surprise, from 0 to 3, at a series that moves less than it ever has. */
export function calmSurprise(state: CalmState, value: number): number {
  const step = state.last === null ? 0 : Math.abs(value - state.last);
  state.last = value;
  state.rows += 1;
  state.moves += Math.max(MOVES_GAIN, 1 / state.rows) * (step - state.moves);
  if (state.moves === 0) return 0;
  const moves = Math.log2(state.moves);
  if (state.least === null || state.rows < LEARNING_ROWS) {
    if (state.rows >= 1 / MOVES_GAIN) state.least = Math.min(moves, state.least ?? moves);
    return 0;
  }
  if (moves > state.least) {
    state.least += RISE_GAIN * (moves - state.least);
    return 0;
  }
  const below = Math.min(state.least - moves, MOST_OCTAVES);
  state.least -= FALL_GAIN * below;
  return Math.max(0, below - OCTAVES_FREE);
}

/** How long values stay exactly what they were, and how long they have stayed before. */
export type SameAgainState = {
  last: number | null;
  run: number;
  /** Runs that ended, by length; the last place holds all longer ones. */
  readonly runs: number[];
  ended: number;
};

const LONGEST = 64;
/** Runs that must have ended before a run can be long: a constant series is not stuck. */
const ENOUGH = 10;

export function emptySameAgain(): SameAgainState {
  return { last: null, run: 0, runs: Array.from({ length: LONGEST }, () => 0), ended: 0 };
}

/**
 * Surprise at the run of equal values that this one belongs to: −log10 of the share of runs at least as long. It lasts
 * as long as the run, however long that is.
 */
export function stuckSurprise(state: SameAgainState, value: number, memoryRows: number): number {
  if (value !== state.last) {
    if (state.run > 0) endRun(state, memoryRows);
    state.last = value;
    state.run = 1;
    return 0;
  }
  state.run += 1;
  if (state.ended < ENOUGH) return 0;
  let asLong = 0;
  for (let i = Math.min(state.run, LONGEST) - 1; i < LONGEST; i += 1) asLong += state.runs[i] ?? 0;
  return -Math.log10((asLong + 0.5) / (state.ended + 1));
}

function endRun(state: SameAgainState, memoryRows: number): void {
  const place = Math.min(state.run, LONGEST) - 1;
  state.runs[place] = (state.runs[place] ?? 0) + 1;
  state.ended += 1;
  if (state.ended <= memoryRows) return;
  for (let i = 0; i < LONGEST; i += 1) state.runs[i] = (state.runs[i] ?? 0) / 2;
  state.ended /= 2;
}

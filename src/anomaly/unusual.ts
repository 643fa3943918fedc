import { emptyProfile, type ProfileState, spreadsAt } from './profile.ts';

/**
 * What is usual by two memories, since neither is right for all: one of months of hourly values knows how much an hour varies, one
 * of a week has followed the season. On the scale of square roots, on which loads vary evenly (a Sunday's night by as much as a
 * Monday's noon), until a value is negative.
 */
export type UnusualState = { isRoot: boolean; readonly slow: ProfileState; readonly fast: ProfileState };

const SLOW_GAIN = 0.02;
const FAST_GAIN = 0.2;
/** The slow memory learns the less the odder the series has been of late: what has failed for weeks does not become usual. */
const ODD_FROM = 1.2;
const ODD_HOLDS = 10;

export function nothingUsual(): UnusualState {
  return { isRoot: true, slow: emptyProfile(), fast: emptyProfile() };
}

/**
 * How far a value is from the usual of its slot, in spreads, the mean of both memories; never negative. `odd`: how odd the values
 * of late have been.
 */
export function unusualAt(
  state: UnusualState,
  slot: number,
  value: number,
  { clipSpreads, odd }: { readonly clipSpreads: number; readonly odd: number },
): number {
  if (value < 0 && state.isRoot) {
    state.isRoot = false;
    toPlain(state.slow);
    toPlain(state.fast);
  }
  const scaled = state.isRoot ? Math.sqrt(value) : value;
  const held = 1 / (1 + ODD_HOLDS * Math.max(0, odd - ODD_FROM));
  const slow = spreadsAt(state.slow, slot, scaled, { gain: SLOW_GAIN, held, clipSpreads });
  const fast = spreadsAt(state.fast, slot, scaled, { gain: FAST_GAIN, held: 1, clipSpreads });
  return (Math.abs(slow) + Math.abs(fast)) / 2;
}

/** Of the roots of a quantity makes its values: a spread s around u is one of 2us around u². */
function toPlain(profile: ProfileState): void {
  const { usual, spread } = profile;
  let sum = 0;
  for (const [slot, root] of usual.entries()) {
    usual[slot] = root ** 2;
    spread[slot] = 2 * root * (spread[slot] ?? 0);
    sum += root;
  }
  profile.overall *= (2 * sum) / usual.length;
}

import { emptySlots } from './hour-slots.ts';

/**
 * What a quantity usually is at this hour of a working day or a weekend day, and how much it usually differs from that. It is
 * robust: outliers move it by a bounded step, so that a meter which has failed for days still differs from it.
 */
export type ProfileState = {
  readonly usual: number[];
  readonly spread: number[];
  /** Values of each slot so far, up to those that count. */
  readonly counts: number[];
  /** Mean absolute difference over all slots. */
  overall: number;
  /** How far the series stands from the usual of late, in spreads: what the weather or a busy week does to all hours alike. */
  drift: number;
  rows: number;
};

export type ProfileOptions = {
  /** Share of the way to a new value that the profile goes. */
  readonly gain: number;
  /** Share of that way that it does go. */
  readonly held: number;
  /** An outlier counts as this many spreads. */
  readonly clipSpreads: number;
};

/** Values of a slot before its outliers are held back. */
const YOUNG = 3;
const YOUNG_OVERALL = 50;
/** So much an outlier widens the spread at most: days of a fault must not make all of them usual. */
const MOST_SPREADS = 2;
/** The overall spread counts as this many values of each slot, and bounds a slot's spread from below. */
const OVERALL_VALUES = 2;
const LEAST_SHARE = 0.2;
const LEAST_OVERALL_GAIN = 0.005;
/** The drift follows within half a day of hourly values, and explains at most so many spreads: a fault is no weather. */
const DRIFT_GAIN = 0.1;
const MOST_DRIFT = 1.2;

export function emptyProfile(): ProfileState {
  return {
    usual: emptySlots(),
    spread: emptySlots(),
    counts: emptySlots(),
    overall: 0,
    drift: 0,
    rows: 0,
  };
}

/** How far a value is from the usual of its slot and from its drift, in spreads; then takes it in. */
export function spreadsAt(
  state: ProfileState,
  slot: number,
  value: number,
  { gain, held, clipSpreads }: ProfileOptions,
): number {
  const count = state.counts[slot] ?? 0;
  state.counts[slot] = Math.min(count + 1, 2 / gain);
  if (count === 0) {
    state.usual[slot] = value;
    state.spread[slot] = state.overall;
    return 0;
  }
  const usual = state.usual[slot] ?? 0;
  const own = state.spread[slot] ?? 0;
  const apart = value - usual;
  const shared = (own * count + OVERALL_VALUES * state.overall) / (count + OVERALL_VALUES);
  const spread = Math.max(shared, LEAST_SHARE * state.overall);
  const size = Math.abs(apart);
  const step = held * Math.max(gain, 1 / (count + 1));
  const bound = count < YOUNG ? size : clipSpreads * spread;
  state.usual[slot] = usual + step * Math.max(-bound, Math.min(bound, apart));
  state.spread[slot] = own + step * (Math.min(size, MOST_SPREADS * spread) - own);
  state.rows += 1;
  const most = state.rows < YOUNG_OVERALL ? size : 4 * state.overall;
  state.overall += Math.max(LEAST_OVERALL_GAIN, 1 / state.rows) * (Math.min(size, most) - state.overall);
  const spreads = spread > 0 ? apart / spread : 0;
  const { drift } = state;
  state.drift += DRIFT_GAIN * (Math.max(-MOST_DRIFT, Math.min(MOST_DRIFT, spreads)) - drift);
  return spreads - drift;
}

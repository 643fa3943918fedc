import { HOUR_MS } from '../domain/interval.ts';

/**
 * What a quantity usually is at this hour of a working day or a weekend day, and how much it usually differs from that.
 * It follows seasons and weather within about two weeks of hourly values, and within the hour where values come every few
 * minutes. Kept twice: *usual* is robust, outliers move it by a bounded step, so that a meter which has failed for days
 * still differs from it; *latest* follows everything, so that what stays for a while is no longer new.
 */
export type ProfileState = {
  readonly usual: number[];
  readonly latest: number[];
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
  /** An outlier counts as this many spreads. */
  readonly clipSpreads: number;
};

/** What is unusual about a value: its difference from the latest, and that from the usual and its drift in spreads. */
export type Unusual = { readonly residual: number; readonly spreads: number };

const HOURS = 24;
const DAYS = 7;
/** 1970-01-01 was a Thursday. */
const FIRST_WEEKDAY = 4;
const SUNDAY = 0;
const SATURDAY = 6;
/** Values of a slot before its outliers are held back. */
const YOUNG = 3;
const YOUNG_OVERALL = 50;
/** The overall spread counts as this many values of each slot, and bounds a slot's spread from below. */
const OVERALL_VALUES = 2;
const LEAST_SHARE = 0.2;
const LEAST_OVERALL_GAIN = 0.005;
/** The drift follows within half a day of hourly values, and explains at most so many spreads: a fault is no weather. */
const DRIFT_GAIN = 0.1;
const MOST_DRIFT = 1.2;
const NOTHING: Unusual = { residual: 0, spreads: 0 };

export function emptyProfile(): ProfileState {
  const slots = () => Array.from({ length: 2 * HOURS }, () => 0);
  return { usual: slots(), latest: slots(), spread: slots(), counts: slots(), overall: 0, drift: 0, rows: 0 };
}

/** Compares a value with its slot, then takes it in. `wallMs`: what the wall clock shows, as if it showed UTC. */
export function unusualAt(
  state: ProfileState,
  wallMs: number,
  value: number,
  { gain, clipSpreads }: ProfileOptions,
): Unusual {
  const slot = slotOf(wallMs);
  const count = state.counts[slot] ?? 0;
  state.counts[slot] = Math.min(count + 1, 2 / gain);
  if (count === 0) {
    state.usual[slot] = value;
    state.latest[slot] = value;
    state.spread[slot] = state.overall;
    return NOTHING;
  }
  const usual = state.usual[slot] ?? 0;
  const own = state.spread[slot] ?? 0;
  const latest = state.latest[slot] ?? 0;
  const apart = value - usual;
  const shared = (own * count + OVERALL_VALUES * state.overall) / (count + OVERALL_VALUES);
  const spread = Math.max(shared, LEAST_SHARE * state.overall);
  const size = Math.abs(apart);
  const step = Math.max(gain, 1 / (count + 1));
  const bound = count < YOUNG ? size : clipSpreads * spread;
  state.usual[slot] = usual + step * Math.max(-bound, Math.min(bound, apart));
  state.latest[slot] = latest + step * (value - latest);
  state.spread[slot] = own + step * (Math.min(size, 3 * spread) - own);
  state.rows += 1;
  const most = state.rows < YOUNG_OVERALL ? size : 4 * state.overall;
  state.overall += Math.max(LEAST_OVERALL_GAIN, 1 / state.rows) * (Math.min(size, most) - state.overall);
  const spreads = spread > 0 ? apart / spread : 0;
  const { drift } = state;
  state.drift += DRIFT_GAIN * (Math.max(-MOST_DRIFT, Math.min(MOST_DRIFT, spreads)) - drift);
  return { residual: value - latest, spreads: spreads - drift };
}

function slotOf(wallMs: number): number {
  const hours = Math.floor(wallMs / HOUR_MS);
  const days = Math.floor(hours / HOURS);
  const weekday = (((days + FIRST_WEEKDAY) % DAYS) + DAYS) % DAYS;
  const isWeekend = weekday === SUNDAY || weekday === SATURDAY;
  return hours - days * HOURS + (isWeekend ? HOURS : 0);
}

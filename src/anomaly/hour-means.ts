import { z } from 'zod';
import { HOUR_MS } from '../domain/interval.ts';

/** So many hours are kept: a night, and the day and the night before it. */
const HOURS = 50;
/** A register that says less often than this says nothing of an hour. */
const REGISTER_GAP_MS = 2 * HOUR_MS;

/** Means of the newest hours of a point. Plain JSON of bounded size. */
export const hourMeansSchema = z.object({
  /** The running hour, in hours since 1970, and what came in it. */
  hour: z.number(),
  sum: z.number(),
  count: z.number(),
  /** Of the hours before it, the newest last; null where nothing came. */
  means: z.array(z.number().nullable()),
  /** The newest of a register. */
  lastMs: z.number().exactOptional(),
  lastValue: z.number().exactOptional(),
});
export type HourMeans = z.infer<typeof hourMeansSchema>;

export function createHourMeans(): HourMeans {
  return { hour: 0, sum: 0, count: 0, means: [] };
}

/** Folds a momentary value. What is of an hour before the running one is passed over. */
export function foldGauge(state: HourMeans, atMs: number, value: number): void {
  const hour = Math.floor(atMs / HOUR_MS);
  if (hour < state.hour) return;
  if (hour > state.hour) {
    const { means } = state;
    if (state.count > 0) means.push(round(state.sum / state.count));
    const gap = state.hour === 0 ? 0 : hour - state.hour - (state.count > 0 ? 1 : 0);
    for (let i = 0; i < Math.min(gap, HOURS); i += 1) means.push(null);
    if (means.length > HOURS) means.splice(0, means.length - HOURS);
    state.hour = hour;
    state.sum = 0;
    state.count = 0;
  }
  state.sum += value;
  state.count += 1;
}

/** Folds a register: its rate since the reading before, per hour. A step back, a leap in time or a late reading is none. */
export function foldRegister(state: HourMeans, atMs: number, value: number): void {
  const { lastMs, lastValue } = state;
  if (lastMs !== undefined && atMs <= lastMs) return;
  state.lastMs = atMs;
  state.lastValue = value;
  if (lastMs === undefined || lastValue === undefined || value < lastValue) return;
  if (atMs - lastMs > REGISTER_GAP_MS) return;
  // It is of the hour in which most of it was.
  foldGauge(state, (atMs + lastMs) / 2, ((value - lastValue) * HOUR_MS) / (atMs - lastMs));
}

/** Means of the hours that begin in [fromMs, toMs): those that are known. `toMs` must not be later than now. */
export function meansIn(state: HourMeans, fromMs: number, toMs: number): number[] {
  const from = Math.ceil(fromMs / HOUR_MS);
  const to = Math.ceil(toMs / HOUR_MS);
  const first = state.hour - state.means.length;
  const found: number[] = [];
  for (let hour = Math.max(from, first); hour < Math.min(to, state.hour); hour += 1) {
    const mean = state.means[hour - first];
    if (mean !== undefined && mean !== null) found.push(mean);
  }
  // The running hour of a point that has not spoken since is over all the same.
  if (state.hour >= from && state.hour < to && state.count > 0) found.push(state.sum / state.count);
  return found;
}

function round(value: number): number {
  return Number(value.toPrecision(6));
}

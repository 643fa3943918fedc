import { z } from 'zod';
import { HOUR_MS } from '../domain/interval.ts';

/** So many hours are kept: a night, and the day and the night before it. */
const HOURS = 50;
/** A register that says less often than this says nothing of an hour. */
const REGISTER_GAP_MS = 2 * HOUR_MS;

/** The mean of an hour in which nothing came. A number, because with a null among them all take 24 bytes instead of 8. */
const NONE = -1e300;

/** Means of the newest hours of a point. Plain JSON of bounded size. */
export const hourMeansSchema = z.object({
  /** The running hour, in hours since 1970, what came in it, and how much that weighs. */
  hour: z.number(),
  sum: z.number(),
  weight: z.number(),
  /** Of the hours before it: that of hour `h` at `h % HOURS`. */
  means: z.array(z.number()).length(HOURS),
  /** The newest of a register. */
  lastMs: z.number().exactOptional(),
  lastValue: z.number().exactOptional(),
});
export type HourMeans = z.infer<typeof hourMeansSchema>;

export function createHourMeans(): HourMeans {
  return { hour: 0, sum: 0, weight: 0, means: new Array<number>(HOURS).fill(NONE) };
}

/** Folds a momentary value. What is of an hour before the running one is passed over. */
export function foldGauge(state: HourMeans, atMs: number, value: number): void {
  fold(state, atMs, value, 1);
}

/**
 * Folds a register: its rate since the reading before, per hour, which weighs as long as it lasted. A step back, a leap in
 * time or a late reading is none.
 */
export function foldRegister(state: HourMeans, atMs: number, value: number): void {
  const { lastMs, lastValue } = state;
  if (lastMs !== undefined && atMs <= lastMs) return;
  state.lastMs = atMs;
  state.lastValue = value;
  if (lastMs === undefined || lastValue === undefined || value < lastValue) return;
  if (atMs - lastMs > REGISTER_GAP_MS) return;
  // It is of the hour in which most of it was.
  fold(state, (atMs + lastMs) / 2, value - lastValue, (atMs - lastMs) / HOUR_MS);
}

/** Means of the hours that begin in [fromMs, toMs): those that are known. `toMs` must not be later than now. */
export function meansIn(
  { hour: running, sum, weight, means }: HourMeans,
  fromMs: number,
  toMs: number,
): number[] {
  const from = Math.ceil(fromMs / HOUR_MS);
  const to = Math.ceil(toMs / HOUR_MS);
  const found: number[] = [];
  for (let hour = Math.max(from, running - HOURS); hour < Math.min(to, running); hour += 1) {
    const mean = means[hour % HOURS];
    if (mean !== undefined && mean !== NONE) found.push(mean);
  }
  // The running hour of a point that has not spoken since is over all the same.
  if (running >= from && running < to && weight > 0) found.push(sum / weight);
  return found;
}

function fold(state: HourMeans, atMs: number, amount: number, weight: number): void {
  const hour = Math.floor(atMs / HOUR_MS);
  if (hour < state.hour) return;
  if (hour > state.hour) turn(state, hour);
  state.sum += amount;
  state.weight += weight;
}

function turn(state: HourMeans, hour: number): void {
  const { means, sum, weight } = state;
  means[state.hour % HOURS] = weight > 0 ? round(sum / weight) : NONE;
  for (let empty = Math.max(state.hour + 1, hour - HOURS); empty < hour; empty += 1) {
    means[empty % HOURS] = NONE;
  }
  state.hour = hour;
  state.sum = 0;
  state.weight = 0;
}

function round(value: number): number {
  return Number(value.toPrecision(6));
}

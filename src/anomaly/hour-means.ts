import { z } from 'zod';
import { HOUR_MS } from '../domain/interval.ts';
import { powersOfTen } from './powers-of-ten.ts';

/** So many hours are kept: a night, and the day and the night before it. */
const HOURS = 50;
/** A register that says less often than this says nothing of an hour. */
const REGISTER_GAP_MS = 2 * HOUR_MS;

/** The mean of an hour in which nothing came, in a snapshot. */
const NONE = -1e300;

const isNumbers = (means: unknown): means is readonly number[] =>
  Array.isArray(means) && means.length === HOURS && means.every((mean) => typeof mean === 'number');

/** Means of the newest hours of a point, of bounded size; as plain JSON they are {@link hoursJson}. */
export const hourMeansSchema = z
  .object({
    /** The running hour, in hours since 1970, what came in it, and how much that weighs. */
    hour: z.number(),
    sum: z.number(),
    weight: z.number(),
    /** Of the hours before it: that of hour `h` at `h % HOURS`. Numbers one by one would take a third of a restart. */
    means: z.custom<readonly number[]>(isNumbers),
    /** The newest of a register. */
    lastMs: z.number().exactOptional(),
    lastValue: z.number().exactOptional(),
  })
  .transform(({ means, ...rest }): HourMeans => {
    const row = newRow();
    for (const [at, mean] of means.entries()) row.block[row.from + at] = mean === NONE ? Number.NaN : mean;
    return { ...rest, ...row };
  });

export type HourMeans = {
  hour: number;
  sum: number;
  weight: number;
  lastMs?: number;
  lastValue?: number;
} & Row;

/** Where the means of a point's hours stand, NaN where nothing came: of six significant digits, which 32 bits hold. */
type Row = { readonly block: Float32Array; readonly from: number };

const BLOCK_ROWS = 64;
let block = new Float32Array(0);
let nextRow = BLOCK_ROWS;

/** Of a block for many points: a typed array for each would take as much as its numbers beside them. */
function newRow(): Row {
  if (nextRow === BLOCK_ROWS) {
    block = new Float32Array(BLOCK_ROWS * HOURS).fill(Number.NaN);
    nextRow = 0;
  }
  nextRow += 1;
  return { block, from: (nextRow - 1) * HOURS };
}

export function createHourMeans(): HourMeans {
  return { hour: 0, sum: 0, weight: 0, ...newRow() };
}

export function hoursJson({ block: of, from, ...rest }: HourMeans): z.input<typeof hourMeansSchema> {
  const means = Array.from({ length: HOURS }, (_, at) => {
    const mean = of[from + at];
    return mean === undefined || Number.isNaN(mean) ? NONE : six(mean);
  });
  return { ...rest, means };
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
  { hour: running, sum, weight, block: of, from: row }: HourMeans,
  fromMs: number,
  toMs: number,
): number[] {
  const from = Math.ceil(fromMs / HOUR_MS);
  const to = Math.ceil(toMs / HOUR_MS);
  const found: number[] = [];
  for (let hour = Math.max(from, running - HOURS); hour < Math.min(to, running); hour += 1) {
    const mean = of[row + (hour % HOURS)];
    if (mean !== undefined && !Number.isNaN(mean)) found.push(six(mean));
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
  const { block: of, from, sum, weight } = state;
  of[from + (state.hour % HOURS)] = weight > 0 ? Number((sum / weight).toPrecision(6)) : Number.NaN;
  for (let empty = Math.max(state.hour + 1, hour - HOURS); empty < hour; empty += 1) {
    of[from + (empty % HOURS)] = Number.NaN;
  }
  state.hour = hour;
  state.sum = 0;
  state.weight = 0;
}

/**
 * The number of six significant digits that 32 bits stand for, as `toPrecision` has it, which takes ten times as long: they are near
 * to it, never half-way between two.
 */
function six(value: number): number {
  const size = Math.abs(value);
  const scale = 5 - Math.floor(Math.log10(size));
  const power = powersOfTen[Math.abs(scale)];
  if (size === 0 || power === undefined) return Number(value.toPrecision(6));
  return scale < 0 ? Math.round(value / power) * power : Math.round(value * power) / power;
}

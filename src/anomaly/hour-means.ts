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

/** Means of the newest hours of a point, of bounded size, from the plain JSON that {@link hoursJson} makes of them. */
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
  .transform(({ hour, sum, weight, lastMs = Number.NaN, lastValue = Number.NaN, means }): HourMeans => {
    const state = createHourMeans();
    const { block, row } = state;
    block.running.set([hour, sum, weight, lastMs, lastValue], row * RUNNING);
    const known = means.map((mean) => (mean === NONE ? Number.NaN : mean));
    block.means.set(known, row * HOURS);
    return state;
  });

/**
 * Where the numbers of a point lie: in a block that many points share, since an object of them, or arrays of their own, would
 * take as much beside the numbers as these.
 */
export type HourMeans = { readonly block: Block; readonly row: number };

type Block = {
  /** For each row the running hour, its sum and weight, and the time and value of a register's newest; NaN: none. */
  readonly running: Float64Array;
  /** For each row the means of its hours, NaN where nothing came: of six significant digits, which 32 bits hold. */
  readonly means: Float32Array;
};
const [SUM, WEIGHT, LAST_MS, LAST_VALUE, RUNNING] = [1, 2, 3, 4, 5];

const BLOCK_ROWS = 64;
let block: Block = newBlock(0);
let nextRow = BLOCK_ROWS;

function newBlock(rows: number): Block {
  const means = new Float32Array(rows * HOURS).fill(Number.NaN);
  return { running: new Float64Array(rows * RUNNING), means };
}

export function createHourMeans(): HourMeans {
  if (nextRow === BLOCK_ROWS) {
    block = newBlock(BLOCK_ROWS);
    nextRow = 0;
  }
  const row = nextRow;
  nextRow += 1;
  block.running.set([0, 0, 0, Number.NaN, Number.NaN], row * RUNNING);
  return { block, row };
}

export function hoursJson({ block: of, row }: HourMeans): z.input<typeof hourMeansSchema> {
  const means = Array.from({ length: HOURS }, (_, at) => {
    const mean = of.means[row * HOURS + at];
    return mean === undefined || Number.isNaN(mean) ? NONE : six(mean);
  });
  const at = row * RUNNING;
  const [hour = 0, sum = 0, weight = 0, lastMs = Number.NaN, lastValue = 0] = of.running.subarray(
    at,
    at + RUNNING,
  );
  return { hour, sum, weight, means, ...(Number.isNaN(lastMs) ? {} : { lastMs, lastValue }) };
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
  const { running } = state.block;
  const at = state.row * RUNNING;
  const [lastMs = Number.NaN, lastValue = Number.NaN] = [running[at + LAST_MS], running[at + LAST_VALUE]];
  if (atMs <= lastMs) return;
  running[at + LAST_MS] = atMs;
  running[at + LAST_VALUE] = value;
  if (Number.isNaN(lastMs) || value < lastValue || atMs - lastMs > REGISTER_GAP_MS) return;
  // It is of the hour in which most of it was.
  fold(state, (atMs + lastMs) / 2, value - lastValue, (atMs - lastMs) / HOUR_MS);
}

/** Means of the hours that begin in [fromMs, toMs): those that are known. `toMs` must not be later than now. */
export function meansIn({ block: of, row }: HourMeans, fromMs: number, toMs: number): number[] {
  const from = Math.ceil(fromMs / HOUR_MS);
  const to = Math.ceil(toMs / HOUR_MS);
  const at = row * RUNNING;
  const [running = 0, sum = 0, weight = 0] = [of.running[at], of.running[at + SUM], of.running[at + WEIGHT]];
  const found: number[] = [];
  for (let hour = Math.max(from, running - HOURS); hour < Math.min(to, running); hour += 1) {
    const mean = of.means[row * HOURS + (hour % HOURS)];
    if (mean !== undefined && !Number.isNaN(mean)) found.push(six(mean));
  }
  // The running hour of a point that has not spoken since is over all the same.
  if (running >= from && running < to && weight > 0) found.push(sum / weight);
  return found;
}

function fold({ block: of, row }: HourMeans, atMs: number, amount: number, weight: number): void {
  const { running } = of;
  const at = row * RUNNING;
  const hour = Math.floor(atMs / HOUR_MS);
  const before = running[at] ?? 0;
  if (hour < before) return;
  if (hour > before) turn(of, row, hour);
  running[at + SUM] = (running[at + SUM] ?? 0) + amount;
  running[at + WEIGHT] = (running[at + WEIGHT] ?? 0) + weight;
}

function turn({ running, means }: Block, row: number, hour: number): void {
  const [at, from] = [row * RUNNING, row * HOURS];
  const [before = 0, sum = 0, weight = 0] = [running[at], running[at + SUM], running[at + WEIGHT]];
  means[from + (before % HOURS)] = weight > 0 ? Number((sum / weight).toPrecision(6)) : Number.NaN;
  for (let empty = Math.max(before + 1, hour - HOURS); empty < hour; empty += 1) {
    means[from + (empty % HOURS)] = Number.NaN;
  }
  running[at] = hour;
  running[at + SUM] = 0;
  running[at + WEIGHT] = 0;
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

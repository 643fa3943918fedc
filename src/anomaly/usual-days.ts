import { z } from 'zod';
import { MAD_TO_SIGMA, median } from './median.ts';
import { pack, packedSchema, packedWith, unpack } from './packed-numbers.ts';

/** So many ordinary days are remembered: the season changes, and with it what is usual. */
const DAYS = 42;
/** Huber's constant: residuals beyond this many spreads count less. */
const HUBER = 1.5;
const ROUNDS = 3;
/** Keeps drivers that hardly varied so far from explaining much. */
const RIDGE = 0.02;
/**
 * Ordinary days, the newest last: of each the value, then what drives it (as the outdoor temperature). All in one row of packed
 * numbers, `width` of them a day: an array for each day took fifteen times as much.
 */
export const usualDaysSchema = z.object({
  width: z.number(),
  numbers: packedSchema,
});
export type UsualDays = z.infer<typeof usualDaysSchema>;
/** One of them. */
export type Day = readonly number[];

export type Expectation = {
  readonly expected: number;
  /** Standard deviation of a day like this one, that of the line itself included. */
  readonly spread: number;
  /** The value against it, in spreads. */
  readonly z: number;
};

export function noDays(): UsualDays {
  return { width: 0, numbers: '' };
}

/** Days that were known by other drivers are forgotten. All of it to five significant digits. */
export function learnDay(days: UsualDays, value: number, drivers: readonly number[]): void {
  const day = [value, ...drivers];
  const before = days.width === day.length ? days.numbers : '';
  days.width = day.length;
  days.numbers = packedWith(before, day, DAYS * day.length);
}

export function daysOf({ width, numbers }: UsualDays): Day[] {
  const all = unpack(numbers);
  return Array.from({ length: width === 0 ? 0 : all.length / width }, (_, i) =>
    all.slice(i * width, (i + 1) * width),
  );
}

/** Remembers these in place of what was: those that are as wide as the last. To five significant digits. */
export function keepDays(days: UsualDays, all: readonly Day[]): void {
  days.width = all.at(-1)?.length ?? 0;
  days.numbers = pack(all.filter(({ length }) => length === days.width).flat());
}

/**
 * What a day's value should be by the ordinary days before it: a robust line through them (least squares with Huber's
 * weights) over what drives it. Undefined while fewer than `minDays` are known. `minSpread`: differences of this size
 * are ordinary however alike the days were.
 */
export function expectDay(
  days: UsualDays,
  value: number,
  drivers: readonly number[],
  { minDays, minSpread }: { readonly minDays: number; readonly minSpread: number },
): Expectation | undefined {
  const known = daysOf(days);
  // Days that an older version knew by fewer drivers say nothing of these.
  if (days.width <= drivers.length || known.length < Math.max(minDays, drivers.length + 3)) return undefined;
  const scales = drivers.map((_, i) => {
    const column = known.map((day) => day[i + 1] ?? 0);
    const mean = sum(column) / column.length;
    const deviation = Math.sqrt(sum(column.map((one) => (one - mean) ** 2)) / column.length);
    return { mean, deviation: deviation > 0 ? deviation : 1 };
  });
  const scaled = (of: readonly number[]) => [
    1,
    ...scales.map(({ mean, deviation }, i) => ((of[i] ?? 0) - mean) / deviation),
  ];
  const rows = known.map((day) => scaled(day.slice(1)));
  const values = known.map(([first = 0]) => first);
  const today = scaled(drivers);
  const size = today.length;
  let weights = rows.map(() => 1);
  let line: number[] = [];
  let normal: number[][] = [];
  let sigma = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    normal = today.map((_, a) =>
      today.map(
        (__, b) =>
          sum(rows.map((row, i) => (weights[i] ?? 0) * (row[a] ?? 0) * (row[b] ?? 0))) +
          (a === b && a > 0 ? RIDGE * rows.length : 0),
      ),
    );
    const right = today.map((_, a) =>
      sum(rows.map((row, i) => (weights[i] ?? 0) * (row[a] ?? 0) * (values[i] ?? 0))),
    );
    line = solve(normal, right);
    const residuals = rows.map((row, i) => Math.abs((values[i] ?? 0) - dot(row, line)));
    sigma = MAD_TO_SIGMA * median(residuals) * Math.sqrt(rows.length / Math.max(rows.length - size, 1));
    const bound = HUBER * Math.max(sigma, 1e-9);
    weights = residuals.map((residual) => Math.min(1, bound / Math.max(residual, 1e-12)));
  }
  const expected = dot(today, line);
  const leverage = Math.max(dot(today, solve(normal, today)), 0);
  const spread = Math.max(sigma, minSpread, 1e-9) * Math.sqrt(1 + leverage);
  return { expected, spread, z: (value - expected) / spread };
}

function sum(values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return sum(a.map((one, i) => one * (b[i] ?? 0)));
}

/** Gauss, with the largest pivot. A matrix without an inverse gives what can be had: nothing along what never varied. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i] ?? 0]);
  const at = (i: number, j: number) => rows[i]?.[j] ?? 0;
  const size = rows.length;
  for (let i = 0; i < size; i += 1) {
    let pivot = i;
    for (let k = i + 1; k < size; k += 1) if (Math.abs(at(k, i)) > Math.abs(at(pivot, i))) pivot = k;
    const [a, b] = [rows[i], rows[pivot]];
    if (a === undefined || b === undefined || Math.abs(b[i] ?? 0) < 1e-12) continue;
    rows[i] = b;
    rows[pivot] = a;
    for (let k = i + 1; k < size; k += 1) {
      const factor = at(k, i) / at(i, i);
      rows[k] = (rows[k] ?? []).map((one, j) => (j < i ? one : one - factor * at(i, j)));
    }
  }
  const found = new Array<number>(size).fill(0);
  for (let i = size - 1; i >= 0; i -= 1) {
    if (Math.abs(at(i, i)) < 1e-12) continue;
    let rest = at(i, size);
    for (let j = i + 1; j < size; j += 1) rest -= at(i, j) * (found[j] ?? 0);
    found[i] = rest / at(i, i);
  }
  return found;
}

import { HOUR_MS } from '../../../src/domain/interval.ts';
import { zoneOf } from '../../../src/domain/zone.ts';

/** Hourly means of one building on an unbroken grid; NaN is missing. */
export type Hours = { readonly fromMs: number; readonly values: Float64Array };

/** A curve, or many of them at the same places. */
export type Curve = { readonly x: readonly number[]; readonly y: readonly number[] };
export type Band = {
  readonly x: readonly number[];
  readonly low: readonly number[];
  readonly middle: readonly number[];
  readonly high: readonly number[];
};

/** What is compared: all of it is relative to a building's own mean, because no two are of one size. */
export const shapes = {
  'load duration': durationCurve,
  'week of working and free days': weekCurve,
  autocorrelation: autocorrelationCurve,
} as const satisfies Record<string, (hours: Hours, timeZone: string) => Curve>;

/** Highest first: share of the time against multiples of the mean. */
function durationCurve({ values }: Hours): Curve {
  const known = values.filter((value) => !Number.isNaN(value)).toSorted((a, b) => b - a);
  const middle = meanOf(known);
  const x = Array.from({ length: 51 }, (_, i) => 2 * i);
  return { x, y: x.map((percent) => quantile(known, percent / 100) / middle) };
}

/** Hours 0 to 23 of working days (Monday to Friday), 24 to 47 of Saturdays and Sundays; multiples of the mean. */
function weekCurve({ fromMs, values }: Hours, timeZone: string): Curve {
  const { local } = zoneOf(timeZone);
  const sums = new Float64Array(48);
  const counts = new Float64Array(48);
  for (const [i, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    const { weekday, minuteOfDay } = local(fromMs + i * HOUR_MS);
    const place = Math.floor(minuteOfDay / 60) + (weekday >= 6 ? 24 : 0);
    sums[place] = (sums[place] ?? 0) + value;
    counts[place] = (counts[place] ?? 0) + 1;
  }
  const middle = meanOf(values.filter((value) => !Number.isNaN(value)));
  const x = Array.from({ length: 48 }, (_, i) => i);
  return { x, y: x.map((i) => (sums[i] ?? 0) / (counts[i] ?? 1) / middle) };
}

/** Over lags of up to a week, hours. */
function autocorrelationCurve({ values }: Hours): Curve {
  const middle = meanOf(values.filter((value) => !Number.isNaN(value)));
  const x = [1, 2, 3, ...Array.from({ length: 56 }, (_, i) => 3 * i + 3).slice(1)];
  const lagged = (lag: number) => {
    let [sum, count] = [0, 0];
    for (let i = lag; i < values.length; i += 1) {
      const product = ((values[i] ?? Number.NaN) - middle) * ((values[i - lag] ?? Number.NaN) - middle);
      if (Number.isNaN(product)) continue;
      sum += product;
      count += 1;
    }
    return sum / count;
  };
  const variance = lagged(0);
  return { x, y: x.map((lag) => lagged(lag) / variance) };
}

/** What half and four fifths of the buildings do. */
export function bandOf(curves: readonly Curve[]): Band {
  const x = curves[0]?.x ?? [];
  const at = (share: number) =>
    x.map((_, i) =>
      quantile(
        curves.map(({ y }) => y[i] ?? 0).toSorted((a, b) => a - b),
        share,
      ),
    );
  return { x, low: at(0.1), middle: at(0.5), high: at(0.9) };
}

function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const [before, after] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0];
  return before + (after - before) * (place - Math.floor(place));
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

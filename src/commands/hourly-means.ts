import { HOUR_MS } from '../domain/interval.ts';
import { type Point, pointKey, type Reading } from '../domain/reading.ts';
import type { ReadingStore } from '../store/store.ts';

/** Means by the hour of what has been read, as a store gives them; as large as the points' hours are many. */
export type HourlyMeans = Pick<ReadingStore, 'means'> & {
  readonly add: (reading: Pick<Reading, 'point' | 'atMs' | 'value'>) => void;
  /** From the first hour to the end of the last; undefined while there is none. */
  readonly span: () => { readonly fromMs: number; readonly toMs: number } | undefined;
};

export function createHourlyMeans(): HourlyMeans {
  const points = new Map<string, Map<number, { sum: number; count: number }>>();
  let [firstMs, lastMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const keyOf = (point: Point) => pointKey(point);
  return {
    add: ({ point, atMs, value }) => {
      const hourMs = Math.floor(atMs / HOUR_MS) * HOUR_MS;
      const hours = points.get(keyOf(point)) ?? new Map<number, { sum: number; count: number }>();
      points.set(keyOf(point), hours);
      const { sum, count } = hours.get(hourMs) ?? { sum: 0, count: 0 };
      hours.set(hourMs, { sum: sum + value, count: count + 1 });
      firstMs = Math.min(firstMs, hourMs);
      lastMs = Math.max(lastMs, hourMs + HOUR_MS);
    },
    span: () => (firstMs < lastMs ? { fromMs: firstMs, toMs: lastMs } : undefined),
    means: async ({ point, fromMs, toMs, stepMs }) => {
      const steps = new Map<number, { sum: number; count: number }>();
      for (const [hourMs, { sum, count }] of points.get(keyOf(point)) ?? []) {
        if (hourMs < fromMs || hourMs >= toMs) continue;
        const stepFromMs = fromMs + Math.floor((hourMs - fromMs) / stepMs) * stepMs;
        const known = steps.get(stepFromMs) ?? { sum: 0, count: 0 };
        steps.set(stepFromMs, { sum: known.sum + sum, count: known.count + count });
      }
      return [...steps]
        .toSorted(([a], [b]) => a - b)
        .map(([stepFromMs, { sum, count }]) => ({ fromMs: stepFromMs, mean: sum / count, count }));
    },
  };
}

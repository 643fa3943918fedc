import type { Arena } from './arena.ts';
import { rows } from './features.ts';
import { createKeptMeans, type KeptMeans } from './kept-means.ts';
import { settings } from './settings.ts';

/** Exponential means of the deviation from the usual load, and its scale. */
export type RecentMeans = {
  /** Mean size of a deviation, kW; NaN before the first. */
  readonly scale: () => number;
  readonly add: (deviation: number, usual: number) => void;
  readonly keep: KeptMeans['keep'];
};

/** Smallest scale, as a share of the usual load: a constant load has no deviations to measure by. */
const LEAST_SHARE = 1e-6;
const FIRST_SHARE = 0.1;
const FIRST_COUNT = 10;

export function createRecentMeans(arena: Arena, stepsPerHour: number): RecentMeans {
  const means = createKeptMeans(arena, [
    { row: rows.lastDay, share: 1 / (settings.lastDayHours * stepsPerHour) },
    { row: rows.lastHours, share: 1 / (settings.lastHoursHours * stepsPerHour) },
    { row: rows.lastWeek, share: 1 / (settings.lastWeekHours * stepsPerHour) },
    { row: rows.lastStep, share: 1 },
  ]);
  const scale = arena.take(1, Number.NaN);
  const count = arena.take(1);
  const scaleOf = () => scale[0] ?? Number.NaN;
  return {
    scale: scaleOf,
    add: (deviation, usual) => {
      const before = Number.isNaN(scaleOf()) ? Math.abs(usual) * FIRST_SHARE : scaleOf();
      const seen = (count[0] ?? 0) + 1;
      count[0] = seen;
      const share = Math.max(1 / (settings.scaleDays * 24 * stepsPerHour), 1 / (seen + FIRST_COUNT));
      const now = before + share * (Math.abs(deviation) - before);
      scale[0] = Math.max(now, Math.abs(usual) * LEAST_SHARE, Number.MIN_VALUE * 1e20);
      const most = settings.cutScales * scaleOf();
      means.add(Math.min(Math.max(deviation, -most), most));
    },
    keep: means.keep,
  };
}

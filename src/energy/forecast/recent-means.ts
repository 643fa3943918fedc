import type { Arena } from './arena.ts';
import { rows } from './features.ts';
import type { Rings } from './rings.ts';
import { settings } from './settings.ts';

/** Exponential means of the deviation from the usual load, and its scale. */
export type RecentMeans = {
  /** Mean size of a deviation, kW; NaN before the first. */
  readonly scale: () => number;
  readonly add: (deviation: number, usual: number) => void;
  /** Writes the means as they are after a step, known or not, into its place. */
  readonly keep: (rings: Rings, wall: number) => void;
};

/** Smallest scale, as a share of the usual load: a constant load has no deviations to measure by. */
const LEAST_SHARE = 1e-6;
const FIRST_SHARE = 0.1;
const FIRST_COUNT = 10;

export function createRecentMeans(arena: Arena, stepsPerHour: number): RecentMeans {
  const kinds = [
    { row: rows.lastDay, share: 1 / (settings.lastDayHours * stepsPerHour) },
    { row: rows.lastHours, share: 1 / (settings.lastHoursHours * stepsPerHour) },
    { row: rows.lastWeek, share: 1 / (settings.lastWeekHours * stepsPerHour) },
    { row: rows.lastStep, share: 1 },
  ];
  const means = arena.take(kinds.length);
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
      const cut = Math.min(Math.max(deviation, -most), most);
      for (const [i, { share: part }] of kinds.entries()) {
        means[i] = (means[i] ?? 0) + part * (cut - (means[i] ?? 0));
      }
    },
    keep: (rings, wall) => {
      for (const [i, { row }] of kinds.entries()) rings.set(row, wall, means[i] ?? 0);
    },
  };
}

import type { Arena } from './arena.ts';
import { rows } from './features.ts';
import type { Rings } from './rings.ts';
import { settings } from './settings.ts';

/** The highest and the lowest load of late: extremes that come back to the mean load little by little. */
export type Reach = {
  readonly add: (load: number, level: number) => void;
  /** Writes them as they are after a step, known or not, into its place. */
  readonly keep: (rings: Rings, wall: number) => void;
  /** Where a load lies from the lowest (0) to the highest (1), as they were after a step; the middle while they are one. */
  readonly heightOf: (rings: Rings, wall: number, load: number) => number;
};

export function createReach(arena: Arena, stepsPerDay: number): Reach {
  const ends = arena.take(2, Number.NaN);
  const share = 1 / (settings.reachDays * stepsPerDay);
  const relaxed = (end: number, level: number) => end + (level - end) * share;
  return {
    add: (load, level) => {
      const [highest = load, lowest = load] = ends;
      ends[0] = Number.isNaN(highest) ? load : Math.max(load, relaxed(highest, level));
      ends[1] = Number.isNaN(lowest) ? load : Math.min(load, relaxed(lowest, level));
    },
    keep: (rings, wall) => {
      rings.set(rows.highest, wall, ends[0] ?? Number.NaN);
      rings.set(rows.lowest, wall, ends[1] ?? Number.NaN);
    },
    heightOf: (rings, wall, load) => {
      const lowest = rings.at(rows.lowest, wall);
      const height = (load - lowest) / (rings.at(rows.highest, wall) - lowest);
      return Number.isFinite(height) ? Math.min(Math.max(height, 0), 1) : 0.5;
    },
  };
}

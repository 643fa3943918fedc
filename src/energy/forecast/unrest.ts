import type { Arena } from './arena.ts';
import { rows } from './features.ts';
import type { Rings } from './rings.ts';
import { settings } from './settings.ts';

/** How large errors are of late, beside the mean ones of their places; 1 is usual. */
export type Unrest = {
  readonly add: (size: number) => void;
  /** Writes it as it is after a step, known or not, into its place. */
  readonly keep: (rings: Rings, wall: number) => void;
  /** As it was after a step. */
  readonly at: (rings: Rings, wall: number) => number;
};

export function createUnrest(arena: Arena, stepsPerHour: number): Unrest {
  const mean = arena.take(1, 1);
  const share = 1 / (settings.unrestHours * stepsPerHour);
  return {
    add: (size) => {
      mean[0] = (mean[0] ?? 1) + share * (size - (mean[0] ?? 1));
    },
    keep: (rings, wall) => rings.set(rows.unrest, wall, mean[0] ?? 1),
    at: (rings, wall) => {
      const unrest = rings.at(rows.unrest, wall);
      return Number.isNaN(unrest) ? 1 : unrest;
    },
  };
}

import type { Arena } from './arena.ts';
import { rows } from './features.ts';
import type { Rings } from './rings.ts';
import { settings } from './settings.ts';

/**
 * By how much the load of late missed what had been forecast of it hours before. A load may be far from what is usual as it was
 * expected to be; what nobody expected says more of the next hours.
 */
export type Misses = {
  readonly add: (miss: number) => void;
  /** Writes them as they are after a step, known or not, into its place. */
  readonly keep: (rings: Rings, wall: number) => void;
};

export function createMisses(arena: Arena, stepsPerHour: number): Misses {
  const kinds = [
    { row: rows.lastMiss, share: 1 },
    { row: rows.lastMisses, share: 1 / (settings.lastHoursHours * stepsPerHour) },
  ];
  const means = arena.take(kinds.length);
  return {
    add: (miss) => {
      for (const [i, { share }] of kinds.entries()) {
        means[i] = (means[i] ?? 0) + share * (miss - (means[i] ?? 0));
      }
    },
    keep: (rings, wall) => {
      for (const [i, { row }] of kinds.entries()) rings.set(row, wall, means[i] ?? 0);
    },
  };
}

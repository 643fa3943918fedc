import type { Arena } from './arena.ts';
import { rows } from './features.ts';
import { createKeptMeans, type KeptMeans } from './kept-means.ts';
import { settings } from './settings.ts';

/**
 * By how much the load of late missed what had been forecast of it hours before. A load may be far from what is usual as it was
 * expected to be; what nobody expected says more of the next hours.
 */
export function createMisses(arena: Arena, stepsPerHour: number): KeptMeans {
  return createKeptMeans(arena, [
    { row: rows.lastMiss, share: 1 },
    { row: rows.lastMisses, share: 1 / (settings.lastHoursHours * stepsPerHour) },
  ]);
}

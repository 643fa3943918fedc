import { DAY_MS, HOUR_MS } from '../../src/domain/interval.ts';
import { quantities } from '../../src/domain/quantity.ts';
import type { Chance } from '../chance.ts';
import type { SensorPoint } from './points.ts';

const KEPT = 50;

/** What a meter keeps of its registers at each full hour (UTC), to say the day before once a day at an hour of its own. */
export function createDayBook(chance: Chance) {
  const hour = 1 + Math.floor(6 * chance.fork('day book').at(0));
  const kept = new Map<SensorPoint, Map<number, number>>();
  return {
    isDue: (atMs: number): boolean => Math.floor((atMs % DAY_MS) / HOUR_MS) === hour,
    note: (point: SensorPoint, value: number | undefined, atMs: number): void => {
      if (value === undefined || quantities[point.carried.quantity].kind !== 'register') return;
      const own = kept.get(point) ?? new Map<number, number>();
      kept.set(point, own.set(atMs, value));
      for (const oldMs of own.keys()) if (own.size > KEPT) own.delete(oldMs);
    },
    /** The 24 hours up to the last midnight, as far as it was there. */
    of: (point: SensorPoint, atMs: number): readonly { readonly value: number; readonly agoMs: number }[] => {
      const own = kept.get(point);
      if (!own) return [];
      const midnightMs = atMs - (atMs % DAY_MS);
      const first = [...own.keys()][0] ?? atMs;
      return Array.from({ length: 25 }, (_, i) => midnightMs - DAY_MS + i * HOUR_MS).map((hourMs) => ({
        // Before it was put in, it stood where it began.
        value: own.get(Math.max(hourMs, first)) ?? own.get(first) ?? 0,
        agoMs: atMs - hourMs,
      }));
    },
  };
}

import { z } from 'zod';
import type { Alert } from '../domain/alert.ts';

/** What begins more than `times` within a time is held open until it has been calm for another; ms. */
export type Flapping = { readonly times: number; readonly withinMs: number; readonly calmMs: number };

/** When the alerts of a building fired, by rule and subject: those within the time only. */
export const flapsSchema = z.record(z.string(), z.array(z.number()));
type Flaps = z.infer<typeof flapsSchema>;

/** Counts how often alerts begin, in event time, so that a replay holds the same of them. */
export function createFlapWatch() {
  let settings: Flapping | undefined;
  let buildings = new Map<string, Flaps>();

  return {
    use: (next: Flapping | undefined): void => {
      settings = next;
      if (next === undefined) buildings = new Map();
    },
    calmMs: (): number => settings?.calmMs ?? 0,
    /** An alert fires; gives what makes it a flapping one. */
    begins: (building: string, key: string, atMs: number): Alert['flapping'] => {
      if (settings === undefined) return undefined;
      const { times, withinMs } = settings;
      const flaps = buildings.get(building) ?? {};
      buildings.set(building, flaps);
      for (const [other, fired] of Object.entries(flaps)) {
        if ((fired.at(-1) ?? 0) <= atMs - withinMs) delete flaps[other];
      }
      const fired = [...(flaps[key] ?? []).filter((one) => one > atMs - withinMs), atMs];
      flaps[key] = fired;
      return fired.length > times ? { times: fired.length, sinceMs: fired[0] ?? atMs } : undefined;
    },
    /** It has been calm: what comes is counted anew. */
    calm: (building: string, key: string): void => {
      delete buildings.get(building)?.[key];
    },
    snapshot: (building: string): readonly [] | readonly [Flaps] => {
      const flaps = buildings.get(building);
      return flaps === undefined || Object.keys(flaps).length === 0 ? [] : [flaps];
    },
    restore: (building: string, flaps: Flaps): void => {
      buildings.set(building, flaps);
    },
  };
}

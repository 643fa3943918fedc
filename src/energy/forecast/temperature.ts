import type { Arena } from './arena.ts';
import { createMeans } from './profiles.ts';
import { settings } from './settings.ts';

const HOURS = 24;

/** Outdoor temperature as far as it was seen: what is usual at the hour, how far from it, what the building feels. */

export function createTemperature(arena: Arena, stepsPerHour: number) {
  const usual = createMeans(arena, HOURS, 1 / (settings.climateDays * stepsPerHour));
  const anomaly = arena.take(1);
  const felt = arena.take(1, Number.NaN);
  const inertia = 1 / (settings.inertiaHours * stepsPerHour);
  return {
    /** NaN until a temperature was seen. */
    heatingC: (): number => heatingDegrees(felt[0] ?? Number.NaN),
    add: (hour: number, outdoorC: number): void => {
      if (Number.isNaN(outdoorC)) return;
      usual.add(hour, outdoorC);
      const seen = felt[0] ?? Number.NaN;
      felt[0] = Number.isNaN(seen) ? outdoorC : seen + inertia * (outdoorC - seen);
      anomaly[0] =
        (anomaly[0] ?? 0) + (outdoorC - usual.at(hour) - (anomaly[0] ?? 0)) / (HOURS * stepsPerHour);
    },
    /**
     * Heating degrees ahead, asked step by step from the next one on: the anomaly of the last day fades into what is
     * usual at the hour, and the building follows by its inertia. A temperature that is given replaces the guess.
     */
    ahead: (): ((hour: number, step: number, givenC?: number) => number) => {
      let feels = felt[0] ?? Number.NaN;
      const now = anomaly[0] ?? 0;
      return (hour, step, givenC = Number.NaN) => {
        const normal = usual.at(hour);
        const fade = Math.exp(-step / (settings.temperatureFadeHours * stepsPerHour));
        const guess = Number.isNaN(normal) ? feels : normal + now * fade;
        feels += inertia * ((Number.isNaN(givenC) ? guess : givenC) - feels);
        return heatingDegrees(feels);
      };
    },
  };
}

function heatingDegrees(feltC: number): number {
  return Math.max(settings.heatingBelowC - feltC, 0);
}

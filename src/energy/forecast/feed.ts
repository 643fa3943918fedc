import type { Load } from '../loads/load-file.ts';
import type { Weather } from '../loads/weather-file.ts';
import { createForecaster, type Forecaster } from './forecast.ts';

export type FeedOptions = {
  readonly load: Load;
  readonly weather?: Weather | undefined;
  /** IANA name. */
  readonly zone: string;
};

/** A forecaster that is led through a load, seeing of load and weather only the steps that have ended. */
export type Feed = {
  readonly forecaster: Forecaster;
  /** Start of the step that holds a moment. */
  readonly stepAt: (atMs: number) => number;
  /** Everything up to the step that holds a moment; of steps after the load's end nothing is known. Never back. */
  readonly until: (atMs: number) => void;
};

export function createFeed({ load, weather, zone }: FeedOptions): Feed {
  const { fromMs, spacingMs, kw } = load;
  const forecaster = createForecaster({ zone, stepMs: spacingMs });
  const temperatureAt = ({ fromMs: firstMs, spacingMs: stepMs, temperatureC }: Weather, atMs: number) =>
    temperatureC[Math.floor((atMs - firstMs) / stepMs)] ?? Number.NaN;
  const stepAt = (atMs: number) => fromMs + Math.floor((atMs - fromMs) / spacingMs) * spacingMs;
  let next = 0;
  return {
    forecaster,
    stepAt,
    until: (atMs) => {
      const end = Math.floor((atMs - fromMs) / spacingMs);
      for (; next < Math.min(end, kw.length); next += 1) {
        const stepMs = fromMs + next * spacingMs;
        const outdoorC = weather ? temperatureAt(weather, stepMs) : Number.NaN;
        forecaster.add(stepMs, kw[next] ?? Number.NaN, outdoorC);
      }
      if (next >= end) return;
      // The forecaster takes what is left out for missing.
      forecaster.add(fromMs + (end - 1) * spacingMs, Number.NaN);
      next = end;
    },
  };
}

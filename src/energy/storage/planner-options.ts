import type { ForecastStep } from '../forecast/forecast.ts';
import type { Tariff } from '../tariffs/compile-tariff.ts';
import type { StoragePrices } from './prices.ts';
import type { Stays } from './stays.ts';

/** What every policy that plans over a forecast is given. */
export type PlannerOptions = {
  readonly stays: Stays;
  readonly tariff: Tariff;
  readonly stepMs: number;
  readonly prices: StoragePrices;
  readonly horizonMs: number;
  /** When the simulation ends. */
  readonly endMs: number;
  readonly forecaster: {
    readonly add: (fromMs: number, kw: number) => void;
    readonly forecast: (steps: number) => readonly ForecastStep[];
  };
};

import type { SiteBattery } from '../../domain/register.ts';
import { createForecaster } from '../forecast/forecast.ts';
import type { Tariff } from '../tariffs/compile-tariff.ts';
import type { StorageSite } from './battery.ts';
import { createLevelPolicy } from './level-policy.ts';
import type { MarketPrices } from './prices.ts';
import { simulate } from './simulate.ts';
import { alwaysThere } from './stays.ts';

export type LivePlanOptions = {
  readonly battery: SiteBattery;
  readonly tariff: Tariff;
  readonly stepMs: number;
  /** Prices of the market; may grow while the plan goes on. */
  readonly market?: MarketPrices | undefined;
  /** When it begins to work: what is told before is learnt from, the last weeks of it as if there had been the battery. */
  readonly startMs: number;
};

/** What a battery is to do in a step, kW: `powerKw` at its terminals (positive charges), or better `gridKw` at the main meter. */
export type LivePoint = { readonly powerKw: number; readonly gridKw: number };

/** Follows one battery as `kvarter shave` does, with no end: it is told of each step that is over, and asked for the next. */
export type LivePlan = {
  /** A step is over: net load without the battery, and what came from the grid, kW; NaN is unknown. In order, none left out. */
  readonly note: (fromMs: number, netKw: number, gridKw: number) => void;
  /** For the step after the last one; undefined while nothing is expected of the load. `storedKwh`: all that is in the battery. */
  readonly pointFor: (fromMs: number, storedKwh: number) => LivePoint | undefined;
};

export function createLivePlan({ battery, tariff, stepMs, market, startMs }: LivePlanOptions): LivePlan {
  const reserveKwh = battery.reserve * battery.capacityKwh;
  const site: StorageSite = {
    battery: {
      capacityKwh: battery.capacityKwh - reserveKwh,
      chargeKw: battery.chargeKw,
      dischargeKw: battery.dischargeKw,
      chargeEfficiency: battery.chargeEfficiency,
      dischargeEfficiency: battery.dischargeEfficiency,
      lossPerHour: battery.lossPerHour,
      initialKwh: 0,
      finalKwh: 0,
    },
    importLimitKw: battery.importLimitKw ?? Number.POSITIVE_INFINITY,
    exportLimitKw: battery.exportLimitKw,
  };
  const forecaster = createForecaster({ zone: tariff.timeZone, stepMs });
  const never = Number.POSITIVE_INFINITY;
  const policy = createLevelPolicy({
    stays: alwaysThere(site, never),
    tariff,
    stepMs,
    market,
    horizonMs: never,
    startMs,
    endMs: never,
  });
  return {
    note: (fromMs, netKw, gridKw) => {
      forecaster.add(fromMs, netKw);
      policy.end(fromMs, netKw, gridKw);
    },
    pointFor: (fromMs, storedKwh) => {
      const [next] = forecaster.forecast(1);
      if (next?.fromMs !== fromMs) return undefined;
      const usableKwh = Math.min(Math.max(storedKwh - reserveKwh, 0), site.battery.capacityKwh);
      const from = { ...site, battery: { ...site.battery, initialKwh: usableKwh } };
      // One step of the simulation: with its limits of battery and connection.
      const asking = { ...policy, end: () => undefined };
      const step = { fromMs, stepMs, netKw: Float64Array.of(next.p50) };
      const { powerKw } = simulate(alwaysThere(from, never), step, asking);
      const [power = 0] = powerKw;
      return { powerKw: power, gridKw: next.p50 + power };
    },
  };
}

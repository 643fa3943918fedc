import { HOUR_MS } from '../../domain/interval.ts';
import { createForecaster } from '../forecast/forecast.ts';
import { createLevelPlanner, type LevelPlannerOptions } from './level-planner.ts';
import { type MarketPrices, storagePrices } from './prices.ts';
import type { Policy } from './simulate.ts';
import { actWithinHours } from './within-hours.ts';

export type LevelPolicyOptions = Omit<LevelPlannerOptions, 'prices' | 'forecaster'> & {
  /** Prices of the market; may grow while the plan goes on. */
  readonly market?: MarketPrices | undefined;
};

/**
 * Holds a level ({@link createLevelPlanner}). Where hours are billed a battery is planned for in hours, however short the steps are: it is
 * their mean that counts. Of longer windows a step is a small part, and shorter ones follow prices better.
 */
export function createLevelPolicy(options: LevelPolicyOptions): Policy {
  const { tariff, stepMs, market } = options;
  const plannerOf = (planMs: number) =>
    createLevelPlanner({
      ...options,
      stepMs: planMs,
      prices: storagePrices(tariff, planMs, market),
      forecaster: createForecaster({ zone: tariff.timeZone, stepMs: planMs }),
    });
  if (isPlannedInHours(options)) {
    const prices = storagePrices(tariff, stepMs, market);
    return actWithinHours(plannerOf(HOUR_MS), { stepMs, zone: tariff.zone, prices });
  }
  const { note, powerFor } = plannerOf(stepMs);
  return { learn: (fromMs, netKw) => note(fromMs, netKw, netKw), powerFor, end: note };
}

function isPlannedInHours({ stays, tariff, stepMs }: LevelPolicyOptions): boolean {
  const minutes = tariff.power.map(({ windowMinutes }) => windowMinutes);
  const isOfHours = minutes.includes(60) && minutes.every((length) => length % 60 === 0);
  // What comes and goes within an hour has limits of its own in each step.
  return isOfHours && stepMs < HOUR_MS && !stays.limitsAt;
}

import type { SiteBattery } from '../domain/register.ts';
import type { LivePoint } from '../energy/storage/live-plan.ts';
import type { MarketPrices } from '../energy/storage/prices.ts';

/** What the planning thread is asked: it keeps what it has learnt of each building between. */
export type PlanRequest = {
  readonly building: string;
  /** Given: begin anew with these steps as history. */
  readonly fresh?: {
    readonly battery: SiteBattery;
    readonly tariff: string;
    readonly subscribedKw: number | undefined;
    readonly stepMs: number;
  };
  /** Start of the first step; the step after the last one is planned. */
  readonly fromMs: number;
  /** Without and with the battery, kW; NaN is unknown. */
  readonly netKw: Float64Array;
  readonly gridKw: Float64Array;
  /** Prices of the market as they are known now; a plan that began with them goes on with them. */
  readonly market: MarketPrices | undefined;
  /** Undefined: learn only. */
  readonly storedKwh: number | undefined;
};

export type PlanAnswer = { readonly point: LivePoint | undefined };

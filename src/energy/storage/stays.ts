import type { StorageSite } from './battery.ts';

/** A span in which a store is behind the meter: all the time as a battery, or while the same cars stand at their chargers. */
export type Stay = {
  readonly fromMs: number;
  /** Its end, at which its final content must be there. */
  readonly toMs: number;
  readonly site: StorageSite;
};

export type Stays = {
  /** The stay that a step is in; undefined while nothing is there. The same object in all steps of a stay. */
  readonly at: (atMs: number) => Stay | undefined;
  /** What it can take and give in a step, where that differs from step to step: within its battery's powers. */
  readonly limitsAt?: (atMs: number) => Limits;
  /** The same, as it is expected at `nowMs` of the steps that follow. */
  readonly limitsAhead?: (nowMs: number, count: number) => readonly Limits[];
  /** What must be stored at the end of each of the steps from `nowMs` on, kWh, where a part of it goes before the stay ends. */
  readonly leastAhead?: (nowMs: number, count: number) => Float64Array;
  /** What is stored when a stay begins, kWh, by the one before it and what was stored then. Without it, what its battery says. */
  readonly storedAtStart?: (stay: Stay, before: Stay, storedKwh: number) => number;
  /** Where cars are the store: all that come, and how they are filled. */
  readonly cars?: readonly Car[];
  readonly course?: (hours: number) => StoreCourse;
};

/** A visit in whole steps: empty at first, full at the end, and nothing comes back out of it. */
export type Car = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly kwh: number;
  readonly mostKw: number;
};

/** What a store can do in a step, kW; positive charges. */
export type StepRange = {
  /** At the step's start, kWh. */
  readonly storedKwh: number;
  readonly minKw: number;
  readonly maxKw: number;
  /** Less, and what has to be stored in time could not be any more. */
  readonly mustKw: number;
};

/** A store on its way through the steps of a simulation. */
export type StoreCourse = {
  /** Goes into the next step; undefined while no store is there. */
  readonly enter: (atMs: number) => StepRange | undefined;
  /** Charges by a power within the step's range; what is stored at its end, kWh. */
  readonly take: (powerKw: number) => number;
};

export type Limits = { readonly chargeKw: number; readonly dischargeKw: number };

/** The site in a step, with the limits that it has there. */
export function siteAt(stays: Stays, atMs: number): StorageSite | undefined {
  const site = stays.at(atMs)?.site;
  const limits = stays.limitsAt?.(atMs);
  return site && limits ? { ...site, battery: { ...site.battery, ...limits } } : site;
}

/** A store that is there from the beginning to the end. */
export function alwaysThere(site: StorageSite, toMs: number): Stays {
  const stay = { fromMs: Number.NEGATIVE_INFINITY, toMs, site };
  return { at: () => stay };
}

import { HOUR_MS } from '../../domain/interval.ts';
import type { StorageSite } from './battery.ts';

/** A span in which a store is behind the meter: all the time as a battery, or while a car stands at its charger. */
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

/** A car at the charger: from when to when, and what it takes by then, kWh at the charger. */
export type Visit = { readonly fromMs: number; readonly toMs: number; readonly kwh: number };

export type Charger = {
  readonly chargeKw: number;
  readonly importLimitKw: number;
  readonly exportLimitKw: number;
};

/**
 * A store for each visit: empty at first, full when the car leaves, and nothing comes back out of it. The car is there in whole
 * steps alone: from the first that begins after it came, to the last that ends before it leaves. What does not fit in them is
 * left out. The steps are those of the load, which begin at `fromMs`. `visits`: in order, none beginning before the one before has ended.
 */
export function carStays(
  visits: readonly Visit[],
  { chargeKw, importLimitKw, exportLimitKw }: Charger,
  { fromMs: gridMs, stepMs }: { readonly fromMs: number; readonly stepMs: number },
): Stays & { readonly list: readonly Stay[] } {
  const list = visits.flatMap(({ fromMs, toMs, kwh }) => {
    const [from, to] = [(fromMs - gridMs) / stepMs, (toMs - gridMs) / stepMs];
    const [first, last] = [gridMs + Math.ceil(from) * stepMs, gridMs + Math.floor(to) * stepMs];
    const capacityKwh = Math.min(kwh, (chargeKw * (last - first)) / HOUR_MS);
    if (!(capacityKwh > 0)) return [];
    const battery = {
      capacityKwh,
      chargeKw,
      dischargeKw: 0,
      chargeEfficiency: 1,
      dischargeEfficiency: 1,
      lossPerHour: 0,
      initialKwh: 0,
      finalKwh: capacityKwh,
    };
    return [{ fromMs: first, toMs: last, site: { battery, importLimitKw, exportLimitKw } }];
  });
  /** The last one that began by then. */
  const lastBy = (atMs: number): Stay | undefined => {
    let [low, high] = [0, list.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((list[middle]?.fromMs ?? 0) <= atMs) low = middle + 1;
      else high = middle;
    }
    return list[low - 1];
  };
  const at = (atMs: number): Stay | undefined => {
    const stay = lastBy(atMs);
    return stay && atMs < stay.toMs ? stay : undefined;
  };
  return { at, list };
}

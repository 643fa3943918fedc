import { HOUR_MS } from '../../domain/interval.ts';
import type { Battery, StorageSite } from './battery.ts';
import type { Limits, Stays } from './stays.ts';

/**
 * A heat pump (or direct electric heating) whose house is the store: it may draw more than it did and make the rooms a little
 * warmer, and then as much less. The rooms are never colder than they would have been.
 */
export type HeatPump = {
  /** What it draws at most, kW. */
  readonly mostKw: number;
  /** What it may draw ahead of its need, kWh of electricity: by how much warmer the house may become. */
  readonly storeKwh: number;
  /** Time constant of the house, hours: after it 37 % of what was drawn ahead is still of use. */
  readonly keptHours: number;
};

export type HeatPumpSite = {
  readonly heatPump: HeatPump;
  /** What it drew, kW, step for step as the load, of which it is a part; NaN is missing. */
  readonly drawnKw: Float64Array;
  readonly importLimitKw: number;
  readonly exportLimitKw: number;
};

/** Days of which the mean at the time of day is what is expected of the heat pump. */
const EXPECTED_DAYS = 4;

/** The warmth of a house as a store that is there to the end, charged by what the pump has left and discharged by what it draws. */
export function heatPumpStays(
  { heatPump, drawnKw, importLimitKw, exportLimitKw }: HeatPumpSite,
  { fromMs, stepMs, toMs }: { readonly fromMs: number; readonly stepMs: number; readonly toMs: number },
): Stays {
  const { mostKw, storeKwh, keptHours } = heatPump;
  const battery: Battery = {
    capacityKwh: storeKwh,
    chargeKw: mostKw,
    dischargeKw: mostKw,
    chargeEfficiency: 1,
    dischargeEfficiency: 1,
    lossPerHour: 1 - Math.exp(-1 / keptHours),
    initialKwh: 0,
    finalKwh: 0,
  };
  const site: StorageSite = { battery, importLimitKw, exportLimitKw };
  const stay = { fromMs: Number.NEGATIVE_INFINITY, toMs, site };
  const perDay = Math.round((24 * HOUR_MS) / stepMs);
  const indexAt = (atMs: number): number => Math.round((atMs - fromMs) / stepMs);
  /** Of what is not known nothing is moved. */
  const limitsWith = (kw: number): Limits => {
    if (!Number.isFinite(kw)) return { chargeKw: 0, dischargeKw: 0 };
    const drawn = Math.min(Math.max(kw, 0), mostKw);
    return { chargeKw: mostKw - drawn, dischargeKw: drawn };
  };
  /** The mean of the last days at the time of day of a step, of what is over at `now`. */
  const expectedKw = (step: number, now: number): number => {
    let [sum, days] = [0, 0];
    for (
      let at = step - perDay * Math.ceil((step - now + 1) / perDay);
      at >= 0 && days < EXPECTED_DAYS;
      at -= perDay
    ) {
      const kw = drawnKw[at] ?? Number.NaN;
      if (!Number.isFinite(kw)) continue;
      sum += kw;
      days += 1;
    }
    return sum / days;
  };
  return {
    at: () => stay,
    limitsAt: (atMs) => limitsWith(drawnKw[indexAt(atMs)] ?? Number.NaN),
    limitsAhead: (nowMs, count) => {
      const now = indexAt(nowMs);
      return Array.from({ length: count }, (_, t) => limitsWith(expectedKw(now + t, now)));
    },
  };
}

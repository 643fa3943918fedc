import type { Span } from '../tariffs/power-price.ts';
import type { StorageSite } from './battery.ts';
import { type Charger, carStays, type Visit } from './cars.ts';
import { type HeatPumpSite, heatPumpStays } from './heat-pump.ts';
import type { Policy } from './simulate.ts';
import { alwaysThere, type Stays } from './stays.ts';

/** Chargers behind the meter, and the cars that come to them, in any order. */
export type CarSite = Charger & { readonly visits: readonly Visit[] };

/** A battery, chargers of cars (which the load does not have in it), or a heat pump (which it has in it). */
export type ShaveSite = StorageSite | CarSite | HeatPumpSite;

export type StoreKind = 'battery' | 'cars' | 'heatPump';

/** Visits of cars in the simulated span. */
export type ChargedCars = {
  readonly visits: number;
  readonly kwh: number;
  /** Energy that does not fit into the whole steps of its visit, kWh. */
  readonly unfitKwh: number;
  /** Visits that reach over an end of the span, or in which the load is missing: they are left out. */
  readonly leftOut: number;
};

/** What chargers do that nobody tells anything. */
export const chargeAtOnce: Policy = {
  learn: () => undefined,
  powerFor: () => Number.POSITIVE_INFINITY,
  end: () => undefined,
};

/** When the store is there, and which of the cars are planned. */
export function staysOf(
  site: ShaveSite,
  load: { readonly fromMs: number; readonly spacingMs: number; readonly kw: Float64Array },
  span: Span,
): { readonly stays: Stays; readonly store: StoreKind; readonly cars: ChargedCars | undefined } {
  if ('battery' in site) return { stays: alwaysThere(site, span.toMs), store: 'battery', cars: undefined };
  const grid = { fromMs: load.fromMs, stepMs: load.spacingMs };
  if ('heatPump' in site) {
    return { stays: heatPumpStays(site, { ...grid, toMs: span.toMs }), store: 'heatPump', cars: undefined };
  }
  const isSimulated = ({ fromMs, toMs }: Span) => toMs > span.fromMs && fromMs < span.toMs;
  const isWhole = (visit: Span) =>
    !isSimulated(visit) || (visit.fromMs >= span.fromMs && visit.toMs <= span.toMs && isKnown(visit));
  const stepAt = (atMs: number) => Math.floor((atMs - load.fromMs) / load.spacingMs);
  const isKnown = ({ fromMs, toMs }: Span) =>
    load.kw.slice(stepAt(fromMs), stepAt(toMs)).every(Number.isFinite);
  const visits = site.visits.filter(isWhole);
  const stays = carStays(visits, site, grid);
  const simulated = visits.filter(isSimulated);
  const asked = simulated.reduce((sum, { kwh }) => sum + kwh, 0);
  const kwh = stays.cars.filter(isSimulated).reduce((sum, car) => sum + car.kwh, 0);
  const leftOut = site.visits.length - visits.length;
  return { stays, store: 'cars', cars: { visits: simulated.length, kwh, unfitKwh: asked - kwh, leftOut } };
}

import type { Carrier } from '../../domain/interval.ts';
import { type Area, areaPlaceId, type FlexibleLoad, type Register } from '../../domain/register.ts';

/** Whose load is guarded: a building, or an area whose buildings' loads are billed as one. */
export type PeakPlace = {
  /** The building's id; of an area `area:ID`. */
  readonly id: string;
  readonly name: string;
  readonly tariff: string | undefined;
  /** Power that is subscribed to, kW, where it is known. */
  readonly subscribedKw: number | undefined;
  /** Those of an area's buildings go by `building/load`. None of heat: what may be off is electrical. */
  readonly loads: readonly FlexibleLoad[];
};

/** A building's, or an area's; by its id when the register does not know it any more. */
export function peakPlace(register: Register, id: string, carrier: Carrier = 'electricity'): PeakPlace {
  const area = areaOf(register, id);
  const building = register.buildings.get(id);
  const place = area ?? building;
  const name = place?.name ?? id;
  if (carrier === 'heat')
    return { id, name, tariff: place?.heatTariff, subscribedKw: place?.subscribedHeatKw, loads: [] };
  const loads = area ? loadsOfArea(register, area) : (building?.flexibleLoads ?? []);
  return { id, name, tariff: place?.tariff, subscribedKw: place?.subscribedKw, loads };
}

/** The loads of all buildings of an area. */
export function loadsOfArea({ buildings }: Register, area: Area): readonly FlexibleLoad[] {
  return area.buildings.flatMap((building) => {
    const found = buildings.get(building);
    return (found?.flexibleLoads ?? []).map((load) => ({
      ...load,
      id: `${building}/${load.id}`,
      name: `${load.name}, ${found?.name ?? building}`,
    }));
  });
}

/** The area that a reading counts in as well, as a place; undefined when nobody bills it as one. */
export function billedArea({ areas }: Register, area: string, carrier: Carrier): string | undefined {
  const key = carrier === 'heat' ? 'heatTariff' : 'tariff';
  return areas.some((one) => one.id === area && one[key] !== undefined) ? areaPlaceId(area) : undefined;
}

function areaOf({ areas }: Register, id: string): Area | undefined {
  return areas.find((area) => areaPlaceId(area.id) === id);
}

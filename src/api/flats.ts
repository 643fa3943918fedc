import { type ComfortHour, type FlatComfort, flatComfort } from '../comfort/flat-comfort.ts';
import type { ComfortLimits } from '../comfort/limits.ts';
import { believedHours, type ThermometerPlace } from '../comfort/thermometer.ts';
import { HOUR_MS } from '../domain/interval.ts';
import type { Quantity } from '../domain/quantity.ts';
import type { Building, Device, Register } from '../domain/register.ts';
import { zoneOf } from '../domain/zone.ts';
import type { ReadingStore } from '../store/store.ts';

/** A space of a building in which something measures the air. */
export type Flat = {
  readonly building: Building;
  readonly space: string;
  readonly kind: string;
  readonly sensors: readonly Device[];
};
export type Span = { readonly fromMs: number; readonly toMs: number };
export type Outdoors = ReadonlyMap<number, number>;
type Store = Pick<ReadingStore, 'means'>;

/** Those in which people live: `exceptKinds` of spaces are left out. */
export function flatsOf(
  register: Register,
  buildings: ReadonlySet<string>,
  { exceptKinds }: { readonly exceptKinds: readonly string[] },
): readonly Flat[] {
  const sensors = Map.groupBy(
    [...register.devices.values()]
      .flat()
      .filter(({ role, building }) => role === 'room' && buildings.has(building)),
    ({ building, space }) => `${building}|${space ?? ''}`,
  );
  return [...buildings].flatMap((id) => {
    const building = register.buildings.get(id);
    if (!building) return [];
    return building.spaces.flatMap(({ id: space, kind }) => {
      const own = sensors.get(`${id}|${space}`);
      return own && !exceptKinds.includes(kind) ? [{ building, space, kind, sensors: own }] : [];
    });
  });
}

/** Hourly means of the outdoor sensor of the building, else of one of its area. */
export async function outdoorsOf(
  store: Store,
  register: Register,
  building: Building,
  span: Span,
): Promise<Outdoors> {
  const all = [...register.devices.values()].flat().filter(({ role }) => role === 'outdoor');
  const near = (row: Device) => register.buildings.get(row.building)?.area === building.area;
  const row = all.find((one) => one.building === building.id) ?? all.find(near);
  if (!row) return new Map();
  const outdoor = await hourly(store, [row], 'outdoorTemperatureC', span, 'outdoors');
  return outdoor.size > 0 ? outdoor : hourly(store, [row], 'airTemperatureC', span, 'outdoors');
}

export async function comfortOf(
  store: Store,
  {
    flat,
    outdoors,
    timeZone,
  }: { readonly flat: Flat; readonly outdoors: Outdoors; readonly timeZone: string },
  span: Span,
  limits: ComfortLimits & { readonly sensitiveKinds: readonly string[] },
): Promise<FlatComfort | undefined> {
  const [temperatures, humidities, co2] = [
    await hourly(store, flat.sensors, 'airTemperatureC', span, 'room'),
    await hourly(store, flat.sensors, 'relativeHumidityPct', span),
    await hourly(store, flat.sensors, 'co2Ppm', span),
  ];
  const zone = zoneOf(timeZone);
  const times = [...new Set([...temperatures.keys(), ...humidities.keys(), ...co2.keys()])].toSorted(
    (a, b) => a - b,
  );
  const hours = times.map(
    (fromMs): ComfortHour => ({
      fromMs,
      month: zone.local(fromMs).month,
      temperatureC: temperatures.get(fromMs),
      humidityPct: humidities.get(fromMs),
      co2Ppm: co2.get(fromMs),
      outdoorC: outdoors.get(fromMs),
    }),
  );
  return flatComfort(hours, limits, { isSensitive: limits.sensitiveKinds.includes(flat.kind) });
}

/** Means of each hour over all sensors of a space; of thermometers of a place without what it cannot have. */
async function hourly(
  store: Store,
  sensors: readonly Device[],
  quantity: Quantity,
  { fromMs, toMs }: Span,
  place?: ThermometerPlace,
): Promise<ReadonlyMap<number, number>> {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const { id, channel } of sensors) {
    const point = { device: id, quantity, ...(channel === undefined ? {} : { channel }) };
    const from = Math.floor(fromMs / HOUR_MS) * HOUR_MS;
    const all = await store.means({ point, fromMs: from, toMs, stepMs: HOUR_MS });
    const hours = place === undefined ? all : believedHours(all, place);
    for (const { fromMs: at, mean } of hours) {
      const known = sums.get(at) ?? { sum: 0, count: 0 };
      sums.set(at, { sum: known.sum + mean, count: known.count + 1 });
    }
  }
  return new Map([...sums].map(([at, { sum, count }]) => [at, sum / count]));
}

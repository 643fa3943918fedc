import type { BuildingDetails } from '../../../simulators/world/details.ts';
import type { Weather } from '../../../simulators/world/weather.ts';
import { createWorld, type Place, type World } from '../../../simulators/world/world.ts';
import { HOUR_MS } from '../../../src/domain/interval.ts';
import type { Quantity } from '../../../src/domain/quantity.ts';
import type { Building, FlexibleLoad, Register } from '../../../src/domain/register.ts';
import type { Hours } from './shapes.ts';

export const timeZone = 'Europe/Stockholm';

export type Planned = {
  readonly details: Partial<BuildingDetails>;
  readonly spaces?: string;
  readonly loads?: readonly FlexibleLoad[];
};

/** Buildings of a register of their own, by what they are. */
export function districtOf(planned: readonly Planned[]): {
  readonly register: Register;
  readonly details: ReadonlyMap<string, Partial<BuildingDetails>>;
} {
  const buildings = planned.map(
    ({ details, spaces = 'flat', loads = [] }, i): readonly [string, Building] => {
      const id = `b${i}`;
      const rooms = ['one', 'two', 'three'].map((space) => ({ id: space, kind: spaces }));
      return [
        id,
        { id, name: id, area: 'a', areaM2: details.areaM2 ?? 3000, spaces: rooms, flexibleLoads: loads },
      ];
    },
  );
  return {
    register: {
      organisation: { id: 'o', name: 'O', timeZone },
      areas: [{ id: 'a', name: 'A', buildings: buildings.map(([id]) => id) }],
      buildings: new Map(buildings),
      devices: new Map(),
    },
    details: new Map(planned.map(({ details }, i) => [`b${i}`, details])),
  };
}

/** A year of what registers count, hour by hour and building by building. */
export function yearOf(
  planned: readonly Planned[],
  asked: Readonly<Record<string, readonly [Omit<Place, 'building'>, Quantity]>>,
  { fromMs, seed, weather }: { fromMs: number; seed: number; weather?: Weather },
): { readonly world: World; readonly hours: ReadonlyMap<string, readonly Hours[]> } {
  const { register, details } = districtOf(planned);
  const world = createWorld({ register, details, startMs: fromMs, seed, ...(weather ? { weather } : {}) });
  const names = Object.keys(asked);
  const ids = [...register.buildings.keys()];
  const count = 8760;
  const hours = new Map(
    names.map((name) => [name, ids.map(() => ({ fromMs, values: new Float64Array(count) }))]),
  );
  const read = (building: string, name: string): number => {
    const [place, quantity] = asked[name] ?? [];
    return (place && quantity && world.read({ building, ...place }, quantity)) ?? Number.NaN;
  };
  const last = new Map(names.map((name) => [name, ids.map((id) => read(id, name))]));
  for (let hour = 0; hour < count; hour += 1) {
    world.advance(fromMs + (hour + 1) * HOUR_MS);
    for (const name of names) {
      for (const [i, id] of ids.entries()) {
        const now = read(id, name);
        const series = hours.get(name)?.[i];
        const before = last.get(name);
        if (!series || !before) continue;
        series.values[hour] = (now - (before[i] ?? now)) / 1000;
        before[i] = now;
      }
    }
  }
  return { world, hours };
}

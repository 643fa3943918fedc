import { areaOfPlace } from '../../domain/register.ts';
import { zoneOf } from '../../domain/zone.ts';
import { type Held, noteHeld } from '../../energy/guard/held-loads.ts';
import type { Shed } from '../../energy/guard/shed-plan.ts';
import type { RegisterSource } from '../rule.ts';

/** Loads that are off, kept with their building, so that it and its area do not ask for the same one, or for one that rests. */
export type HeldByPlace = {
  /** Of a building by the loads' own ids; of an area by `building/load`. */
  readonly at: (place: string) => Held;
  readonly note: (place: string, sheds: readonly Shed[], atMs: number) => void;
};

export function createHeldByPlace(
  register: RegisterSource,
  heldOf: (building: string) => Held | undefined,
): HeldByPlace {
  return {
    at: (place) => {
      const area = areaOfPlace(place);
      if (area === undefined) return heldOf(place) ?? {};
      const buildings = register().areas.find(({ id }) => id === area)?.buildings ?? [];
      return Object.fromEntries(
        buildings.flatMap((building) =>
          Object.entries(heldOf(building) ?? {}).map(([load, off]) => [`${building}/${load}`, off]),
        ),
      );
    },
    note: (place, sheds, atMs) => {
      const dayToMs = zoneOf(register().organisation.timeZone).dayAt(atMs).toMs;
      if (areaOfPlace(place) === undefined) {
        const held = heldOf(place);
        if (held) noteHeld(held, sheds, atMs, dayToMs);
        return;
      }
      for (const [building, some] of Map.groupBy(sheds, ({ load }) => load.id.split('/')[0] ?? '')) {
        const held = heldOf(building);
        const own = some.map(({ load, ...shed }) => ({
          ...shed,
          load: { ...load, id: load.id.slice(building.length + 1) },
        }));
        if (held) noteHeld(held, own, atMs, dayToMs);
      }
    },
  };
}

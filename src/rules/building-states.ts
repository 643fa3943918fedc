import { z } from 'zod';
import type { Json } from '../domain/alert.ts';

/** What a rule knows, one plain JSON object per building, so that a building can move to another worker. */
export type BuildingStates<T> = {
  /** The building's state; made when there is none. */
  readonly of: (building: string) => T;
  readonly find: (building: string) => T | undefined;
  /** In the order in which they were made. */
  readonly names: () => string[];
  /** What is known of the other buildings, in that order. */
  readonly others: (building: string) => T[];
  /** Mostly the states themselves, no copy (at 50,000 points that takes half a second): write it down before the next reading. */
  readonly snapshot: () => Json;
  readonly restore: (snapshot: Json) => void;
};

/**
 * Throws when a restored snapshot does not have the shape of the schema: it is another version's. `written`: what the schema
 * reads of a state that is no plain JSON itself.
 */
export function createBuildingStates<T>(
  schema: z.ZodType<T>,
  create: () => NoInfer<T>,
  written: (state: NoInfer<T>) => unknown = (state) => state,
): BuildingStates<T> {
  let states = new Map<string, T>();
  // Readings and ticks come in runs of one building: most look-ups are answered without hashing.
  let lastBuilding: string | undefined;
  let lastState: T | undefined;

  const find = (building: string): T | undefined => {
    if (building === lastBuilding) return lastState;
    const state = states.get(building);
    if (state === undefined) return undefined;
    lastBuilding = building;
    lastState = state;
    return state;
  };

  return {
    find,
    names: () => [...states.keys()],
    others: (building) => [...states].flatMap(([name, state]) => (name === building ? [] : [state])),
    of: (building) => {
      const found = find(building);
      if (found !== undefined) return found;
      const made = create();
      states.set(building, made);
      return made;
    },
    snapshot: () => plain.parse(Array.from(states, ([building, state]) => [building, written(state)])),
    restore: (snapshot) => {
      const entries = schema.array().safeParse(pairs(snapshot).map(([, state]) => state));
      if (!entries.success) throw new Error(`a rule's snapshot cannot be read: ${entries.error.message}`);
      states = new Map(
        pairs(snapshot).flatMap(([building], at) => {
          const state = entries.data[at];
          return state === undefined ? [] : [[building, state] as const];
        }),
      );
      lastBuilding = undefined;
      lastState = undefined;
    },
  };
}

/** By the schemas of the states; not asked again each time. */
const plain = z.custom<Json>();

function pairs(snapshot: Json): readonly (readonly [string, Json])[] {
  if (!Array.isArray(snapshot)) throw new Error("a rule's snapshot is not a list");
  return snapshot.map((pair: Json) => {
    const [building, state] = Array.isArray(pair) ? pair : [];
    if (typeof building !== 'string' || state === undefined) throw new Error("a rule's snapshot is damaged");
    return [building, state];
  });
}

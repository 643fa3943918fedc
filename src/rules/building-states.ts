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
  /** One part for each building, in that order. Mostly the states themselves, no copies: to be written down before the next reading. */
  readonly snapshot: () => Iterable<Json>;
  /** Goes on with a building as a part of a snapshot has it, and says which. Throws when it is another version's. */
  readonly restore: (part: Json) => string;
};

/** `written`: what the schema reads of a state that is no plain JSON itself. */
export function createBuildingStates<T>(
  schema: z.ZodType<T>,
  create: () => NoInfer<T>,
  written: (state: NoInfer<T>) => unknown = (state) => state,
): BuildingStates<T> {
  const states = new Map<string, T>();
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
    *snapshot() {
      for (const [building, state] of states) yield plain.parse([building, written(state)]);
    },
    restore: (part) => {
      const [building, state] = Array.isArray(part) ? part : [];
      if (typeof building !== 'string') throw new Error("a rule's snapshot is damaged");
      const parsed = schema.safeParse(state);
      if (!parsed.success) throw new Error(`a rule's snapshot cannot be read: ${firstOf(parsed.error)}`);
      states.set(building, parsed.data);
      lastBuilding = undefined;
      lastState = undefined;
      return building;
    },
  };
}

function firstOf({ issues }: z.ZodError): string {
  const [{ path, message } = { path: [], message: 'it is damaged' }] = issues;
  return `${path.map(String).join('.')}: ${message}`;
}

/** By the schemas of the states; not asked again each time. */
const plain = z.custom<Json>();

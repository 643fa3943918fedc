import {
  type FaultKind,
  isPhysicalFault,
  type PlannedFault,
  physicalFaults,
} from '../../../../simulators/truth.ts';
import type { BuildingDetails } from '../../../../simulators/world/details.ts';
import {
  createWorld,
  type Place,
  type World,
  type WorldOptions,
} from '../../../../simulators/world/world.ts';
import type { Quantity } from '../../../../src/domain/quantity.ts';
import type { FlexibleLoad, Register } from '../../../../src/domain/register.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** A Monday, at midnight in Stockholm. */
export const MONDAY_MS = Date.parse('2026-01-12T00:00:00+01:00');

type Asked = Partial<Omit<WorldOptions, 'details' | 'register'>> & {
  readonly details?: Partial<BuildingDetails>;
  readonly loads?: readonly FlexibleLoad[];
  /** Kind of the three spaces. */
  readonly spaces?: string;
};

export function load(id: string, powerKw: number, maxOffMinutes = 120): FlexibleLoad {
  return { id, name: id, powerKw, maxOffMinutes, priority: 1 };
}

/** A register of one building, b, of 3,000 m² with three flats that are looked at. */
export function oneBuilding({ loads = [], spaces = 'flat' }: Pick<Asked, 'loads' | 'spaces'> = {}): Register {
  const building = {
    id: 'b',
    name: 'B',
    area: 'a',
    areaM2: 3000,
    tariff: 't',
    heatTariff: 'h',
    spaces: ['one', 'two', 'three'].map((id) => ({ id, kind: spaces })),
    flexibleLoads: loads,
  };
  return {
    organisation: { id: 'o', name: 'O', timeZone: 'Europe/Stockholm' },
    areas: [{ id: 'a', name: 'A', buildings: ['b'] }],
    buildings: new Map([['b', building]]),
    devices: new Map(),
  };
}

export function worldOf({ details = {}, loads = [], spaces = 'flat', ...options }: Asked = {}): World {
  return createWorld({
    register: oneBuilding({ loads, spaces }),
    details: new Map([['b', { yearBuilt: 1968, ...details }]]),
    startMs: MONDAY_MS,
    seed: 1,
    ...options,
  });
}

/** A fault with its usual subject and size. */
export function fault(kind: FaultKind, given: Partial<PlannedFault> = {}): PlannedFault {
  const info = isPhysicalFault(kind) ? physicalFaults[kind] : { subject: '', size: 1 };
  const fromMs = MONDAY_MS + 2 * DAY_MS;
  return {
    kind,
    building: 'b',
    subject: info.subject,
    fromMs,
    toMs: fromMs + 3 * DAY_MS,
    size: info.size,
    ...given,
  };
}

export const at = {
  electricity: { building: 'b', role: 'electricityMain' },
  heat: { building: 'b', role: 'heatMain' },
  water: { building: 'b', role: 'waterMain' },
  outdoor: { building: 'b', role: 'outdoor' },
  one: { building: 'b', role: 'room', space: 'one' },
  two: { building: 'b', role: 'room', space: 'two' },
  sub: (space: string): Place => ({ building: 'b', role: 'submeter', space }),
  bin: (container: string): Place => ({ building: 'b', role: 'container', container }),
} satisfies Record<string, Place | ((name: string) => Place)>;

type Asking = readonly [place: Place, quantity: Quantity, channel?: string];

/** What a world says every so often, by name; a value that is not there is NaN. */
export function series<Name extends string>(
  world: World,
  asked: Readonly<Record<Name, Asking>>,
  { toMs, everyMs = 5 * 60_000 }: { toMs: number; everyMs?: number },
): Record<Name, number[]> & { atMs: number[] } {
  const names = Object.keys(asked) as Name[];
  const found = { atMs: [] as number[] } as Record<Name, number[]> & { atMs: number[] };
  for (const name of names) found[name] = [] as never;
  for (let atMs = world.atMs + everyMs; atMs <= toMs; atMs += everyMs) {
    world.advance(atMs);
    found.atMs.push(atMs);
    for (const name of names) {
      const [place, quantity, channel] = asked[name];
      found[name].push(world.read(place, quantity, channel) ?? Number.NaN);
    }
  }
  return found;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Mean of the values whose moment fits. */
export function meanWhen(
  { atMs }: { readonly atMs: readonly number[] },
  values: readonly number[],
  fits: (atMs: number) => boolean,
): number {
  return mean(values.filter((_, i) => fits(atMs[i] ?? 0)));
}

/** Local hours of a winter day in Stockholm. */
export function winterHour(atMs: number): number {
  return ((atMs + HOUR_MS) % DAY_MS) / HOUR_MS;
}

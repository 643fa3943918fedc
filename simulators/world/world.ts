import { KvarterError } from '../../src/domain/errors.ts';
import type { Quantity } from '../../src/domain/quantity.ts';
import type { Role } from '../../src/domain/reading.ts';
import type { Register } from '../../src/domain/register.ts';
import type { Tariff } from '../../src/energy/tariffs/compile-tariff.ts';
import { createChance } from '../chance.ts';
import { isPhysicalFault, type PlannedFault, type TruthEvent, truthOf } from '../truth.ts';
import { createBilledPeaks } from './billed-peaks.ts';
import { createBuilding, type SimulatedBuilding } from './building.ts';
import { createCalendar, type Moment } from './calendar.ts';
import { type BuildingDetails, detailsOf } from './details.ts';
import { faultProblem } from './fault-problem.ts';
import type { Acknowledgement, LoadCommand } from './holds.ts';
import { createOutside, type Outside } from './outside.ts';
import { readPlace } from './read.ts';
import { generatedWeather, type Weather } from './weather.ts';

/** What a sensor looks at. */
export type Place = {
  readonly building: string;
  readonly role: Role;
  /** A flat or room; of a submeter what it measures, see {@link Place.role}. */
  readonly space?: string;
  /** A container by its id; without it the device's. */
  readonly container?: string;
  readonly device?: string;
};

export type World = {
  readonly stepMs: number;
  /** How far it has come, epoch ms. */
  readonly atMs: number;
  /** What each building is. */
  readonly details: ReadonlyMap<string, BuildingDetails>;
  /** Lets time pass. How a span is cut into calls changes nothing. @throws RangeError when it would go back */
  readonly advance: (toMs: number) => void;
  /**
   * The true value now: a gauge, or a register's count; undefined where the place has none. Channels: phases `1` to `3`
   * of an electricity meter, `cold` and `hot` of a water meter, `supply` and `circulation` of hot water. A submeter
   * measures what its channel, or its space's id or kind, is called: see `circuits.ts`.
   */
  readonly read: (place: Place, quantity: Quantity, channel?: string) => number | undefined;
  /** A flexible load obeys from the next step on, within its limits of time and comfort. */
  readonly command: (command: LoadCommand) => Acknowledgement;
  /** Empties a container now; false when there is none of that name. */
  readonly collect: (building: string, container: string) => boolean;
  /** What has begun so far, by time: faults, full containers, and the peaks that would be billed as it stands. */
  readonly truth: () => readonly TruthEvent[];
};

export type WorldOptions = {
  readonly register: Register;
  /** What is known of buildings beyond the register; the rest is invented. */
  readonly details?: ReadonlyMap<string, Partial<BuildingDetails>>;
  /** Default: generated from the seed. */
  readonly weather?: Weather;
  readonly faults?: readonly PlannedFault[];
  /** By the name that buildings have for them ('' where they have none), for the billed peaks. */
  readonly tariffs?: ReadonlyMap<string, Tariff>;
  /** `list`: containers are emptied by `collect` only. */
  readonly collection?: 'schedule' | 'list';
  readonly startMs: number;
  readonly seed: number;
};

export const STEP_MS = 5 * 60_000;
/** Run before the start, so that houses, tanks and cars are in the midst of their lives. */
const WARM_UP_MS = 2 * 86_400_000;
const CONTAINER_WARM_UP_MS = 28 * 86_400_000;
/** So many steps of one building before the next: its state stays in the cache. */
const BATCH = 288;

/** A district in event time. The same options give the same values, and a building's do not depend on its neighbours. */
export function createWorld(options: WorldOptions): World {
  const { register, startMs, seed } = options;
  const chance = createChance(seed);
  const calendar = createCalendar(register.organisation.timeZone);
  const weather = options.weather ?? generatedWeather(chance);
  const outsideAt = createOutside(weather, chance, options.collection !== 'list');
  const buildings = createBuildings(options);
  const tariffNamed = (name: string | undefined) =>
    name === undefined ? undefined : options.tariffs?.get(name);
  const peaks = new Map(
    [...buildings].map(([id, { building }]) => [
      id,
      {
        electricity: createBilledPeaks(id, options.tariffs?.get(building.tariff ?? ''), 'electricity'),
        heat: createBilledPeaks(id, tariffNamed(building.heatTariff), 'heat'),
      },
    ]),
  );
  const faults = (options.faults ?? []).filter(({ kind }) => isPhysicalFault(kind));
  let atMs = startMs;
  let doneMs = Math.floor((startMs - WARM_UP_MS) / STEP_MS) * STEP_MS;
  let outside = outsideAt(calendar(doneMs));

  const run = (untilMs: number): void => {
    while (doneMs < untilMs) {
      const moments: Moment[] = [];
      const outsides: Outside[] = [];
      for (let i = 0; i < BATCH && doneMs + i * STEP_MS < untilMs; i += 1) {
        const moment = calendar(doneMs + i * STEP_MS);
        moments.push(moment);
        outsides.push(outsideAt(moment));
      }
      const first = doneMs / STEP_MS;
      for (const [id, building] of buildings) {
        const billed = peaks.get(id);
        for (let i = 0; i < moments.length; i += 1) {
          const [moment, around] = [moments[i], outsides[i]];
          if (!moment || !around) continue;
          building.step(first + i, moment, around, STEP_MS);
          if (moment.atMs + STEP_MS <= startMs) continue;
          billed?.electricity.add(moment.atMs, building.powers.net, STEP_MS);
          billed?.heat.add(moment.atMs, building.powers.heat, STEP_MS);
        }
      }
      doneMs += moments.length * STEP_MS;
      outside = outsides.at(-1) ?? outside;
    }
  };

  for (const building of buildings.values()) building.settle(outside.weather.outdoorC);
  warmContainers(buildings.values(), calendar, doneMs);
  run(startMs);

  return {
    stepMs: STEP_MS,
    get atMs() {
      return atMs;
    },
    details: new Map([...buildings].map(([id, { details }]) => [id, details])),
    advance: (toMs) => {
      if (toMs < atMs) throw new RangeError(`the world is at ${atMs} and cannot go back to ${toMs}`);
      run(toMs);
      atMs = toMs;
    },
    read: (place, quantity, channel) => {
      const building = buildings.get(place.building);
      return (
        building && readPlace(building, outside, { atMs, doneMs, stepMs: STEP_MS }, place, quantity, channel)
      );
    },
    command: (command) =>
      buildings.get(command.building)?.command(command, atMs) ?? {
        accepted: false,
        reason: `there is no building ${command.building}`,
      },
    collect: (building, container) => buildings.get(building)?.containers.empty(container, atMs) ?? false,
    truth: () =>
      [
        ...faults.filter(({ fromMs }) => fromMs <= atMs).map(truthOf),
        ...[...buildings.values()].flatMap(({ containers }) => containers.events(startMs)),
        ...[...peaks.values()].flatMap(({ electricity, heat }) => [
          ...electricity.events(),
          ...heat.events(),
        ]),
      ].toSorted(byTime),
  };
}

function createBuildings({
  register,
  seed,
  ...options
}: WorldOptions): ReadonlyMap<string, SimulatedBuilding> {
  const chance = createChance(seed);
  const faults = (options.faults ?? []).filter(({ kind }) => isPhysicalFault(kind));
  const made = [...register.buildings.values()].map((building) => {
    const own = faults.filter((fault) => fault.building === building.id);
    const details = detailsOf(building, register, seed, options.details?.get(building.id));
    return [
      building.id,
      createBuilding(building, withSetback(details, own), own, chance.fork(building.id)),
    ] as const;
  });
  const buildings = new Map(made);
  for (const fault of faults) {
    const wrong = faultProblem(fault, buildings.get(fault.building));
    if (wrong !== undefined) throw new KvarterError('input-invalid', wrong);
  }
  return buildings;
}

/** A set-back can only fail where there is one. */
function withSetback(details: BuildingDetails, faults: readonly PlannedFault[]): BuildingDetails {
  const failing = faults.find(({ kind }) => kind === 'night-setback-failing');
  if (!failing) return details;
  const setbackC = failing.size > 0 ? failing.size : details.setbackC;
  return { ...details, setbackC: setbackC > 0 ? setbackC : 1.5 };
}

/** Containers remember a month, and nothing else does. */
function warmContainers(
  buildings: Iterable<SimulatedBuilding>,
  calendar: (atMs: number) => Moment,
  toMs: number,
): void {
  const hourMs = 3_600_000;
  const moments: Moment[] = [];
  for (let atMs = toMs - CONTAINER_WARM_UP_MS; atMs < toMs; atMs += hourMs) moments.push(calendar(atMs));
  for (const { containers } of buildings) {
    for (const moment of moments) containers.step(moment, hourMs, new Set(), true);
  }
}

function byTime(a: TruthEvent, b: TruthEvent): number {
  return a.from.localeCompare(b.from) || a.building.localeCompare(b.building) || a.kind.localeCompare(b.kind);
}

import { HOUR_MS } from '../../src/domain/interval.ts';
import type { Quantity } from '../../src/domain/quantity.ts';
import type { Role } from '../../src/domain/reading.ts';
import type { Register } from '../../src/domain/register.ts';
import { createChance } from '../chance.ts';
import { createContainer } from '../container.ts';
import { createElectricity } from '../electricity.ts';
import { createHeat, createWater } from '../heat-and-water.ts';
import { createLocalTime } from '../local-time.ts';
import type { Place as OldPlace } from '../place.ts';
import { createRoom } from '../room.ts';
import { isPhysicalFault, type PlannedFault, type TruthEvent, truthOf } from '../truth.ts';
import { createWeather } from '../weather.ts';

/** What a sensor looks at. */
export type Place = {
  readonly building: string;
  readonly role: Role;
  /** A flat or room; of a submeter what it measures, by the space's id or kind: `pv`, `ev`, `laundry`, `ventilation`, … */
  readonly space?: string;
  /** A container: its id. */
  readonly container?: string;
  readonly device?: string;
};

export type LoadCommand = {
  readonly building: string;
  /** The flexible load's id in the register. */
  readonly load: string;
  readonly limitKw?: number;
  readonly off?: boolean;
  readonly untilMs: number;
};

export type World = {
  readonly stepMs: number;
  /** How far it has come, epoch ms. */
  readonly atMs: number;
  /** Lets time pass. How a span is cut into calls changes nothing. @throws RangeError when it would go back */
  readonly advance: (toMs: number) => void;
  /** The true value now: a gauge, or a register's count; undefined where the place has none. */
  readonly read: (place: Place, quantity: Quantity, channel?: string) => number | undefined;
  /** A flexible load obeys from the next step on, within its limits of comfort. */
  readonly command: (command: LoadCommand) => { readonly accepted: boolean; readonly reason?: string };
  /** What has begun so far, by time. */
  readonly truth: () => readonly TruthEvent[];
};

export type WorldOptions = {
  readonly register: Register;
  readonly faults?: readonly PlannedFault[];
  readonly startMs: number;
  readonly seed: number;
};

const STEP_MS = 5 * 60_000;
const DEFAULT_AREA_M2 = 3000;

/** A register stands here when a simulation starts. */
const START = 200_000_000;

export function createWorld({ register, faults = [], startMs, seed }: WorldOptions): World {
  const chance = createChance(seed);
  const weather = createWeather(chance);
  const localTime = createLocalTime(register.organisation.timeZone);
  let atMs = startMs;
  const buildings = new Map(
    [...register.buildings.values()].map((building) => {
      const place: OldPlace = {
        building,
        areaM2: building.areaM2 ?? DEFAULT_AREA_M2,
        chance: chance.fork(building.id),
        weather,
        localTime,
      };
      const parts = {
        electricity: createElectricity(place),
        heat: createHeat(place),
        water: createWater(place),
        rooms: new Map<string, ReturnType<typeof createRoom>>(),
        containers: new Map<string, ReturnType<typeof createContainer>>(),
        counts: { activeEnergyWh: START, heatEnergyWh: START, waterVolumeL: START },
        place,
      };
      return [building.id, parts] as const;
    }),
  );

  return {
    stepMs: STEP_MS,
    get atMs() {
      return atMs;
    },
    advance: (toMs) => {
      if (toMs < atMs) throw new RangeError(`the world is at ${atMs} and cannot go back to ${toMs}`);
      while (atMs < toMs) {
        const nextMs = Math.min(toMs, (Math.floor(atMs / STEP_MS) + 1) * STEP_MS);
        const hours = (nextMs - atMs) / HOUR_MS;
        for (const { electricity, heat, water, counts } of buildings.values()) {
          counts.activeEnergyWh += electricity(atMs) * hours;
          counts.heatEnergyWh += heat(atMs).powerW * hours;
          counts.waterVolumeL += water(atMs) * hours;
        }
        atMs = nextMs;
      }
    },
    read: ({ building, role, space = '', container = '' }, quantity) => {
      const parts = buildings.get(building);
      if (!parts) return undefined;
      const { electricity, heat, water, counts, rooms, containers, place } = parts;
      const values = (): Partial<Record<Quantity, number>> => {
        if (role === 'electricityMain')
          return { activePowerW: electricity(atMs), activeEnergyWh: counts.activeEnergyWh };
        if (role === 'heatMain') {
          const { powerW, ...temperatures } = heat(atMs);
          return { heatPowerW: powerW, heatEnergyWh: counts.heatEnergyWh, ...temperatures };
        }
        if (role === 'waterMain') return { flowLph: water(atMs), waterVolumeL: counts.waterVolumeL };
        if (role === 'outdoor') return { outdoorTemperatureC: weather.outdoorTemperatureC(atMs) };
        if (role === 'room') {
          const room = rooms.get(space) ?? createRoom(place, place.chance.fork(space));
          rooms.set(space, room);
          return room(atMs);
        }
        if (role === 'container') {
          const level =
            containers.get(container) ??
            createContainer(place, place.chance.fork(container), { emptyMm: 100, fullMm: 0 });
          containers.set(container, level);
          const { distanceMm, airTemperatureC } = level(atMs);
          return { fillLevelPct: 100 - distanceMm, airTemperatureC };
        }
        return {};
      };
      return values()[quantity];
    },
    command: () => ({ accepted: false, reason: 'the load cannot be commanded' }),
    truth: () => faults.filter(({ kind, fromMs }) => isPhysicalFault(kind) && fromMs <= atMs).map(truthOf),
  };
}

import type { Device, Register } from '../src/domain/register.ts';
import type { Chance } from './chance.ts';
import { type Line, type Route, routeOf } from './network/route.ts';
import { definitionOf } from './sensors/definition.ts';
import { createLook, type Look } from './sensors/look.ts';
import { pointsOf, type SensorPoint } from './sensors/points.ts';
import { createReboots } from './sensors/reboots.ts';
import { rhythmOf } from './sensors/rhythm.ts';
import { rollOverLead } from './sensors/roll-over.ts';
import { createSensor, type Sensor } from './sensors/sensor.ts';
import {
  createFaultySensor,
  type FaultySensor,
  isSensorFault,
  type SensorFault,
} from './sensors/sensor-faults.ts';
import { primary } from './sensors/traits.ts';
import type { PlannedFault } from './truth.ts';
import type { World, WorldOptions } from './world/world.ts';

/** A row of the register that speaks, when it is due. */
export type Speaker = ReturnType<typeof createReboots> & {
  readonly device: Device;
  readonly route: Route;
  readonly sensor: Sensor;
  readonly faulty: FaultySensor;
  /** Devices that speak at the same moment keep the register's order. */
  readonly order: number;
  /** When it speaks, or looks whether something has changed, after this moment. */
  readonly nextAfter: (atMs: number) => number;
  dueMs: number;
};

type SpeakersOptions = Omit<WorldOptions, 'faults'> & {
  readonly register: Register;
  readonly world: World;
  readonly chance: Chance;
  readonly faults: readonly PlannedFault[];
  readonly leastPeriodMs: number;
};

/** Every row of the register whose model and role can be simulated, and the connections that they come over. */
export function createSpeakers(options: SpeakersOptions): {
  readonly speakers: readonly Speaker[];
  readonly lines: ReadonlyMap<string, Line>;
} {
  const { register, world, chance, startMs, leastPeriodMs } = options;
  const lines = new Map<string, Line>();
  const rows = [...register.devices.values()].flat().map((row) => withRole(row, register));
  const looks = new Map<Device, Look>();
  const lookOf = (device: Device): Look => {
    const known = looks.get(device) ?? createLook(device, world);
    looks.set(device, known);
    return known;
  };
  const faultsOf = Map.groupBy(
    options.faults.filter(isSensorFault),
    ({ subject }) => subject.split('+')[0] ?? '',
  );
  const swaps = partnersOf(options.faults.filter(isSensorFault), rows);

  const speakers = rows.flatMap((device, order): Speaker[] => {
    const building = register.buildings.get(device.building);
    const definition = definitionOf(device);
    if (!building || !definition || device.role === undefined) return [];
    const look = lookOf(device);
    const points = pointsOf(device, definition, (quantity, channel) => look(quantity, channel) !== undefined);
    if (points.length === 0) return [];
    const own = chance.fork(`${device.id} ${device.channel ?? ''}`);
    const rhythm = rhythmOf(definition, device.role, leastPeriodMs);
    const faults = [
      ...(faultsOf.get(device.id) ?? []),
      ...(swaps.get(device)?.faults ?? []).filter(({ subject }) => subject.split('+')[0] !== device.id),
    ];
    const isPrimary = primaryOf(device, points);
    const faulty = createFaultySensor(faults, own, { isPrimary, aheadOf: rollOverLead(device, options) });
    const route = routeOf(device, definition, building.area);
    lines.set(route.line.id, route.line);
    const partner = swaps.get(device)?.partner;
    const stepMs = rhythm.sampleMs ?? rhythm.periodMs;
    // Whole seconds: what a telegram can say.
    const phaseMs = rhythm.isDaily ? 0 : Math.floor((own.at(0) * stepMs) / 1000) * 1000;
    const jitterMs = (period: number) => Math.floor(rhythm.jitterMs * own.at(period & 0x7fffffff));
    const dueIn = (period: number) => period * stepMs + phaseMs + jitterMs(period);
    return [
      {
        ...createReboots(route, own, startMs, stepMs),
        device,
        route,
        faulty,
        order,
        sensor: createSensor({
          ...{ device, definition, points, rhythm, look, faulty, startMs },
          partnersLook: partner && lookOf(partner),
          chance: own,
        }),
        nextAfter: (atMs) => {
          const period = Math.floor((atMs - phaseMs) / stepMs);
          return [dueIn(period), dueIn(period + 1)].find((dueMs) => dueMs > atMs) ?? dueIn(period + 2);
        },
        dueMs: 0,
      },
    ];
  });
  return { speakers, lines };
}

/** What says the charge of a building's battery need not have a role: it is a meter of the battery. */
function withRole(row: Device, { buildings }: Register): Device {
  const isOfBattery = buildings.get(row.building)?.battery?.socDevice === row.id;
  return isOfBattery && row.role === undefined ? { ...row, role: 'submeter' } : row;
}

function primaryOf({ role }: Device, points: readonly SensorPoint[]): (point: SensorPoint) => boolean {
  const quantity = (role === undefined ? [] : primary[role]).find((one) =>
    points.some(({ carried }) => carried.quantity === one),
  );
  return ({ carried }) => carried.quantity === quantity;
}

/** `a+b` are swapped; of `a` alone the partner is the next device of its kind in the building, else in the register. */
function partnersOf(faults: readonly SensorFault[], rows: readonly Device[]) {
  const swaps = new Map<Device, { partner: Device; faults: readonly SensorFault[] }>();
  for (const fault of faults.filter(({ kind }) => kind === 'swapped-sensors')) {
    const [first, second] = fault.subject.split('+');
    const a = rows.find(({ id }) => id === first);
    const alike = rows.filter(
      ({ id, role, building }) => id !== first && role === a?.role && building === fault.building,
    );
    const b = second === undefined ? alike[0] : rows.find(({ id }) => id === second);
    if (!a || !b) continue;
    swaps.set(a, { partner: b, faults: [fault] });
    swaps.set(b, { partner: a, faults: [fault] });
  }
  return swaps;
}

import type { Register } from '../src/domain/register.ts';
import { createChance } from './chance.ts';
import { deviceKind, type Sensor } from './device-kinds.ts';
import { createLocalTime } from './local-time.ts';
import type { Place } from './place.ts';
import { createWeather } from './weather.ts';

/** An MQTT publish and the moment that it is due. */
export type FleetPacket = { readonly atMs: number; readonly topic: string; readonly payload: Buffer };

export type District = {
  /**
   * All packets that are due in [fromMs, toMs), in order of time. Registers grow from call to call, so a call begins
   * where the one before ended; how a span is cut into calls changes nothing. The cost is that of the packets. What an
   * iteration that was left early did not take comes first in the next one.
   *
   * @throws RangeError when a call does not begin where the one before ended
   */
  readonly packets: (fromMs: number, toMs: number) => Iterable<FleetPacket>;
  /** How many devices (rows of the register) speak; the others have a model or role that is not simulated. */
  readonly devices: number;
};

const DEFAULT_AREA_M2 = 3000;
type Speaker = {
  readonly sensor: Sensor;
  readonly periodMs: number;
  /** After a whole number of periods, when it speaks, ms. */
  readonly phaseMs: number;
  /** Devices that speak at the same moment keep the register's order. */
  readonly order: number;
  dueMs: number;
};

/**
 * A district whose devices stand in a register: its model and role decide what each sends and how often. The same
 * register and seed give the same packets, byte for byte, and a device's do not depend on what else is registered.
 */
export function createDistrict({ register, seed }: { register: Register; seed: number }): District {
  const chance = createChance(seed);
  const weather = createWeather(chance);
  const localTime = createLocalTime(register.organisation.timeZone);
  const speakers: Speaker[] = [];
  for (const device of [...register.devices.values()].flat()) {
    const kind = deviceKind(device);
    const building = register.buildings.get(device.building);
    if (!kind || !building) continue;
    const place: Place = {
      building,
      areaM2: building.areaM2 ?? DEFAULT_AREA_M2,
      chance: chance.fork(building.id),
      weather,
      localTime,
    };
    // Whole seconds: what a telegram can say.
    const seconds = kind.periodMs / 1000;
    const name = `${device.id} ${device.channel ?? ''}`;
    speakers.push({
      sensor: kind.create(device, place),
      periodMs: kind.periodMs,
      phaseMs: Math.floor(chance.fork(name).at(0) * seconds) * 1000,
      order: speakers.length,
      dueMs: 0,
    });
  }

  let reachedMs: number | undefined;
  let queue: Speaker[] = [];

  function* due(toMs: number): Iterable<FleetPacket> {
    for (let next = queue[0]; next !== undefined && next.dueMs < toMs; next = queue[0]) {
      const atMs = next.dueMs;
      const packet = next.sensor(atMs);
      next.dueMs += next.periodMs;
      sink(queue);
      yield { atMs, ...packet };
    }
  }

  return {
    devices: speakers.length,
    packets: (fromMs, toMs) => {
      if (reachedMs === undefined) {
        for (const speaker of speakers) {
          const { periodMs, phaseMs } = speaker;
          speaker.dueMs = Math.ceil((fromMs - phaseMs) / periodMs) * periodMs + phaseMs;
        }
        queue = speakers.toSorted(byDue);
      } else if (fromMs !== reachedMs) {
        throw new RangeError(`packets are asked for from ${fromMs}, but were given up to ${reachedMs}`);
      }
      reachedMs = toMs;
      return due(toMs);
    },
  };
}

function byDue(a: Speaker, b: Speaker): number {
  return a.dueMs - b.dueMs || a.order - b.order;
}

/** Puts the first of a binary heap, which now is due later, in its place again. */
function sink(heap: Speaker[]): void {
  let place = 0;
  for (;;) {
    let least = place;
    for (const child of [2 * place + 1, 2 * place + 2]) {
      const [a, b] = [heap[child], heap[least]];
      if (a && b && byDue(a, b) < 0) least = child;
    }
    const [upper, lower] = [heap[place], heap[least]];
    if (least === place || !upper || !lower) return;
    heap[place] = lower;
    heap[least] = upper;
    place = least;
  }
}

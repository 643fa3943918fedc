import type { Register } from '../src/domain/register.ts';
import { createChance } from './chance.ts';
import { createHeap } from './heap.ts';
import { createNetwork, type NetworkQuality, type Outage, usualQuality } from './network/network.ts';
import type { Line } from './network/route.ts';
import { missedBy, sensorTruth } from './sensor-truth.ts';
import { createSpeakers, type Speaker } from './speakers.ts';
import { isPhysicalFault, type PlannedFault, type TruthEvent } from './truth.ts';
import { createWorld, type World, type WorldOptions } from './world/world.ts';

/** An MQTT publish and the moment that it comes to the broker. */
export type FleetPacket = {
  readonly type: 'packet';
  readonly atMs: number;
  /** The connection that it comes over. */
  readonly line: string;
  readonly topic: string;
  readonly payload: Buffer;
  /** It says no time, so that at which it comes in holds. */
  readonly isUntimed?: true;
};

/** A connection breaks without a word, or is made again. */
export type LineChange = { readonly type: 'down' | 'up'; readonly atMs: number; readonly line: string };
export type FleetEvent = FleetPacket | LineChange;

export type District = {
  /**
   * All that happens in [fromMs, toMs), in order of time. The world and its meters go on from call to call, so a call
   * begins where the one before ended; how a span is cut into calls changes nothing. What an iteration that was left early
   * did not take comes first in the next one.
   *
   * @throws RangeError when a call does not begin where the one before ended
   */
  readonly events: (fromMs: number, toMs: number) => Iterable<FleetEvent>;
  /** How many devices (rows of the register) speak; the others have a role or model that is not simulated. */
  readonly devices: number;
  readonly lines: ReadonlyMap<string, Line>;
  readonly world: World;
  /** What has been wrong so far, with sensors, networks and the world, by time. */
  readonly truth: () => readonly TruthEvent[];
};

export type DistrictOptions = Omit<WorldOptions, 'faults'> & {
  readonly register: Register;
  readonly seed: number;
  readonly startMs: number;
  readonly faults?: readonly PlannedFault[];
  readonly outages?: readonly Outage[];
  readonly quality?: NetworkQuality;
  /** No device speaks oftener than this, ms; for long runs. */
  readonly leastPeriodMs?: number;
};

type Delivery = { readonly atMs: number; readonly order: number; readonly event: FleetEvent };

/**
 * A district whose devices stand in a register: its model and role decide what each measures in the world and how it says
 * it. The same options give the same events, byte for byte, and a device's do not depend on what else is registered.
 */
export function createDistrict(options: DistrictOptions): District {
  const { faults = [], outages = [], quality = usualQuality, leastPeriodMs = 0, ...ofWorld } = options;
  const { seed, startMs } = options;
  const chance = createChance(seed);
  const physical = faults.filter(({ kind }) => isPhysicalFault(kind));
  const world = createWorld({ ...ofWorld, faults: physical });
  const network = createNetwork({ quality, outages, chance: chance.fork('network') });
  const { speakers, lines } = createSpeakers({ ...options, world, chance, faults, leastPeriodMs });

  const due = createHeap<Speaker>((a, b) => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order));
  const deliveries = createHeap<Delivery>(
    (a, b) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order),
  );
  let reachedMs: number | undefined;
  let order = 0;
  const deliver = (event: FleetEvent) => {
    order += 1;
    deliveries.push({ atMs: event.atMs, order, event });
  };
  for (const { gateway, fromMs, toMs } of outages) {
    if (!lines.has(gateway) || toMs <= startMs) continue;
    deliver({ type: 'down', atMs: Math.max(fromMs, startMs), line: gateway });
    deliver({ type: 'up', atMs: toMs, line: gateway });
  }

  const speak = (speaker: Speaker): void => {
    const { device, route, dueMs: atMs } = speaker;
    const { id: line } = route.line;
    if (speaker.isBackAt(atMs)) {
      deliver({ type: 'up', atMs, line });
      if (route.line.birth) deliver({ type: 'packet', atMs, line, isUntimed: true, ...route.line.birth });
    }
    if (speaker.isOffAt(atMs)) {
      if (speaker.goesOffAt(atMs)) deliver({ type: 'down', atMs, line });
      return;
    }
    world.advance(atMs);
    const packets = speaker.sensor.report(atMs, {
      heard: network.hear(device.id, route, atMs),
      isFresh: speaker.isBackAt(atMs),
    });
    if (packets.length === 0) return;
    for (const arrivesMs of network.arrivals(device.id, route, atMs)) {
      for (const packet of packets) deliver({ type: 'packet', atMs: arrivesMs, line, ...packet });
    }
  };

  function* until(toMs: number): Iterable<FleetEvent> {
    for (;;) {
      const [speaker, delivery] = [due.first(), deliveries.first()];
      const speaksMs = speaker?.dueMs ?? Number.POSITIVE_INFINITY;
      const arrivesMs = delivery?.atMs ?? Number.POSITIVE_INFINITY;
      if (Math.min(speaksMs, arrivesMs) >= toMs) return;
      if (speaker && speaksMs <= arrivesMs) {
        due.pop();
        speak(speaker);
        speaker.dueMs = speaker.nextAfter(speaksMs);
        due.push(speaker);
      } else if (delivery) {
        deliveries.pop();
        yield delivery.event;
      }
    }
  }

  return {
    devices: speakers.length,
    lines,
    world,
    truth: () =>
      [
        ...world.truth(),
        ...sensorTruth(speakers, faults, world.atMs),
        ...missedBy(speakers, outages, world.atMs),
      ].toSorted(
        (a, b) =>
          (a.from < b.from ? -1 : a.from > b.from ? 1 : 0) ||
          (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1),
      ),
    events: (fromMs, toMs) => {
      if (reachedMs === undefined) {
        for (const speaker of speakers) {
          speaker.dueMs = speaker.nextAfter(fromMs - 1);
          due.push(speaker);
        }
      } else if (fromMs !== reachedMs) {
        throw new RangeError(`events are asked for from ${fromMs}, but were given up to ${reachedMs}`);
      }
      reachedMs = toMs;
      return until(toMs);
    },
  };
}

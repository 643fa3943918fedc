import { isoTime } from '../src/domain/time.ts';
import type { Outage } from './network/network.ts';
import { isSensorFault } from './sensors/sensor-faults.ts';
import type { Speaker } from './speakers.ts';
import { type PlannedFault, type TruthEvent, truthOf } from './truth.ts';

/** The faults of sensors that have begun, as far as their devices are there; a register that is full, when it was. */
export function sensorTruth(
  speakers: readonly Speaker[],
  faults: readonly PlannedFault[],
  nowMs: number,
): readonly TruthEvent[] {
  const byDevice = Map.groupBy(speakers, ({ device }) => device.id);
  return faults.filter(isSensorFault).flatMap((fault): TruthEvent[] => {
    const speaker = byDevice.get(fault.subject.split('+')[0] ?? '')?.[0];
    if (!speaker || fault.fromMs >= nowMs) return [];
    const event = { ...truthOf(fault), ...(fault.toMs > nowMs ? { to: null } : {}) };
    if (fault.kind !== 'register-roll-over' && fault.kind !== 'register-reset') return [event];
    const atMs = fault.kind === 'register-reset' ? fault.fromMs : speaker.faulty.rolledOverMs();
    return atMs === undefined ? [] : [{ ...event, from: isoTime(atMs), to: isoTime(atMs) }];
  });
}

/** What a gateway that is away does to each of its devices that has something to say meanwhile. */
export function missedBy(
  speakers: readonly Speaker[],
  outages: readonly Outage[],
  nowMs: number,
): readonly TruthEvent[] {
  return outages.flatMap(({ gateway, fromMs, toMs }) => {
    if (fromMs >= nowMs) return [];
    const devices = new Map(
      speakers.flatMap((speaker) => {
        const { device, route } = speaker;
        return route.gateway === gateway && speaksIn(speaker, fromMs, toMs)
          ? [[device.id, device.building]]
          : [];
      }),
    );
    return [...devices].map(
      ([subject, building]): TruthEvent => ({
        kind: 'missing',
        building,
        subject,
        from: isoTime(fromMs),
        to: toMs > nowMs ? null : isoTime(toMs),
        size: 1,
      }),
    );
  });
}

function speaksIn({ sensor, nextAfter }: Speaker, fromMs: number, toMs: number): boolean {
  for (let atMs = nextAfter(fromMs - 1); atMs < toMs; atMs = nextAfter(atMs)) {
    if (sensor.mayReport(atMs)) return true;
  }
  return false;
}

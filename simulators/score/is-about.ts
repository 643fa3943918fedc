import { sensorFaults } from '../truth.ts';
import type { ScoredAlert, TrueEvent } from './scored.ts';

/**
 * Is an alert about what was wrong? Both stand in the same building. A fault of a sensor is found by an alert that names
 * the device (as its subject, a point of it, or in its facts, alone or as one of those behind a gateway) or no device at all; a fault of a flat or container by one
 * that names it or does not say where. Any other fault is one of the whole building, wherever it shows.
 */
export function isAbout(alert: ScoredAlert, event: TrueEvent): boolean {
  const named = namesOf(alert);
  if (Object.hasOwn(sensorFaults, event.kind)) {
    const devices = named.device === undefined ? named.devices : [named.device];
    return devices === undefined || devicesOf(event).some((device) => devices.includes(device));
  }
  const { subject } = event;
  if (event.kind.startsWith('container-')) {
    const { device, container, space } = named;
    const isPlaced = device !== undefined || container !== undefined || space !== undefined;
    return !isPlaced || [device, container, space].includes(subject);
  }
  if (event.kind.startsWith('radiator-valve')) return named.space === undefined || named.space === subject;
  return true;
}

/** Swapped sensors are two: `a+b`. */
function devicesOf({ subject }: TrueEvent): readonly string[] {
  return [subject, ...subject.split('+')];
}

function manyOf({ devices }: { readonly devices?: unknown }): readonly string[] | undefined {
  return Array.isArray(devices) ? devices.map(String) : undefined;
}

function namesOf({ subject, facts, building }: ScoredAlert) {
  const fact = (name: string) => (typeof facts[name] === 'string' ? facts[name] : undefined);
  // A point is `device|quantity|channel`; other subjects begin with their building.
  const ofSubject = subject.split('|')[0]?.split('/')[0];
  const isPoint = ofSubject !== undefined && ofSubject !== building && ofSubject !== '';
  return {
    device: fact('device') ?? (isPoint && subject.includes('|') ? subject.split('|')[0] : undefined),
    devices: manyOf(facts),
    space: fact('space'),
    container: fact('container'),
  };
}

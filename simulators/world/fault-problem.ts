import { isPhysicalFault, type PlannedFault, physicalFaults } from '../truth.ts';
import type { SimulatedBuilding } from './building.ts';

/** Why a fault cannot be in a building, in words for whoever planned it; undefined when it can. */
export function faultProblem(
  { kind, building: id, subject, fromMs, toMs, size }: PlannedFault,
  building: SimulatedBuilding | undefined,
): string | undefined {
  if (!isPhysicalFault(kind)) return undefined;
  const what = `the fault ${kind} of ${id}`;
  if (!building) return `${what}: there is no building ${id}`;
  if (!(fromMs < toMs)) return `${what}: it ends before it begins`;
  if (!Number.isFinite(size)) return `${what}: its size is no number`;
  const { details, zones, containers } = building;
  const info = physicalFaults[kind];
  if (info.subject === 'space') return known(what, subject, 'space', zones.ids);
  if (info.subject === 'container') {
    return known(
      what,
      subject,
      'container',
      containers.containers.map(({ details: { id: name } }) => name),
    );
  }
  if (kind === 'water-leak') return known(what, subject, 'pipe', ['cold', 'hot']);
  if (kind === 'pv-string-failing' && details.pvKwp <= 0) return `${what}: the building has no solar cells`;
  if (kind === 'ev-charging-on-peak' && details.evChargers + size <= 0) {
    return `${what}: the building has no chargers, and the size says no more cars`;
  }
  if (kind === 'ventilation-all-night' && details.ventilation === 'natural') {
    return `${what}: the building has no fans`;
  }
  return undefined;
}

function known(what: string, subject: string, kind: string, names: readonly string[]): string | undefined {
  if (names.includes(subject)) return undefined;
  return `${what}: it has no ${kind} "${subject}"; it has ${names.length > 0 ? names.join(', ') : 'none'}`;
}

import { isPhysicalFault, type PlannedFault } from '../truth.ts';

/** What is wrong in a building at a moment, as its parts see it. Mutable: one object per building, rewritten on change. */
export type Troubles = {
  /** By space: how far its radiator valve stands open whatever the room says. */
  readonly valves: Map<string, number>;
  supplyShiftC: number;
  isSetbackLost: boolean;
  /** Share of its flow that the circulation pump gives. */
  circulation: number;
  /** What hot water is held at instead of its set-point. */
  hotWaterC: number | undefined;
  coolingWPerM2: number;
  /** Least share of full speed of the fans. */
  fans: number;
  leakColdLph: number;
  leakHotLph: number;
  baseW: number;
  /** Share of the solar cells that works. */
  pvShare: number;
  /** Cars that come on top, without timers or sharing; undefined: all is well. */
  pilingCars: number | undefined;
  /** Containers that the lorry passes by. */
  readonly missed: Set<string>;
};

export function noTroubles(): Troubles {
  return {
    valves: new Map(),
    supplyShiftC: 0,
    isSetbackLost: false,
    circulation: 1,
    hotWaterC: undefined,
    coolingWPerM2: 0,
    fans: 0,
    leakColdLph: 0,
    leakHotLph: 0,
    baseW: 0,
    pvShare: 1,
    pilingCars: undefined,
    missed: new Set(),
  };
}

/** Keeps a building's troubles: which of its faults hold is looked at only where one begins or ends. */
export function createTroubles(faults: readonly PlannedFault[]) {
  const own = faults.filter(({ kind }) => isPhysicalFault(kind));
  const changes = [...new Set(own.flatMap(({ fromMs, toMs }) => [fromMs, toMs]))].toSorted((a, b) => a - b);
  const now = noTroubles();
  let nextMs = Number.NEGATIVE_INFINITY;
  return (atMs: number): Troubles => {
    if (atMs >= nextMs) {
      Object.assign(now, { ...noTroubles(), valves: now.valves, missed: now.missed });
      now.valves.clear();
      now.missed.clear();
      for (const fault of own) if (fault.fromMs <= atMs && atMs < fault.toMs) add(now, fault);
      nextMs = changes.find((change) => change > atMs) ?? Number.POSITIVE_INFINITY;
    }
    return now;
  };
}

function add(now: Troubles, { kind, subject, size }: PlannedFault): void {
  switch (kind) {
    case 'radiator-valve-stuck-open':
      now.valves.set(subject, size);
      break;
    case 'radiator-valve-stuck-closed':
      now.valves.set(subject, 1 - size);
      break;
    case 'heating-curve-wrong':
      now.supplyShiftC += size;
      break;
    case 'night-setback-failing':
      now.isSetbackLost = true;
      break;
    case 'circulation-pump-stopped':
      now.circulation = Math.max(now.circulation - size, 0);
      break;
    case 'hot-water-cold':
      now.hotWaterC = size;
      break;
    case 'simultaneous-heating-cooling':
      now.coolingWPerM2 += size;
      break;
    case 'ventilation-all-night':
      now.fans = Math.max(now.fans, size);
      break;
    case 'water-leak':
      if (subject === 'hot') now.leakHotLph += size;
      else now.leakColdLph += size;
      break;
    case 'base-load-shifted':
      now.baseW += size;
      break;
    case 'pv-string-failing':
      now.pvShare = Math.max(now.pvShare - size, 0);
      break;
    case 'ev-charging-on-peak':
      now.pilingCars = (now.pilingCars ?? 0) + size;
      break;
    case 'container-round-missed':
      now.missed.add(subject);
      break;
    default:
      // Bulk and fire are moments in a container's life, and sensors are no part of the world.
      break;
  }
}

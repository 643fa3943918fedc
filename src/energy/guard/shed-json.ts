import type { Shed } from './shed-plan.ts';

/** A load of a shed plan, for machines. */
export function shedJson({ load, offMinutes }: Shed) {
  return {
    load: load.id,
    name: load.name,
    powerKw: load.powerKw,
    minutes: Math.round(offMinutes),
    automatic: load.automatic ?? false,
  };
}

import { isoTime } from '../src/domain/time.ts';

/** What can be wrong with a building, its plant or its containers, and what the size of such a fault is. */
export const physicalFaults = {
  /** A radiator's valve heats without asking the room. `size`: how far it stands open, 0..1. Subject: a space. */
  'radiator-valve-stuck-open': { subject: 'space', size: 1, unit: 'share open' },
  /** A radiator stays cold although the supply is warm. `size`: how far the valve is shut, 0..1. Subject: a space. */
  'radiator-valve-stuck-closed': { subject: 'space', size: 1, unit: 'share shut' },
  /** The supply is too warm (or, below 0, too cold) for the weather. */
  'heating-curve-wrong': { subject: 'radiators', size: 8, unit: '°C of supply' },
  /** The nights are heated like the days. `size`: the set-back that is lost; 0 takes the building's own. */
  'night-setback-failing': { subject: 'radiators', size: 0, unit: '°C of room temperature' },
  /** The pump of the hot-water circulation stands still. */
  'circulation-pump-stopped': { subject: 'circulation', size: 1, unit: 'share of the flow' },
  /** Hot water leaves the plant too cold. `size`: its temperature. */
  'hot-water-cold': { subject: 'hot-water', size: 45, unit: '°C' },
  /** The ventilation cools the supply air while the radiators heat. `size`: the cooling. */
  'simultaneous-heating-cooling': { subject: 'ventilation', size: 8, unit: 'W/m²' },
  /** The fans run by night as by day. `size`: their share of full speed. */
  'ventilation-all-night': { subject: 'ventilation', size: 1, unit: 'share of full speed' },
  /** Water runs and does not stop. Subject: `cold` or `hot`. */
  'water-leak': { subject: 'cold', size: 120, unit: 'l/h' },
  /** Something draws power day and night that did not before. */
  'base-load-shifted': { subject: 'electricity', size: 2000, unit: 'W' },
  /** `size`: the share of the modules that give nothing. */
  'pv-string-failing': { subject: 'pv', size: 0.5, unit: 'share of the modules' },
  /** The power sharing of the chargers is gone and all cars charge when they come home. `size`: the cars. */
  'ev-charging-on-peak': { subject: 'ev', size: 0, unit: 'more cars' },
  /** The lorry does not come from then until the end. Subject: a container. */
  'container-round-missed': { subject: 'container', size: 1, unit: 'rounds' },
  /** Somebody throws away a sofa, or moves house. `size`: of the container's volume. */
  'container-bulk': { subject: 'container', size: 35, unit: '%' },
  'container-fire': { subject: 'container', size: 250, unit: '°C' },
} as const satisfies Record<string, FaultKindInfo>;

/** What can be wrong with a sensor, its meter or its way to kvarter. The subject is a device. */
export const sensorFaults = {
  'stuck-value': { subject: 'device', size: 1, unit: 'sensor' },
  drift: { subject: 'device', size: 1, unit: 'of the unit per day' },
  offset: { subject: 'device', size: 3, unit: 'of the unit' },
  spike: { subject: 'device', size: 10, unit: 'times the usual value' },
  missing: { subject: 'device', size: 1, unit: 'share of the reports' },
  'register-reset': { subject: 'device', size: 1, unit: 'resets' },
  'register-roll-over': { subject: 'device', size: 1e9, unit: 'of the register, at which it begins again' },
  'swapped-sensors': { subject: 'device', size: 1, unit: 'pairs' },
  'wrong-ct-ratio': { subject: 'device', size: 2, unit: 'times the true ratio' },
  /** A current transformer sits the wrong way round. `size`: on which phase, 1 to 3. */
  'reversed-ct': { subject: 'device', size: 2, unit: 'th phase' },
  'container-tilted': { subject: 'device', size: 60, unit: '°' },
  'sensor-fouled': { subject: 'device', size: 200, unit: 'mm shown at most' },
} as const satisfies Record<string, FaultKindInfo>;

/** What happens by itself, and is true all the same: found when it has happened, not planned. */
export const events = {
  /** A window that the tariff bills. Its times are the window's. */
  'billed-peak': { subject: 'electricity', size: 0, unit: 'kW' },
  /** The same of district heating, where a building has a heatTariff. */
  'billed-heat-peak': { subject: 'heat', size: 0, unit: 'kW' },
  /** From the moment that the next round should take it (kvarter's own limit, as shipped) until it is emptied. `size`: the highest level. */
  'container-nearly-full': { subject: 'container', size: 80, unit: '%' },
  /** From the moment that a container is full until it is emptied. `size`: the highest level. */
  'container-full': { subject: 'container', size: 100, unit: '%' },
  /** From the moment that a full container has taken another 10 % until it is emptied. */
  'container-overfilled': { subject: 'container', size: 110, unit: '%' },
} as const satisfies Record<string, FaultKindInfo>;

type FaultKindInfo = {
  /** What the fault is in by default, or the kind of thing that the plan must name. */
  readonly subject: string;
  /** When the plan names none. */
  readonly size: number;
  readonly unit: string;
};

export type PhysicalFaultKind = keyof typeof physicalFaults;
export type SensorFaultKind = keyof typeof sensorFaults;
export type FaultKind = PhysicalFaultKind | SensorFaultKind;
export type TruthKind = FaultKind | keyof typeof events;

/** A fault to come, in event time [fromMs, toMs). */
export type PlannedFault = {
  readonly kind: FaultKind;
  readonly building: string;
  readonly subject: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly size: number;
};

/** A line of `truth.ndjson`. Times are ISO 8601; `to` is null when it had not ended when the simulation did. */
export type TruthEvent = {
  readonly kind: TruthKind;
  readonly building: string;
  readonly subject: string;
  readonly from: string;
  readonly to: string | null;
  readonly size: number;
  /** How far it moved what is measured, in accuracies of such sensors; of faults that may show nowhere. */
  readonly effect?: number;
};

export function isPhysicalFault(kind: string): kind is PhysicalFaultKind {
  return Object.hasOwn(physicalFaults, kind);
}

export function truthOf({ kind, building, subject, fromMs, toMs, size }: PlannedFault): TruthEvent {
  return { kind, building, subject, from: isoTime(fromMs), to: isoTime(toMs), size };
}

import type { FaultKind } from './truth.ts';

/** How long a fault usually lasts until somebody sees it, hours; of what happens in a moment, how long it is spoken of. */
export const usualHours: Readonly<Record<FaultKind, number>> = {
  'radiator-valve-stuck-open': 96,
  'radiator-valve-stuck-closed': 96,
  'heating-curve-wrong': 168,
  'night-setback-failing': 240,
  'circulation-pump-stopped': 36,
  'hot-water-cold': 48,
  'simultaneous-heating-cooling': 120,
  'ventilation-all-night': 168,
  'water-leak': 72,
  'base-load-shifted': 240,
  'pv-string-failing': 336,
  'ev-charging-on-peak': 120,
  'container-round-missed': 240,
  'container-bulk': 24,
  'container-fire': 3,
  'stuck-value': 48,
  drift: 240,
  offset: 96,
  spike: 24,
  missing: 18,
  'register-reset': 1,
  'register-roll-over': 1,
  'swapped-sensors': 120,
  'wrong-ct-ratio': 168,
  'reversed-ct': 168,
  'container-tilted': 72,
  'sensor-fouled': 96,
};

/**
 * What size a random fault is of, one as likely as the other, where it is not always the usual one. Wrong ratios: 100/5 for 150/5, 200/5 or 400/5 and
 * the other way round (2/3, 1/2, 3/2, 2, 4), a phase that is lost (2/3) or whose transformer is turned round (1/3), pulses worth ten
 * times as much or a tenth, Wh for kWh.
 */
export const sizesOf: Partial<Record<FaultKind, readonly number[]>> = {
  'wrong-ct-ratio': [2 / 3, 1 / 2, 3 / 2, 2, 4, 1 / 3, 10, 1 / 10, 1000],
};

/** Of which roles the devices are that a sensor's fault is about, unless the scenario says it. */
export const rolesOf: Partial<Record<FaultKind, readonly string[]>> = {
  'stuck-value': ['room'],
  drift: ['room'],
  offset: ['room'],
  spike: ['electricityMain'],
  missing: ['room', 'electricityMain', 'heatMain'],
  'register-reset': ['electricityMain', 'waterMain'],
  'register-roll-over': ['electricityMain'],
  'swapped-sensors': ['room'],
  'wrong-ct-ratio': ['electricityMain'],
  'reversed-ct': ['electricityMain'],
  'container-tilted': ['container'],
  'sensor-fouled': ['container'],
};

/** Kinds that show only while the house is heated. */
export const winterKinds: ReadonlySet<FaultKind> = new Set<FaultKind>([
  'radiator-valve-stuck-open',
  'radiator-valve-stuck-closed',
  'heating-curve-wrong',
  'night-setback-failing',
  'simultaneous-heating-cooling',
]);

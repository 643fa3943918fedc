import { HOUR_MS } from '../../src/domain/interval.ts';
import type { TruthKind } from '../truth.ts';

/** How an alert is matched to what was true. */
export type Matching = {
  /** Kinds that the rule may tell of. */
  readonly kinds: readonly TruthKind[];
  /** Kinds that excuse the rule's alert without being what it is for: it was not false, but nobody counts on it. */
  readonly alsoTrue?: readonly TruthKind[];
  /** An alert may come so long after the end, ms. Default: {@link GRACE_MS}. */
  readonly graceMs?: number;
  /** It warns: an alert that is still there when it comes to pass was right. */
  readonly isEarly?: true;
};

/** A detector that looks once a day at the day before is still in time. */
export const GRACE_MS = 24 * HOUR_MS;

const meterFaults = [
  'stuck-value',
  'register-reset',
  'register-roll-over',
  'wrong-ct-ratio',
  'reversed-ct',
] as const;
const sensorFaults = ['drift', 'offset', 'spike', 'swapped-sensors'] as const;
const heatingFaults = [
  'radiator-valve-stuck-open',
  'radiator-valve-stuck-closed',
  'heating-curve-wrong',
  'night-setback-failing',
  'simultaneous-heating-cooling',
] as const;
const containerEvents = ['container-nearly-full', 'container-full', 'container-overfilled'] as const;

/**
 * Which rules can find which kinds of faults: the one place where a new rule or kind is named. A rule that does not stand
 * here may tell of every kind.
 */
export const findable: Readonly<Record<string, Matching>> = {
  'peak-guard': { kinds: ['billed-peak'], alsoTrue: ['ev-charging-on-peak'], graceMs: 0 },
  'heat-peak-guard': { kinds: ['billed-heat-peak'], alsoTrue: heatingFaults, graceMs: 0 },
  // A sensor that is silent now and then, a gateway that is away. One that speaks by the hour is still silent when it is over.
  stale: { kinds: ['missing'], graceMs: 2 * HOUR_MS },
  comfort: {
    // One that sticks open warms a flat by some tenths of a degree: radiator-valve tells of it.
    kinds: ['radiator-valve-stuck-closed'],
    alsoTrue: [...heatingFaults, ...sensorFaults, 'stuck-value', 'circulation-pump-stopped'],
  },
  // A meter that counts twice what there is stands at the most that it can say.
  'flat-line': { kinds: ['stuck-value'], alsoTrue: ['circulation-pump-stopped', 'wrong-ct-ratio'] },
  'out-of-range': {
    kinds: ['offset', 'drift', 'spike', 'hot-water-cold', 'container-fire', 'radiator-valve-stuck-closed'],
    alsoTrue: [...heatingFaults, ...sensorFaults, 'circulation-pump-stopped', ...meterFaults],
  },
  'container-full': {
    kinds: containerEvents,
    alsoTrue: ['container-bulk', 'container-round-missed', 'sensor-fouled', 'container-tilted'],
    isEarly: true,
  },
  'container-trouble': {
    // A sensor that has tilted and cannot say so has echoes that jump.
    kinds: [
      'container-fire',
      'container-overfilled',
      'sensor-fouled',
      'container-tilted',
      'container-round-missed',
      'container-bulk',
    ],
    alsoTrue: ['container-nearly-full', 'container-full', 'stuck-value', 'missing'],
    isEarly: true,
  },
  // They judge a night when it is over.
  'water-all-night': {
    kinds: ['water-leak'],
    alsoTrue: [...meterFaults, ...sensorFaults, 'missing'],
    graceMs: 36 * HOUR_MS,
  },
  'night-base-load': {
    kinds: ['base-load-shifted'],
    alsoTrue: [
      // A heat pump takes more when more heat is asked of it.
      'night-setback-failing',
      'heating-curve-wrong',
      ...meterFaults,
      ...sensorFaults,
      'missing',
      'ventilation-all-night',
      'simultaneous-heating-cooling',
      'ev-charging-on-peak',
    ],
    graceMs: 36 * HOUR_MS,
  },
  'register-back': {
    kinds: ['register-reset', 'register-roll-over'],
    alsoTrue: [...meterFaults, ...sensorFaults],
  },
  // It judges a day when it is over, and says so when a second one is like it.
  'sensor-drift': {
    kinds: ['drift', 'offset'],
    alsoTrue: ['swapped-sensors', 'stuck-value', ...heatingFaults],
    graceMs: 48 * HOUR_MS,
  },
  'doubted-weather': { kinds: [], alsoTrue: sensorFaults },
  spike: { kinds: ['spike'], alsoTrue: [...meterFaults, ...sensorFaults] },
  // They judge a day when it is over, and say so until one is as it was.
  'hot-water-cold': {
    kinds: ['hot-water-cold', 'circulation-pump-stopped'],
    alsoTrue: [...sensorFaults, 'stuck-value'],
  },
  hunting: { kinds: [], alsoTrue: [...meterFaults, ...sensorFaults] },
  'supply-flat': {
    kinds: [],
    alsoTrue: [...heatingFaults, ...meterFaults, ...sensorFaults],
    graceMs: 36 * HOUR_MS,
  },
  'energy-without-flow': { kinds: [], alsoTrue: [...meterFaults, ...sensorFaults] },
  'low-delta-t': {
    kinds: [],
    alsoTrue: [...heatingFaults, ...meterFaults, ...sensorFaults],
    graceMs: 36 * HOUR_MS,
  },
  'circulation-stopped': {
    kinds: ['circulation-pump-stopped', 'hot-water-cold'],
    alsoTrue: [...heatingFaults, ...sensorFaults, ...meterFaults, 'missing'],
    graceMs: 36 * HOUR_MS,
  },
  'heating-and-cooling': {
    kinds: ['simultaneous-heating-cooling'],
    alsoTrue: [...heatingFaults, ...sensorFaults, ...meterFaults, 'missing', 'ventilation-all-night'],
    graceMs: 36 * HOUR_MS,
  },
  'heating-curve': {
    kinds: ['heating-curve-wrong'],
    alsoTrue: [...heatingFaults, ...sensorFaults, 'stuck-value', 'missing', 'ventilation-all-night'],
    graceMs: 36 * HOUR_MS,
  },
  'night-setback': {
    kinds: ['night-setback-failing'],
    alsoTrue: [...heatingFaults, ...meterFaults, 'missing', 'ventilation-all-night'],
    graceMs: 36 * HOUR_MS,
  },
  'radiator-valve': {
    kinds: ['radiator-valve-stuck-open', 'radiator-valve-stuck-closed'],
    alsoTrue: [...heatingFaults, ...sensorFaults, 'stuck-value', 'missing'],
    graceMs: 36 * HOUR_MS,
  },
  // They judge whole days, and wait for some of them.
  'reversed-ct': { kinds: ['reversed-ct'], alsoTrue: ['wrong-ct-ratio'], graceMs: 36 * HOUR_MS },
  'meter-ratio': {
    kinds: ['wrong-ct-ratio', 'reversed-ct'],
    alsoTrue: ['register-reset', 'register-roll-over', 'simultaneous-heating-cooling', 'base-load-shifted'],
    graceMs: 36 * HOUR_MS,
  },
  'out-of-scale': {
    kinds: ['wrong-ct-ratio'],
    alsoTrue: ['reversed-ct', 'register-reset', 'register-roll-over'],
    graceMs: 6 * HOUR_MS,
  },
  'evening-peak': {
    kinds: ['ev-charging-on-peak'],
    alsoTrue: ['wrong-ct-ratio', 'reversed-ct'],
    graceMs: 36 * HOUR_MS,
  },
  'ventilation-all-night': {
    kinds: ['ventilation-all-night'],
    alsoTrue: [
      ...heatingFaults,
      ...meterFaults,
      ...sensorFaults,
      'missing',
      'base-load-shifted',
      'ev-charging-on-peak',
    ],
    graceMs: 48 * HOUR_MS,
  },
  // It waits for three days that are alike.
  'swapped-sensors': {
    kinds: ['swapped-sensors'],
    alsoTrue: [...heatingFaults, ...sensorFaults, 'stuck-value', 'missing'],
    graceMs: 48 * HOUR_MS,
  },
  'pv-output': {
    kinds: ['pv-string-failing'],
    alsoTrue: [...meterFaults, ...sensorFaults],
    graceMs: 36 * HOUR_MS,
  },
  'unexplained-heat': {
    kinds: ['heating-curve-wrong', 'ventilation-all-night'],
    alsoTrue: [
      ...heatingFaults,
      ...meterFaults,
      'missing',
      'water-leak',
      'hot-water-cold',
      'circulation-pump-stopped',
    ],
    graceMs: 36 * HOUR_MS,
  },
  'unexplained-electricity': {
    kinds: [
      'base-load-shifted',
      'simultaneous-heating-cooling',
      'ventilation-all-night',
      'ev-charging-on-peak',
    ],
    alsoTrue: [...heatingFaults, ...meterFaults, 'missing', 'pv-string-failing'],
    graceMs: 36 * HOUR_MS,
  },
  'device-status': {
    kinds: ['container-tilted', 'water-leak', 'container-fire'],
    alsoTrue: [...meterFaults, ...sensorFaults, 'missing', 'sensor-fouled', ...containerEvents],
  },
};

/** The rule's row, or the one of a rule that the table does not know. */
export function matchingOf(rule: string): Matching | undefined {
  return Object.hasOwn(findable, rule) ? findable[rule] : undefined;
}

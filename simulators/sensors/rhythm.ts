import { HOUR_MS, MINUTE_MS } from '../../src/domain/interval.ts';
import type { Role } from '../../src/domain/reading.ts';
import type { Definition } from './definition.ts';

const SECOND_MS = 1000;

/** When a device speaks. */
export type Rhythm = {
  /** At the latest, ms. */
  readonly periodMs: number;
  /** How often it looks whether something has changed, ms; absent: it speaks by the clock alone. */
  readonly sampleMs?: number;
  /** How far it strays from its period, ms: a sensor's clock, a slot of the radio that is taken. */
  readonly jitterMs: number;
  /** All but the power comes no oftener than this, ms: a meter's long list. */
  readonly longListMs?: number;
  /** It keeps its registers at each full hour and says a whole day's of them at once, once a day. */
  readonly isDaily?: true;
};

/** kvarter's own JSON is what somebody has programmed: as often as is usual for the role. */
const byRole: Readonly<Record<Role, number>> = {
  electricityMain: MINUTE_MS,
  submeter: MINUTE_MS,
  heatMain: 5 * MINUTE_MS,
  waterMain: 15 * MINUTE_MS,
  room: 10 * MINUTE_MS,
  outdoor: 10 * MINUTE_MS,
  container: 2 * HOUR_MS,
};

const byName: Readonly<Record<string, Rhythm>> = {
  ams: { periodMs: 10 * SECOND_MS, jitterMs: 0, longListMs: HOUR_MS },
  p1: { periodMs: 10 * SECOND_MS, jitterMs: 0 },
  shelly: { periodMs: MINUTE_MS, sampleMs: 15 * SECOND_MS, jitterMs: 0 },
  tasmota: { periodMs: 5 * MINUTE_MS, jitterMs: SECOND_MS },
  wmbusmeters: { periodMs: 5 * MINUTE_MS, jitterMs: 5 * SECOND_MS },
  'axioma-w1': { periodMs: HOUR_MS, jitterMs: 0, isDaily: true },
  zigbee2mqtt: { periodMs: HOUR_MS, sampleMs: 5 * MINUTE_MS, jitterMs: 2 * SECOND_MS },
};

/** `leastMs`: no device speaks oftener than this; for long runs into files. */
export function rhythmOf({ name, isLorawan, usualMinutes }: Definition, role: Role, leastMs: number): Rhythm {
  const usual =
    byName[name] ??
    (isLorawan && usualMinutes !== undefined
      ? { periodMs: usualMinutes * MINUTE_MS, jitterMs: 4 * SECOND_MS }
      : { periodMs: byRole[role], jitterMs: 0 });
  // By the clock, so that a thinned run has no gaps of a sample more.
  const periodMs =
    usual.periodMs >= leastMs ? usual.periodMs : Math.ceil(leastMs / usual.periodMs) * usual.periodMs;
  const { sampleMs, ...rest } = usual;
  return { ...rest, periodMs, ...(sampleMs !== undefined && sampleMs >= leastMs ? { sampleMs } : {}) };
}

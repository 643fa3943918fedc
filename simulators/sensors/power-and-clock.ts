import { DAY_MS } from '../../src/domain/interval.ts';
import type { Device } from '../../src/domain/register.ts';
import type { Chance } from '../chance.ts';
import type { Definition } from './definition.ts';

type Options = {
  readonly device: Device;
  readonly definition: Definition;
  readonly chance: Chance;
  readonly startMs: number;
};

const YEAR_MS = 365.25 * DAY_MS;

/** Formats whose time is the device's own; of the others a server or gateway stamps what it hears. */
const ownClocks = new Set([
  'kvarter',
  'ams',
  'p1',
  'shelly',
  'tasmota',
  'senml',
  'line-protocol',
  'sparkplug',
  'thingsboard',
]);
/** These count seconds from zero until they have asked a time server. */
const lostClocks = new Set(['shelly', 'tasmota']);

/** A device's clock: off by a second or two, drifting by some parts per million until it is set again each day. */
export function createSensorClock({ device, definition, chance }: Options) {
  const own = chance.fork('clock');
  const isOwn = ownClocks.has(definition.name);
  const offsetMs = isOwn ? Math.round(1500 * (own.at(0) - 0.5)) : 0;
  const drift = isOwn ? 40e-6 * (own.at(1) - 0.5) : 0;
  const aheadMs = (device.clockAheadS ?? 0) * 1000;
  return {
    isLostAtStart: lostClocks.has(definition.name),
    stampMs: (atMs: number): number => atMs + offsetMs + Math.round(drift * (atMs % DAY_MS)) + aheadMs,
  };
}

/** A battery that lasts for some years, and was put in some time before the simulation starts. */
export function createBattery({ chance, startMs }: Options) {
  const own = chance.fork('battery');
  const lifeMs = (6 + 6 * own.at(0)) * YEAR_MS;
  const usedAtStart = 0.7 * own.at(1);
  const pct = (atMs: number) => 100 * Math.max(1 - usedAtStart - (atMs - startMs) / lifeMs, 0.01);
  return {
    pct,
    /** Lithium thionyl chloride: flat for most of its life. */
    mv: (atMs: number): number => {
      const left = pct(atMs) / 100;
      return 3000 + 620 * Math.min(left / 0.12, 1) + 25 * own.wave(atMs, 4 * DAY_MS);
    },
  };
}

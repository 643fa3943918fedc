import type { Quantity } from '../../src/domain/quantity.ts';
import type { Device } from '../../src/domain/register.ts';
import type { Place, World } from '../world/world.ts';

/** The true value now of what a device looks at; undefined where there is none. */
export type Look = (quantity: Quantity, channel?: string) => number | undefined;

const DEFAULT_EMPTY_MM = 1500;
const DEFAULT_FULL_MM = 300;

/** Looks at the world from where a row of the register hangs; of a container, at how far its waste is away. */
export function createLook(device: Device, world: World): Look {
  const { building, role, space, id, emptyMm = DEFAULT_EMPTY_MM, fullMm = DEFAULT_FULL_MM } = device;
  if (role === undefined) return () => undefined;
  const place: Place = { building, role, device: id, ...(space === undefined ? {} : { space }) };
  if (role !== 'container') return (quantity, channel) => world.read(place, quantity, channel);
  return (quantity, channel) => {
    const level = world.read(place, 'fillLevelPct');
    if (quantity !== 'distanceMm' || level === undefined) return world.read(place, quantity, channel);
    // What stands on top of a full container comes closer to the sensor, until it touches it.
    return Math.max(emptyMm - (level / 100) * (emptyMm - fullMm), 30);
  };
}

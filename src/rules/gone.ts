import type { Alert } from '../domain/alert.ts';
import { carriedBy } from '../domain/gateways.ts';
import { areaOfPlace, type Device, deviceRow, organisationPlace, type Register } from '../domain/register.ts';

/**
 * Is what an alert is about no more: its building, area, space or device not in the register, the device in another building or
 * replaced by this moment, or the last device of the space? A gateway that devices name needs no row of its own.
 */
export function isGone(
  register: Register,
  { building = '', space, device }: Pick<Alert, 'building' | 'space' | 'device'>,
  atMs: number,
): boolean {
  const areaId = areaOfPlace(building);
  if (areaId !== undefined) return register.areas.every(({ id }) => id !== areaId);
  if (building === organisationPlace(register)) return false;
  const place = register.buildings.get(building);
  if (place === undefined) return true;
  if (space !== undefined && place.spaces.every(({ id }) => id !== space)) return true;
  if (device === undefined) {
    return space !== undefined && rowsIn(register, building, space).every((row) => isReplaced(row, atMs));
  }
  const rows = register.devices.get(device);
  if (rows === undefined) return !carriedBy(register).get(device)?.buildings.includes(building);
  return rows.every((row) => row.building !== building || isReplaced(row, atMs));
}

function rowsIn(register: Register, building: string, space: string): readonly Device[] {
  return rowsBySpace(register).get(`${building}/${space}`) ?? [];
}

const known = new WeakMap<Register, ReadonlyMap<string, readonly Device[]>>();

/** Worked out once for a register, because each open alert asks each minute. */
function rowsBySpace(register: Register): ReadonlyMap<string, readonly Device[]> {
  const found = known.get(register);
  if (found) return found;
  const rows = [...register.devices.values()].flat();
  const made = Map.groupBy(rows, ({ building, space = '' }) => `${building}/${space}`);
  known.set(register, made);
  return made;
}

/** Is a channel of a device no more in a building: by the register, or replaced by this moment? */
export function isChannelGone(
  { devices }: Register,
  {
    building,
    device,
    channel,
  }: { readonly building: string; readonly device: string; readonly channel: string | undefined },
  atMs: number,
): boolean {
  const rows = (devices.get(device) ?? []).filter((row) => row.building === building);
  const row = deviceRow(rows, channel);
  return rows.length === 0 || (row !== undefined && isReplaced(row, atMs));
}

function isReplaced({ countsToMs }: Device, atMs: number): boolean {
  return countsToMs !== undefined && countsToMs <= atMs;
}

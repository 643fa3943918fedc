import type { Alert } from '../domain/alert.ts';
import { carriedBy } from '../domain/gateways.ts';
import {
  areaOfPlace,
  type Device,
  deviceRow,
  isOrganisationPlace,
  organisationPlace,
  type Register,
} from '../domain/register.ts';

type About = Pick<Alert, 'building' | 'space' | 'device'>;

/**
 * Is what an alert is about no more: its building, area, space or device not in the register, the device in another building or
 * replaced by this moment, or the last device of the space or building of the area? A gateway that devices name needs no row of its own.
 */
export function isGone(register: Register, about: About, atMs: number): boolean {
  const { building = '', space, device } = about;
  const areaId = areaOfPlace(building);
  if (areaId !== undefined)
    return register.areas.every(({ id, buildings }) => id !== areaId || buildings.length === 0);
  if (building === organisationPlace(register)) return false;
  const place = register.buildings.get(building);
  if (place === undefined) return true;
  if (space !== undefined && place.spaces.every(({ id }) => id !== space)) return true;
  if (device === undefined) return space !== undefined && rowsOf(register, about, atMs).length === 0;
  const rows = register.devices.get(device);
  if (rows === undefined) return !carriedBy(register).get(device)?.buildings.includes(building);
  return rows.every((row) => row.building !== building || isReplaced(row, atMs));
}

/** The rows of what an alert is about, without those that are replaced by this moment: of its device, or all in its space or building. */
export function rowsOf(
  register: Register,
  { building = '', space, device }: About,
  atMs: number,
): readonly Device[] {
  const all = rowsByBuilding(register).get(building) ?? [];
  return all.filter((row) =>
    isReplaced(row, atMs)
      ? false
      : device === undefined
        ? space === undefined || row.space === space
        : row.id === device,
  );
}

/** Has the place devices of its own in the register? Areas and the organisation have those of their buildings. */
export function hasDevices(building: string): boolean {
  return areaOfPlace(building) === undefined && !isOrganisationPlace(building);
}

const known = new WeakMap<Register, ReadonlyMap<string, readonly Device[]>>();

/** Worked out once for a register, because each open alert asks each minute. */
function rowsByBuilding(register: Register): ReadonlyMap<string, readonly Device[]> {
  const found = known.get(register);
  if (found) return found;
  const made = Map.groupBy([...register.devices.values()].flat(), ({ building }) => building);
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

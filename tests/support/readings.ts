import { type Point, pointKey, type Reading, type Role } from '../../src/domain/reading.ts';
import type { Building, Device, Register } from '../../src/domain/register.ts';

/** A reading of a device in building `b1`, unless said otherwise, that arrived when it was taken. */
export function readingOf(
  point: Point & { readonly role?: Role; readonly building?: string; readonly space?: string },
  atMs: number,
  value: number,
): Reading {
  const { building = 'b1', ...rest } = point;
  return {
    point: { ...rest, key: pointKey(point), organisation: 'o', area: 'a', building },
    atMs,
    value,
    receivedAtMs: atMs,
  };
}

/** A register with these buildings and devices in one area. */
export function registerOf(buildings: readonly Partial<Building>[], devices: readonly Device[]): Register {
  const whole = buildings.map((building, i): Building => {
    const id = building.id ?? `b${i + 1}`;
    return { name: id, area: 'a', spaces: [], flexibleLoads: [], ...building, id };
  });
  return {
    organisation: { id: 'o', name: 'O', timeZone: 'Europe/Stockholm' },
    areas: [{ id: 'a', name: 'A', buildings: whole.map(({ id }) => id) }],
    buildings: new Map(whole.map((building) => [building.id, building])),
    devices: Map.groupBy(devices, ({ id }) => id),
  };
}

/** The register, with a row for whatever a reading is of that it has not. */
export function withPlacesOf(readings: readonly Reading[], base: Register): Register {
  const buildings = new Map(base.buildings);
  const devices = new Map(base.devices);
  // Readings are many, and places few.
  const points = new Map(
    readings.map(({ point }) => [`${point.building}|${point.device}|${point.space ?? ''}`, point]),
  );
  for (const point of points.values()) {
    const { device, space, role } = point;
    const building =
      buildings.get(point.building) ?? registerOf([{ id: point.building }], []).buildings.get(point.building);
    if (building === undefined) continue;
    const isKnown = space === undefined || building.spaces.some(({ id }) => id === space);
    const spaces = isKnown ? building.spaces : [...building.spaces, { id: space, kind: '', name: space }];
    buildings.set(building.id, { ...building, spaces });
    const rows = devices.get(device) ?? [];
    if (rows.some((row) => row.building === point.building)) continue;
    const row = { id: device, model: 'kvarter', building: point.building };
    devices.set(device, [...rows, { ...row, ...(space && { space }), ...(role && { role }) }]);
  }
  return { ...base, buildings, devices };
}

import { z } from 'zod';
import { HOUR_MS } from '../../domain/interval.ts';
import type { PlacedPoint, Reading } from '../../domain/reading.ts';
import type { FlexibleLoad } from '../../domain/register.ts';

/** What the rooms of a building said last, by device: [time, °C]. Plain JSON. */
export const roomsSchema = z.record(z.string(), z.tuple([z.number(), z.number()]));
export type Rooms = z.infer<typeof roomsSchema>;

/** A room that has said nothing for longer is not known. */
const KNOWN_MS = 3 * HOUR_MS;
/** The coldest rooms decide, but not one sensor of many by an open window. */
const COLDEST_SHARE = 0.1;

export function isRoomTemperature({ role, quantity }: PlacedPoint): boolean {
  return role === 'room' && quantity === 'airTemperatureC';
}

export function noteRoom(rooms: Rooms, { point, atMs, value }: Reading): void {
  const key = `${point.device}|${point.channel ?? ''}`;
  if (atMs >= (rooms[key]?.[0] ?? Number.NEGATIVE_INFINITY)) rooms[key] = [atMs, value];
}

/** The temperature that nine of ten rooms have at least, °C; undefined when none is known. */
export function coldRoomsC(rooms: Rooms, atMs: number): number | undefined {
  const known = Object.values(rooms)
    .filter(([saidMs]) => saidMs >= atMs - KNOWN_MS)
    .map(([, celsius]) => celsius)
    .toSorted((a, b) => a - b);
  return known[Math.floor(known.length * COLDEST_SHARE)];
}

/** May the load be off with rooms like these? One that keeps rooms warm only while they are known to be: unknown is not warm. */
export function isWarmEnough({ warmAboveC }: FlexibleLoad, coldC: number | undefined): boolean {
  return warmAboveC === undefined || (coldC !== undefined && coldC >= warmAboveC);
}

import { type Device, deviceRow } from '../domain/register.ts';
import { isoTime, parseIsoTime } from '../domain/time.ts';
import { zoneOf } from '../domain/zone.ts';
import type { Problem } from './problem.ts';

/** A row of `devices.csv` that says when another device took its place. */
export type ExchangeRow = {
  readonly device: Device;
  readonly replacedAt: string | undefined;
  readonly at: (column: string, message: string) => Problem;
};

type Devices = ReadonlyMap<string, readonly Device[]>;

/**
 * The devices, with the time in which each counts for its building: what was replaced until the exchange, what has taken
 * its place from then on; so that nothing is counted twice and nothing is left out.
 */
export function withExchanges(
  devices: Devices,
  rows: readonly ExchangeRow[],
  timeZone: string,
  problems: Problem[],
): Devices {
  if (rows.length === 0) return devices;
  const [ends, starts] = [new Map<Device, number>(), new Map<Device, number>()];
  for (const { device, replacedAt, at } of rows) {
    const next = successorOf(devices, device);
    if (typeof next === 'string') {
      problems.push(at('replacedBy', next));
      continue;
    }
    const atMs = replacedAt === undefined ? undefined : momentOf(replacedAt, timeZone);
    if (atMs === undefined) {
      const says =
        'must be such as 2026-03-01 10:30 (the wall clock of the buildings) or ISO 8601 with offset';
      problems.push(at('replacedAt', replacedAt === undefined ? `is missing: ${says}` : says));
      continue;
    }
    const other = starts.get(next);
    if (other !== undefined && other !== atMs) {
      problems.push(at('replacedAt', `${next.id} has taken another's place at ${isoTime(other)} already`));
    }
    ends.set(device, atMs);
    starts.set(next, atMs);
  }
  for (const { device, at } of rows) {
    const [fromMs, toMs] = [starts.get(device), ends.get(device)];
    if (fromMs === undefined || toMs === undefined || fromMs < toMs) continue;
    problems.push(at('replacedAt', `${device.id} was not there before ${isoTime(fromMs)}`));
  }
  const placed = new Map(devices);
  for (const { id } of [...ends.keys(), ...starts.keys()]) {
    const withTimes = devices.get(id)?.map((row) => {
      const [countsFromMs, countsToMs] = [starts.get(row), ends.get(row)];
      return {
        ...row,
        ...(countsFromMs === undefined ? {} : { countsFromMs }),
        ...(countsToMs === undefined ? {} : { countsToMs }),
      };
    });
    if (withTimes) placed.set(id, withTimes);
  }
  return placed;
}

/** The row that goes on with the series, or what is wrong. */
function successorOf(devices: Devices, device: Device): Device | string {
  const { id, replacedBy, channel, building, role } = device;
  if (replacedBy === undefined) return 'is missing: replacedBy and replacedAt go together';
  const rows = devices.get(replacedBy);
  if (!rows) return `${replacedBy} is not in this file: give it a row first`;
  const next = deviceRow(rows, channel);
  if (!next) return `${replacedBy} has no row for channel ${channel ?? 'none'}`;
  if (replacedBy === id) return 'a device does not take its own place';
  if (next.building !== building || next.role !== role) {
    return `${replacedBy} has another building or role than ${id}, whose series it goes on with`;
  }
  return next;
}

/** Of a wall clock, the earlier one where the clock shows a time twice. */
function momentOf(text: string, timeZone: string): number | undefined {
  const atMs = parseIsoTime(text);
  if (atMs !== undefined) return atMs;
  const local = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d))?$/.exec(text);
  const wallMs = local ? Date.parse(`${local[1]}T${local[2] ?? '00:00'}:00Z`) : Number.NaN;
  return Number.isFinite(wallMs) ? zoneOf(timeZone).fromWall(wallMs, Number.NEGATIVE_INFINITY) : undefined;
}

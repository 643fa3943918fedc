import { isQuantity } from '../domain/quantity.ts';
import { type Point, pointKey } from '../domain/reading.ts';
import type { Row } from './influxdb-connection.ts';
import { tagName } from './influxdb-lines.ts';
import type { StoredReading } from './store.ts';

/** A reading as InfluxDB has it: its series has the place too, so a device that moved has one series per place. */
export type Found = StoredReading & { readonly key: string; readonly place: string };

/** Undefined for what is no reading of ours. */
export function foundReading(row: Row): Found | undefined {
  const quantity = row('_measurement');
  if (!isQuantity(quantity)) return undefined;
  const channel = tagName(row('channel'));
  const point: Point = { device: tagName(row('device')), quantity, ...(channel === '' ? {} : { channel }) };
  const place = [row('organisation'), row('area'), row('building'), row('space')].join('|');
  return { point, atMs: Date.parse(row('_time')), value: Number(row('_value')), key: pointKey(point), place };
}

/** In the order of the port, one per point and time: of several places, the last in the alphabet. */
export function inOrder(found: readonly Found[]): readonly Found[] {
  const sorted = found.toSorted((a, b) => compareReadings(a, b) || compareText(b.place, a.place));
  return sorted.filter(({ key, atMs }, at) => {
    const before = sorted[at - 1];
    return before === undefined || before.key !== key || before.atMs !== atMs;
  });
}

/** The newest of each point. */
export function newestOf(found: readonly Found[]): readonly Found[] {
  const newest = new Map<string, Found>();
  for (const reading of inOrder(found)) newest.set(reading.key, reading);
  return [...newest.values()];
}

export function compareReadings(a: Placeless, b: Placeless): number {
  return (
    a.atMs - b.atMs ||
    compareText(a.point.device, b.point.device) ||
    compareText(a.point.quantity, b.point.quantity) ||
    compareText(a.point.channel ?? '', b.point.channel ?? '')
  );
}

type Placeless = { readonly atMs: number; readonly point: Point };

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

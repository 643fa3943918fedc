import type { Point } from '../domain/reading.ts';
import { boundsOf, type Range, sumsFlux } from './flux.ts';
import type { Connection } from './influxdb-connection.ts';
import { selectReadings } from './influxdb-readings.ts';
import type { ReadingStore } from './store.ts';

type Query = Connection['query'];
type Step = { readonly sum: number; readonly count: number };
type Steps = Map<number, Step>;

const PAGE = 10_000;

/**
 * InfluxDB adds up per series. Where two series of one point have readings in the same step, because the device moved
 * to another building, they may hold the same readings: those steps are read again, one reading per time.
 */
export async function selectMeans(
  query: Query,
  bucket: string,
  { point, stepMs, ...asked }: Parameters<ReadingStore['means']>[0],
): Promise<readonly { readonly fromMs: number; readonly mean: number; readonly count: number }[]> {
  const { fromMs, toMs } = boundsOf(asked);
  if (fromMs >= toMs) return [];
  const stepOf = (atMs: number) => asked.fromMs + Math.floor((atMs - asked.fromMs) / stepMs) * stepMs;

  const sums: Steps = new Map();
  const shared: number[] = [];
  await query(sumsFlux(bucket, point, { fromMs, toMs }, stepMs), (row) => {
    const at = stepOf(Date.parse(row('_start')));
    const isCount = row('result') === 'count';
    if (isCount && (sums.get(at)?.count ?? 0) > 0) shared.push(at);
    const value = Number(row('_value'));
    add(sums, at, isCount ? { sum: 0, count: value } : { sum: value, count: 0 });
  });
  if (shared.length > 0) {
    const range = { fromMs: min(shared), toMs: Math.min(max(shared) + stepMs, toMs) };
    for (const [at, step] of await readAgain(query, bucket, point, range, stepOf)) sums.set(at, step);
  }
  return [...sums]
    .map(([at, { sum, count }]) => ({ fromMs: at, mean: sum / count, count }))
    .sort((a, b) => a.fromMs - b.fromMs);
}

async function readAgain(
  query: Query,
  bucket: string,
  { device, quantity, channel = '' }: Point,
  range: Range,
  stepOf: (atMs: number) => number,
): Promise<Steps> {
  const sums: Steps = new Map();
  for (let fromMs = range.fromMs; ; ) {
    const asked = { device, quantity, channel, fromMs, toMs: range.toMs, limit: PAGE };
    const page = await selectReadings(query, bucket, asked);
    for (const { atMs, value } of page) add(sums, stepOf(atMs), { sum: value, count: 1 });
    const last = page.at(-1);
    if (page.length < PAGE || last === undefined) return sums;
    fromMs = last.atMs + 1;
  }
}

function add(sums: Steps, at: number, { sum, count }: Step): void {
  const known = sums.get(at) ?? { sum: 0, count: 0 };
  sums.set(at, { sum: known.sum + sum, count: known.count + count });
}

function min(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value));
}

function max(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value));
}

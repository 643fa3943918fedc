import { HOUR_MS, type Interval, type LoadQuarter, type Meter, QUARTER_MS } from '../domain/interval.ts';
import { boundsOf, intervalsFlux, type Meters, type Range } from './flux.ts';
import type { Connection, Row } from './influxdb-connection.ts';
import type { ReadingStore } from './store.ts';

type Query = Connection['query'];

/** Every device is named in the text of a query. */
const DEVICES_PER_QUERY = 500;

export async function selectIntervals(
  query: Query,
  bucket: string,
  { meter, ...asked }: Parameters<ReadingStore['intervals']>[0],
): Promise<readonly Interval[]> {
  const range = boundsOf(asked);
  const found: Interval[] = [];
  if (range.fromMs >= range.toMs) return found;
  await query(intervalsFlux(bucket, { ...meter, devices: [meter.device] }, range), (row) =>
    found.push({ meter, ...quarterOf(row) }),
  );
  return found.sort((a, b) => a.fromMs - b.fromMs);
}

/**
 * The sum is made here, while the rows stream in: Flux takes three times as long for summing 200 meters by quarter as
 * for sending their intervals.
 */
export async function selectLoad(
  query: Query,
  bucket: string,
  { meters, ...asked }: Parameters<ReadingStore['load']>[0],
): Promise<readonly LoadQuarter[]> {
  const sums = new Map<number, LoadQuarter>();
  const spans = Map.groupBy(meters, ({ fromMs = asked.fromMs, toMs = asked.toMs }) => `${fromMs}|${toMs}`);
  for (const bounded of spans.values()) {
    const range = boundsOf(within(asked, bounded[0]));
    if (range.fromMs >= range.toMs) continue;
    for (const some of portions(bounded)) {
      await query(intervalsFlux(bucket, some, range), (row) => {
        const quarter = quarterOf(row);
        sums.set(quarter.fromMs, plus(sums.get(quarter.fromMs), quarter));
      });
    }
  }
  return [...sums.values()].sort((a, b) => a.fromMs - b.fromMs);
}

function within({ fromMs, toMs }: Range, bounds: Partial<Range> = {}): Range {
  return { fromMs: Math.max(fromMs, bounds.fromMs ?? fromMs), toMs: Math.min(toMs, bounds.toMs ?? toMs) };
}

/** Each meter once, by kind, as many as go into a query. */
function* portions(meters: readonly Meter[]): Generator<Meters> {
  const kinds = Map.groupBy(meters, ({ carrier, channel }) => `${carrier}|${channel ?? ''}`);
  for (const [first, ...others] of kinds.values()) {
    if (first === undefined) continue;
    const devices = [...new Set([first, ...others].map(({ device }) => device))];
    for (let from = 0; from < devices.length; from += DEVICES_PER_QUERY) {
      yield { ...first, devices: devices.slice(from, from + DEVICES_PER_QUERY) };
    }
  }
}

type Quarter = Omit<Interval, 'meter'>;

function quarterOf(row: Row): Quarter {
  return {
    fromMs: Date.parse(row('_time')),
    energyWh: Number(row('energyWh')),
    coverage: Number(row('coverage')),
  };
}

function plus(sum: LoadQuarter | undefined, quarter: Quarter): LoadQuarter {
  return {
    fromMs: quarter.fromMs,
    energyWh: (sum?.energyWh ?? 0) + quarter.energyWh,
    powerW: (sum?.powerW ?? 0) + (quarter.energyWh / quarter.coverage) * (HOUR_MS / QUARTER_MS),
    coverageSum: (sum?.coverageSum ?? 0) + quarter.coverage,
    meters: (sum?.meters ?? 0) + 1,
  };
}

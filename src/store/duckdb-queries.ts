import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import type { Interval, LoadQuarter, Meter } from '../domain/interval.ts';
import { isQuantity } from '../domain/quantity.ts';
import type { ReadingQuery, StoredReading } from './store.ts';

type Range = { readonly fromMs: number; readonly toMs: number };

// Every statement that reads. Names are bound as parameters; times and series numbers stand as whole numbers in the
// text, because DuckDB skips row groups only when it plans with their values.

export async function selectReadings(connection: DuckDBConnection, query: ReadingQuery) {
  const { after } = query;
  const fromMs = Math.max(query.fromMs ?? Number.NEGATIVE_INFINITY, after?.atMs ?? Number.NEGATIVE_INFINITY);
  const rows = await select(
    connection,
    `SELECT at_ms::DOUBLE, device, quantity, channel, value FROM readings JOIN points ON point = id
     WHERE ${conditions([
       query.device !== undefined && 'device = $device',
       query.quantity !== undefined && 'quantity = $quantity',
       query.channel !== undefined && 'channel = $channel',
       fromMs !== Number.NEGATIVE_INFINITY && `at_ms >= ${whole(fromMs)}`,
       query.toMs !== undefined && `at_ms < ${whole(query.toMs)}`,
       after !== undefined &&
         `(at_ms > ${whole(after.atMs)} OR (device, quantity, coalesce(channel, '')) > ($afterDevice, $afterQuantity, $afterChannel))`,
     ])}
     ORDER BY at_ms, device, quantity, channel NULLS FIRST LIMIT ${whole(query.limit)}`,
    {
      device: query.device,
      quantity: query.quantity,
      channel: query.channel,
      afterDevice: after?.point.device,
      afterQuantity: after?.point.quantity,
      afterChannel: after && (after.point.channel ?? ''),
    },
  );
  return rows.map(storedReading);
}

/** The newest reading of every point: a scan of the whole history. */
export async function selectNewest(connection: DuckDBConnection): Promise<readonly StoredReading[]> {
  const rows = await select(
    connection,
    `SELECT newest_ms, device, quantity, channel, value
     FROM (SELECT point, max(at_ms)::DOUBLE AS newest_ms, arg_max(value, at_ms) AS value FROM readings GROUP BY point)
     JOIN points ON point = id`,
  );
  return rows.map(storedReading);
}

/** By the numbers of the points, in order of time. */
export async function selectSamples(
  connection: DuckDBConnection,
  query: { readonly points: readonly number[] } & Range,
): Promise<readonly { readonly id: number; readonly atMs: number; readonly value: number }[]> {
  const rows = await select(
    connection,
    `SELECT point::DOUBLE, at_ms::DOUBLE, value FROM readings
     WHERE point IN (${query.points.map(whole).join(', ')})
       AND at_ms >= ${whole(query.fromMs)} AND at_ms <= ${whole(query.toMs)}
     ORDER BY at_ms`,
  );
  return rows.map(([id, atMs, value]) => ({ id: number(id), atMs: number(atMs), value: number(value) }));
}

export async function selectMeans(
  connection: DuckDBConnection,
  query: {
    readonly point: number;
    readonly fromMs: number;
    readonly toMs: number;
    readonly stepMs: number;
  },
) {
  const from = whole(query.fromMs);
  const rows = await select(
    connection,
    `SELECT (at_ms - ${from}) // ${whole(query.stepMs)} AS step, avg(value), count(*)::DOUBLE FROM readings
     WHERE point = ${whole(query.point)} AND at_ms >= ${from} AND at_ms < ${whole(query.toMs)}
     GROUP BY step ORDER BY step`,
  );
  return rows.map(([step, mean, count]) => ({
    fromMs: query.fromMs + Number(step) * query.stepMs,
    mean: number(mean),
    count: number(count),
  }));
}

export async function selectIntervals(
  connection: DuckDBConnection,
  query: { readonly meter: Meter; readonly id: number; readonly fromMs: number; readonly toMs: number },
): Promise<readonly Interval[]> {
  const rows = await select(
    connection,
    `SELECT from_ms::DOUBLE, energy_wh, coverage FROM intervals
     WHERE meter = ${whole(query.id)} AND from_ms >= ${whole(query.fromMs)} AND from_ms < ${whole(query.toMs)} AND coverage > 0
     ORDER BY from_ms`,
  );
  return rows.map(([fromMs, energyWh, coverage]) => ({
    meter: query.meter,
    fromMs: number(fromMs),
    energyWh: number(energyWh),
    coverage: number(coverage),
  }));
}

/** A meter by its number, and its bounds where they are narrower than the range that is asked for. */
export type NumberedMeter = { readonly id: number; readonly bounds?: Range };

export async function selectLoad(
  connection: DuckDBConnection,
  { meters, ...range }: Range & { readonly meters: readonly NumberedMeter[] },
): Promise<readonly LoadQuarter[]> {
  const rows = await select(
    connection,
    `SELECT from_ms::DOUBLE, sum(energy_wh), sum(energy_wh / coverage) * 4, sum(coverage), count(*)::DOUBLE
     FROM (${loadRows(meters, range).join(' UNION ALL ')}) GROUP BY from_ms ORDER BY from_ms`,
  );
  return rows.map(([fromMs, energyWh, powerW, coverageSum, count]) => ({
    fromMs: number(fromMs),
    energyWh: number(energyWh),
    powerW: number(powerW),
    coverageSum: number(coverageSum),
    meters: number(count),
  }));
}

/** A list of numbers is found in half the time of a join, which bounds need; a condition for each meter takes a hundred times as long. */
function loadRows(meters: readonly NumberedMeter[], { fromMs, toMs }: Range): readonly string[] {
  const columns = 'SELECT from_ms, energy_wh, coverage FROM intervals';
  const inRange = `from_ms >= ${whole(fromMs)} AND from_ms < ${whole(toMs)} AND coverage > 0`;
  const ids = meters.filter(({ bounds }) => bounds === undefined).map(({ id }) => whole(id));
  const bounded = meters.flatMap(({ id, bounds }) =>
    bounds ? [`(${whole(id)}, ${whole(bounds.fromMs)}, ${whole(bounds.toMs)})`] : [],
  );
  return [
    ...(ids.length > 0 ? [`${columns} WHERE meter IN (${ids.join(', ')}) AND ${inRange}`] : []),
    ...(bounded.length > 0
      ? [
          `${columns} JOIN (VALUES ${bounded.join(', ')}) AS bounds(id, first_ms, end_ms) ON meter = id
           WHERE from_ms >= first_ms AND from_ms < end_ms AND ${inRange}`,
        ]
      : []),
  ];
}

async function select(
  connection: DuckDBConnection,
  sql: string,
  names: Readonly<Record<string, string | undefined>> = {},
): Promise<readonly DuckDBValue[][]> {
  const bound: Record<string, string> = {};
  for (const [name, value] of Object.entries(names)) if (value !== undefined) bound[name] = value;
  return (await connection.runAndReadAll(sql, bound)).getRows();
}

function conditions(list: readonly (string | false)[]): string {
  return list.filter((condition) => condition !== false).join(' AND ') || 'true';
}

function storedReading([atMs, device, quantity, channel, value]: readonly DuckDBValue[]): StoredReading {
  const name = String(quantity);
  if (!isQuantity(name))
    throw new Error(`The store holds the quantity ${name}, which this kvarter does not know.`);
  const point = { device: String(device), quantity: name };
  return {
    point: channel === null || channel === undefined ? point : { ...point, channel: String(channel) },
    atMs: number(atMs),
    value: number(value),
  };
}

function number(value: DuckDBValue | undefined): number {
  if (typeof value !== 'number') throw new Error(`DuckDB answered ${value} where a number belongs.`);
  return value;
}

/** A whole number as text: nothing else may get into a statement. */
function whole(value: number): string {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a whole number`);
  return String(value);
}

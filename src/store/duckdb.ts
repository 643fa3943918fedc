import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { KvarterError } from '../domain/errors.ts';
import { type Interval, meterKey } from '../domain/interval.ts';
import { pointKey, type Reading } from '../domain/reading.ts';
import {
  type NumberedMeter,
  selectIntervals,
  selectLoad,
  selectMeans,
  selectNewest,
  selectReadings,
  selectSamples,
} from './duckdb-queries.ts';
import { type DuckdbOptions, openDatabase } from './duckdb-schema.ts';
import { deleteBefore, intervalsTable, type Rows, readingsTable, upsert } from './duckdb-writer.ts';
import { createNewest } from './newest.ts';
import { createSeriesBook, type SeriesBook } from './series-book.ts';
import { intervalProblem, readingProblem, sortOut } from './storable.ts';
import type { ReadingStore } from './store.ts';
import { createTurns } from './turns.ts';

/**
 * The embedded store: one DuckDB file. Writes go one after another over a connection of their own, so reads never wait
 * for them, and are synced to the file's log when they resolve. Rejects with `data-dir-unusable` when the file cannot
 * be used: when another process holds it, for example.
 */
export async function openDuckdbStore(options: DuckdbOptions): Promise<ReadingStore> {
  const { database, writer, points: knownPoints, meters: knownMeters } = await openDatabase(options);
  const points = createSeriesBook(knownPoints);
  const meters = createSeriesBook(knownMeters);
  const writes = createTurns(1);
  // Node blocks on at most four threads, and the journal's fsync needs one of them.
  const reads = createTurns(2);

  const read = <T>(task: (connection: DuckDBConnection) => Promise<T>): Promise<T> =>
    reads.run(() => withConnection(database, task)).catch(failed);
  const newest = createNewest(() => read(selectNewest));

  return {
    async writeReadings(readings) {
      const { sound, refused } = sortOut(readings, readingProblem);
      if (sound.length > 0) {
        await writes
          .run(async () => {
            await upsert(writer, readingsTable, points, readingRows(points, sound));
            newest.stored(sound);
          })
          .catch(failed);
      }
      return refused;
    },
    async writeIntervals(intervals) {
      const { sound, refused } = sortOut(intervals, intervalProblem);
      if (sound.length > 0) {
        await writes
          .run(() => upsert(writer, intervalsTable, meters, intervalRows(meters, sound)))
          .catch(failed);
      }
      return refused;
    },
    readings: (query) => read((connection) => selectReadings(connection, query)),
    async samples({ points: asked, fromMs, toMs }) {
      const byId = new Map(
        asked.flatMap((point) => {
          const id = points.find(pointKey(point));
          return id === undefined ? [] : [[id, point] as const];
        }),
      );
      if (byId.size === 0) return [];
      const found = await read((connection) =>
        selectSamples(connection, { points: [...byId.keys()], fromMs, toMs }),
      );
      return found.flatMap(({ id, atMs, value }) => {
        const point = byId.get(id);
        return point ? [{ point, atMs, value }] : [];
      });
    },
    async last({ device, quantity }) {
      return (await newest.all()).filter(
        ({ point }) =>
          (device ?? point.device) === point.device && (quantity ?? point.quantity) === point.quantity,
      );
    },
    async means(query) {
      const point = points.find(pointKey(query.point));
      return point === undefined ? [] : read((connection) => selectMeans(connection, { ...query, point }));
    },
    async intervals(query) {
      const id = meters.find(meterKey(query.meter));
      return id === undefined ? [] : read((connection) => selectIntervals(connection, { ...query, id }));
    },
    async load({ fromMs, toMs, meters: asked }) {
      const numbered = asked.flatMap((meter): NumberedMeter | readonly [] => {
        const id = meters.find(meterKey(meter));
        if (id === undefined) return [];
        const bounds = { fromMs: meter.fromMs ?? fromMs, toMs: meter.toMs ?? toMs };
        return bounds.fromMs > fromMs || bounds.toMs < toMs ? { id, bounds } : { id };
      });
      if (numbered.length === 0) return [];
      return read((connection) => selectLoad(connection, { meters: numbered, fromMs, toMs }));
    },
    async forget({ readingsMs, intervalsMs }) {
      await writes
        .run(async () => {
          if (readingsMs !== undefined) await deleteBefore(writer, readingsTable, readingsMs);
          if (intervalsMs !== undefined) await deleteBefore(writer, intervalsTable, intervalsMs);
        })
        .catch(failed);
    },
    async check() {
      await read((connection) => connection.run('SELECT 1'));
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([writes.settled(), reads.settled()]);
      // Closing would do this too, but while the event loop stands still.
      await writer.run('CHECKPOINT').catch(() => undefined);
      writer.closeSync();
      database.closeSync();
    },
  };
}

async function withConnection<T>(
  database: DuckDBInstance,
  task: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const connection = await database.connect();
  try {
    return await task(connection);
  } finally {
    connection.closeSync();
  }
}

function readingRows(book: SeriesBook, readings: readonly Reading[]): Rows {
  const series = new Int32Array(readings.length);
  const atMs = new Float64Array(readings.length);
  const value = new Float64Array(readings.length);
  for (const [row, reading] of readings.entries()) {
    const { point } = reading;
    series[row] = book.number(point.key, point, point.quantity);
    atMs[row] = reading.atMs;
    value[row] = reading.value;
  }
  return { series, atMs, values: [value] };
}

function intervalRows(book: SeriesBook, intervals: readonly Interval[]): Rows {
  const series = new Int32Array(intervals.length);
  const atMs = new Float64Array(intervals.length);
  const energyWh = new Float64Array(intervals.length);
  const coverage = new Float64Array(intervals.length);
  for (const [row, interval] of intervals.entries()) {
    const { meter } = interval;
    series[row] = book.number(meterKey(meter), meter, meter.carrier);
    atMs[row] = interval.fromMs;
    energyWh[row] = interval.energyWh;
    coverage[row] = interval.coverage;
  }
  return { series, atMs, values: [energyWh, coverage] };
}

/** A full disk and the like may pass; the file itself stays as it was, because every write is one transaction. */
function failed(error: unknown): never {
  if (error instanceof KvarterError || error instanceof RangeError) throw error;
  const said = error instanceof Error ? error.message : String(error);
  throw new KvarterError('store-unavailable', `DuckDB could not do it: ${said.split('\n')[0]}`, {
    cause: error,
  });
}

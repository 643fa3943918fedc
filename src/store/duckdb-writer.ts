import { DOUBLE, type DuckDBConnection, DuckDBDataChunk, INTEGER, VARCHAR } from '@duckdb/node-api';
import { lastPerPlace } from './last-per-place.ts';
import type { SeriesBook } from './series-book.ts';
import { timeRanges } from './time-ranges.ts';

/** A batch in columns, in the order of the batch. */
export type Rows = {
  /** Which point or meter. */
  readonly series: Int32Array;
  /** Whole milliseconds. */
  readonly atMs: Float64Array;
  /** One array per value column of the table. */
  readonly values: readonly Float64Array[];
};

/** Where rows go: the table and the book of its series. */
export type Target = {
  readonly table: 'readings' | 'intervals';
  readonly seriesTable: 'points' | 'meters';
  readonly series: 'point' | 'meter';
  readonly time: 'at_ms' | 'from_ms';
  readonly values: readonly string[];
  readonly book: SeriesBook;
};

/**
 * Upserts a batch by (series, time) in one transaction; the last of several rows for one place wins. When it resolves,
 * DuckDB has synced its write-ahead log. Only one call at a time may use the connection.
 */
export async function upsert(connection: DuckDBConnection, target: Target, rows: Rows): Promise<void> {
  const kept = lastPerPlace(rows.series, rows.atMs);
  const unsaved = target.book.unsaved();
  await connection.run('BEGIN');
  try {
    await addSeries(connection, target);
    await stage(connection, target, rows, kept);
    for (const { lowMs, highMs } of timeRanges(rows.atMs)) {
      await connection.run(mergeSql(target, lowMs, highMs));
    }
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
  target.book.saved(unsaved.length);
}

async function addSeries(connection: DuckDBConnection, { book, seriesTable }: Target): Promise<void> {
  const rows = book.unsaved();
  if (rows.length === 0) return;
  const appender = await connection.createAppender(seriesTable);
  for (let from = 0; from < rows.length; from += CHUNK_ROWS) {
    const part = rows.slice(from, from + CHUNK_ROWS);
    const chunk = DuckDBDataChunk.create([INTEGER, VARCHAR, VARCHAR, VARCHAR]);
    chunk.setColumns([
      part.map(({ id }) => id),
      part.map(({ device }) => device),
      part.map(({ kind }) => kind),
      part.map(({ channel }) => channel ?? null),
    ]);
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

/** Puts the kept rows into a temporary table, in columns: appending row by row takes several times as long. */
async function stage(connection: DuckDBConnection, { values }: Target, rows: Rows, kept: Int32Array) {
  const columns = [rows.series, rows.atMs, ...rows.values];
  // A new table each time: one that is emptied keeps what it held in memory.
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE incoming (series INTEGER, at DOUBLE, ${values.map((name) => `${name} DOUBLE`).join(', ')})`,
  );
  const appender = await connection.createAppender('incoming', 'main', 'temp');
  for (let from = 0; from < kept.length; from += CHUNK_ROWS) {
    const part = kept.subarray(from, from + CHUNK_ROWS);
    const chunk = DuckDBDataChunk.create([INTEGER, DOUBLE, ...values.map(() => DOUBLE)]);
    chunk.setColumns(columns.map((column) => Array.from(part, (row) => column[row] ?? null)));
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

/** DuckDB's vector size, the most rows that a data chunk takes. */
const CHUNK_ROWS = 2048;

/** The bounds stand as numbers in the text: DuckDB skips row groups outside them only when it plans with their values. */
function mergeSql({ table, series, time, values }: Target, lowMs: number, highMs: number): string {
  return `
    MERGE INTO ${table} AS stored
    USING (SELECT series, at::BIGINT AS at, ${values.join(', ')} FROM temp.incoming WHERE at BETWEEN ${lowMs} AND ${highMs}) AS new
    ON stored.${series} = new.series AND stored.${time} = new.at AND stored.${time} BETWEEN ${lowMs} AND ${highMs}
    WHEN MATCHED AND (${values.map((name) => `stored.${name} <> new.${name}`).join(' OR ')})
      THEN UPDATE SET ${values.map((name) => `${name} = new.${name}`).join(', ')}
    WHEN NOT MATCHED
      THEN INSERT (${series}, ${time}, ${values.join(', ')}) VALUES (new.series, new.at, ${values.map((name) => `new.${name}`).join(', ')})`;
}

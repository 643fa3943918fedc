import { DOUBLE, type DuckDBConnection, DuckDBDataChunk, INTEGER, VARCHAR } from '@duckdb/node-api';
import { lastPerPlace } from './last-per-place.ts';
import type { SeriesBook, SeriesRow } from './series-book.ts';
import { type TimeRange, timeRanges } from './time-ranges.ts';

/** A batch in columns, in the order of the batch. */
export type Rows = {
  /** Which point or meter. */
  readonly series: Int32Array;
  /** Whole milliseconds. */
  readonly atMs: Float64Array;
  /** One array per value column of the table. */
  readonly values: readonly Float64Array[];
};

/** Where rows go. */
export type Table = {
  readonly name: 'readings' | 'intervals';
  readonly series: 'point' | 'meter';
  readonly seriesTable: 'points' | 'meters';
  readonly time: 'at_ms' | 'from_ms';
  readonly values: readonly string[];
};

export const readingsTable: Table = {
  name: 'readings',
  series: 'point',
  seriesTable: 'points',
  time: 'at_ms',
  values: ['value'],
};

export const intervalsTable: Table = {
  name: 'intervals',
  series: 'meter',
  seriesTable: 'meters',
  time: 'from_ms',
  values: ['energy_wh', 'coverage'],
};

/**
 * Upserts a batch by (series, time) in one transaction; the last of several rows for one place wins. When it resolves,
 * DuckDB has synced its write-ahead log. Only one call at a time may use the connection.
 */
export async function upsert(
  connection: DuckDBConnection,
  table: Table,
  book: SeriesBook,
  rows: Rows,
): Promise<void> {
  const newSeries = book.unsaved();
  await connection.run('BEGIN');
  try {
    await addSeries(connection, table, newSeries);
    await stage(connection, table, rows, lastPerPlace(rows.series, rows.atMs));
    for (const range of timeRanges(rows.atMs)) await connection.run(mergeSql(table, range));
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
  book.saved(newSeries.length);
}

/** Deletes the rows before a moment. The file does not shrink: their room is used for what comes. */
export async function deleteBefore(
  connection: DuckDBConnection,
  { name, time }: Table,
  momentMs: number,
): Promise<void> {
  await connection.run(`DELETE FROM ${name} WHERE ${time} < ${Math.floor(momentMs)}`);
}

async function addSeries(connection: DuckDBConnection, table: Table, rows: readonly SeriesRow[]) {
  if (rows.length === 0) return;
  const appender = await connection.createAppender(table.seriesTable);
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
async function stage(connection: DuckDBConnection, { values }: Table, rows: Rows, kept: Int32Array) {
  const columns = [rows.series, rows.atMs, ...rows.values];
  // A new table each time: one that is emptied keeps what it held in memory.
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE incoming (series INTEGER, time_ms DOUBLE, ${values.map((name) => `${name} DOUBLE`).join(', ')})`,
  );
  const appender = await connection.createAppender('incoming', 'main', 'temp');
  for (let from = 0; from < kept.length; from += CHUNK_ROWS) {
    const part = kept.subarray(from, from + CHUNK_ROWS);
    const chunk = DuckDBDataChunk.create([INTEGER, DOUBLE, ...values.map(() => DOUBLE)]);
    chunk.setColumns(columns.map((column) => picked(column, part)));
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

function picked(column: Int32Array | Float64Array, rows: Int32Array): number[] {
  const values = new Array<number>(rows.length);
  for (let at = 0; at < rows.length; at += 1) values[at] = column[rows[at] ?? 0] ?? 0;
  return values;
}

/** DuckDB's vector size, the most rows that a data chunk takes. */
const CHUNK_ROWS = 2048;

/** The bounds stand as numbers in the text: DuckDB skips row groups outside them only when it plans with their values. */
function mergeSql({ name, series, time, values }: Table, { lowMs, highMs }: TimeRange): string {
  const each = (text: (column: string) => string) => values.map(text);
  return `
    MERGE INTO ${name} AS stored
    USING (SELECT series, time_ms::BIGINT AS time_ms, ${values.join(', ')} FROM temp.incoming WHERE time_ms BETWEEN ${lowMs} AND ${highMs}) AS new
    ON stored.${series} = new.series AND stored.${time} = new.time_ms AND stored.${time} BETWEEN ${lowMs} AND ${highMs}
    WHEN MATCHED AND (${each((column) => `stored.${column} <> new.${column}`).join(' OR ')})
      THEN UPDATE SET ${each((column) => `${column} = new.${column}`).join(', ')}
    WHEN NOT MATCHED
      THEN INSERT (${series}, ${time}, ${values.join(', ')}) VALUES (new.series, new.time_ms, ${each((column) => `new.${column}`).join(', ')})`;
}

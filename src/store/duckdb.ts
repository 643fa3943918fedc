import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { KvarterError } from '../domain/errors.ts';
import { type Interval, type Meter, meterKey } from '../domain/interval.ts';
import { isQuantity } from '../domain/quantity.ts';
import { pointKey, type Reading } from '../domain/reading.ts';
import { selectIntervals, selectLast, selectLoad, selectMeans, selectReadings } from './duckdb-queries.ts';
import { type DuckdbOptions, openDatabase } from './duckdb-schema.ts';
import { type Rows, type Target, upsert } from './duckdb-writer.ts';
import { createSeriesBook } from './series-book.ts';
import type { ReadingStore, Refused } from './store.ts';
import { createTurns } from './turns.ts';

/**
 * The embedded store: one DuckDB file. Writes go one after another over a connection of their own, so reads never wait
 * for them, and are synced to the file's log when they resolve. Rejects with `data-dir-unusable` when the file cannot be
 * used, by another process that holds it for example.
 */
export async function openDuckdbStore(options: DuckdbOptions): Promise<ReadingStore> {
  const database = await openDatabase(options);
  const writer = await database.connect();
  const readings = await readingsTarget(writer);
  const intervals = await intervalsTarget(writer);
  const writes = createTurns(1);
  // Node has four threads for all that blocks, and the journal's fsync needs one of them.
  const reads = createTurns(2);

  const write = <T>(target: Target, items: readonly T[], rowsOf: (items: readonly T[]) => Rows) =>
  ...
}

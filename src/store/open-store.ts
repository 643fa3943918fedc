import { join } from 'node:path';
import { openDuckdbStore } from './duckdb.ts';
import type { DuckdbOptions } from './duckdb-schema.ts';
import { type InfluxdbOptions, openInfluxdbStore } from './influxdb.ts';
import type { ReadingStore } from './store.ts';

/** The store that the settings choose; the embedded one keeps its file in `dataDir`. */
export type StoreChoice = {
  readonly kind: 'duckdb' | 'influxdb';
  readonly duckdb: Omit<DuckdbOptions, 'path'>;
  readonly influxdb: Omit<InfluxdbOptions, 'token'> & { readonly token?: string | undefined };
};

export function openStore({ kind, duckdb, influxdb }: StoreChoice, dataDir: string): Promise<ReadingStore> {
  if (kind === 'duckdb') return openDuckdbStore({ path: join(dataDir, 'readings.duckdb'), ...duckdb });
  return openInfluxdbStore({ ...influxdb, token: influxdb.token ?? '' });
}

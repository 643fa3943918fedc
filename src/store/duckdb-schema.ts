import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import { KvarterError } from '../domain/errors.ts';
import { carriers, meterKey } from '../domain/interval.ts';
import { isQuantity } from '../domain/quantity.ts';
import { pointKey } from '../domain/reading.ts';

/** What is in the file; a file with a higher number was written by a newer kvarter. */
const SCHEMA_VERSION = 1;

/**
 * Rows name their point or meter by a small number. There is no primary key: DuckDB's index made the file ten times as
 * large and writing half as fast; the writer keeps each (series, time) there once.
 */
const schema = `
  CREATE TABLE IF NOT EXISTS schema (version INTEGER NOT NULL);
  INSERT INTO schema SELECT ${SCHEMA_VERSION} WHERE NOT EXISTS (FROM schema);
  CREATE TABLE IF NOT EXISTS points (
    id INTEGER NOT NULL, device VARCHAR NOT NULL, quantity VARCHAR NOT NULL, channel VARCHAR);
  CREATE TABLE IF NOT EXISTS readings (point INTEGER NOT NULL, at_ms BIGINT NOT NULL, value DOUBLE NOT NULL);
  CREATE TABLE IF NOT EXISTS meters (
    id INTEGER NOT NULL, device VARCHAR NOT NULL, carrier VARCHAR NOT NULL, channel VARCHAR);
  CREATE TABLE IF NOT EXISTS intervals (
    meter INTEGER NOT NULL, from_ms BIGINT NOT NULL, energy_wh DOUBLE NOT NULL, coverage DOUBLE NOT NULL);
`;

export type DuckdbOptions = {
  /** The database file; its folder is made when it is missing, and holds everything that the store writes. */
  readonly path: string;
  /** What DuckDB may hold in memory, MB. Sorting and joining beyond it use a temporary folder beside the file. */
  readonly memoryMb?: number;
  readonly threads?: number;
};

/**
 * Opens the file, brings its schema up and reads which points and meters it knows. Rejects with `data-dir-unusable` and
 * what to do about it.
 */
export async function openDatabase({ path, memoryMb = 128, threads = 2 }: DuckdbOptions) {
  await using opening = new AsyncDisposableStack();
  try {
    await mkdir(dirname(path), { recursive: true });
    const database = await DuckDBInstance.create(path, {
      memory_limit: `${memoryMb}MB`,
      threads: String(threads),
      temp_directory: `${path}.tmp`,
      // Nothing here needs an extension, and none may be fetched into the user's home.
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    opening.defer(() => database.closeSync());
    const writer = await database.connect();
    opening.defer(() => writer.closeSync());
    await prepare(writer, path);
    const opened = { database, writer, points: await loadPoints(writer), meters: await loadMeters(writer) };
    opening.move();
    return opened;
  } catch (error) {
    throw unusable(path, error);
  }
}

async function prepare(connection: DuckDBConnection, path: string): Promise<void> {
  await connection.run(schema);
  const [version] = (await connection.runAndReadAll('SELECT version FROM schema')).getRows()[0] ?? [];
  if (version === SCHEMA_VERSION) return;
  throw new KvarterError(
    'data-dir-unusable',
    `${path} has schema version ${version}, and this kvarter knows ${SCHEMA_VERSION}: start the version of kvarter that wrote it.`,
  );
}

/** Every point that was ever written, with its number. */
async function loadPoints(connection: DuckDBConnection) {
  const rows = await connection.runAndReadAll('SELECT id, device, quantity, channel FROM points');
  return rows.getRows().map(([id, device, kind, channel]) => {
    const quantity = String(kind);
    if (!isQuantity(quantity)) throw unknown('quantity', quantity);
    return { id: Number(id), key: pointKey({ device: String(device), quantity, ...channelOf(channel) }) };
  });
}

/** Every meter that was ever written, with its number. */
async function loadMeters(connection: DuckDBConnection) {
  const rows = await connection.runAndReadAll('SELECT id, device, carrier, channel FROM meters');
  return rows.getRows().map(([id, device, kind, channel]) => {
    const carrier = carriers.find((name) => name === kind);
    if (carrier === undefined) throw unknown('carrier', String(kind));
    return { id: Number(id), key: meterKey({ device: String(device), carrier, ...channelOf(channel) }) };
  });
}

function channelOf(value: DuckDBValue | undefined): { readonly channel?: string } {
  return value === null || value === undefined ? {} : { channel: String(value) };
}

function unknown(what: string, name: string): KvarterError {
  return new KvarterError(
    'data-dir-unusable',
    `The store's file holds the ${what} ${name}, which this kvarter does not know: start the version that wrote it.`,
  );
}

function unusable(path: string, error: unknown): KvarterError {
  if (error instanceof KvarterError) return error;
  const said = error instanceof Error ? error.message : String(error);
  const pid = /\(PID (\d+)\)/.exec(said)?.[1];
  const message = /lock on file|unique file handle/i.test(said)
    ? `${path} is in use by another process${pid === undefined ? '' : ` (PID ${pid})`}: stop that kvarter, or give this one a dataDir of its own.`
    : `The store cannot use ${path}: ${said.split('\n')[0]}`;
  return new KvarterError('data-dir-unusable', message, { cause: error });
}

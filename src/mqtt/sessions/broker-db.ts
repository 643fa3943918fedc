import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { KvarterError } from '../../domain/errors.ts';

export type BrokerDb = { readonly db: DatabaseSync } & Disposable;

/**
 * Opens `mqtt.db`: what the broker knows of its clients. It is the broker's own file, apart from `state.db`, so that the
 * broker can run in another thread than the rest. Whoever opens it holds the data folder's lock, which is `state.db`'s.
 *
 * Commits are not synced one by one (WAL, synchronous NORMAL): `kill -9` loses none of them, because the kernel has them;
 * power loss may lose the newest, and leaves the file whole. What must survive that as well is in the journal.
 *
 * @param dataDir none: in memory, gone with the broker
 */
export function openBrokerDb(dataDir: string | undefined): BrokerDb {
  const file = dataDir === undefined ? ':memory:' : join(dataDir, 'mqtt.db');
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file);
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    const opened = db;
    return { db: opened, [Symbol.dispose]: () => opened.close() };
  } catch (cause) {
    db?.close();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new KvarterError(
      'data-dir-unusable',
      `${file} cannot be opened (${why}): put it back from a back-up, or move it away: then sessions and retained messages begin anew`,
      { cause },
    );
  }
}

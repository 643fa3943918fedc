import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { KvarterError } from '../domain/errors.ts';

export type StateDb = {
  readonly db: DatabaseSync;
  /** The data folder. */
  readonly dir: string;
  /** Resolves when what has been committed outlives a power cut; the end of a process it outlives at once. */
  readonly synced: () => Promise<void>;
} & Disposable;

/**
 * Opens `state.db`: cursors, snapshots, alerts, outbox, quarantine. It is locked for this process alone, which makes it
 * the lock of the whole data folder: two services on one journal would each lose what the other acknowledged.
 */
export function openStateDb(dataDir: string): StateDb {
  try {
    makeFolders(dataDir);
    accessSync(dataDir, constants.W_OK);
  } catch (cause) {
    throw new KvarterError(
      'data-dir-unusable',
      `the data folder ${dataDir} cannot be written (${says(cause)}): make it writable, or set dataDir to another`,
      { cause },
    );
  }
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(join(dataDir, 'state.db'));
    // Exclusive from the first access on, which is the next line.
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA busy_timeout = 0');
    db.exec('BEGIN EXCLUSIVE; COMMIT');
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    const opened = db;
    return {
      db: opened,
      dir: dataDir,
      // What is not in the file itself is in its log, and SQLite syncs both before it begins the log anew.
      synced: async () => {
        await using log = await open(join(dataDir, 'state.db-wal'), 'r+');
        await log.datasync();
      },
      [Symbol.dispose]: () => opened.close(),
    };
  } catch (cause) {
    db?.close();
    const isLocked = says(cause).includes('locked');
    throw new KvarterError(
      'data-dir-unusable',
      isLocked
        ? `the data folder ${dataDir} is locked by a running kvarter: stop that one, or set dataDir to another folder`
        : `${join(dataDir, 'state.db')} cannot be opened (${says(cause)}): put it back from a back-up`,
      { cause },
    );
  }
}

/** Not `recursive`: in places such as /proc Node 24 tries that for ever. */
function makeFolders(dir: string): void {
  if (existsSync(dir)) return;
  if (dirname(dir) !== dir) makeFolders(dirname(dir));
  mkdirSync(dir);
}

function says(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

import type { DatabaseSync } from 'node:sqlite';
import { inTransaction } from '../domain/transaction.ts';
import type { Cursor } from './journal.ts';

/** How far a reader has come, and what it has to remember to go on from there. */
export type Checkpoint = { readonly cursor: Cursor; readonly snapshot: string | undefined };

/** What the decoders remember at a place: a key with its text (undefined: forgotten) and the time of its packet. */
export type Remembered = readonly [key: string, text: string | undefined, atMs: number];

/** The readers' places, in the state database; place and snapshot are saved as one. */
export interface Checkpoints {
  load(reader: string): Checkpoint | undefined;
  /** `remembered`: what has changed since it was saved last, for readers that remember; all is saved or nothing. */
  save(reader: string, cursor: Cursor, snapshot?: string, remembered?: readonly Remembered[]): void;
  /** What a reader's decoders remember at its place, what was set longest ago first. */
  remembered(reader: string): readonly Remembered[];
  /** The oldest place that one of the readers still needs; undefined until each of them has saved one. */
  oldest(readers: readonly string[]): Cursor | undefined;
}

export function openCheckpoints(db: DatabaseSync): Checkpoints {
  db.exec(
    'CREATE TABLE IF NOT EXISTS checkpoints (reader TEXT PRIMARY KEY, cursor TEXT NOT NULL, snapshot TEXT) STRICT',
  );
  db.exec(
    `CREATE TABLE IF NOT EXISTS decode_memory
     (reader TEXT, key TEXT, text TEXT NOT NULL, at_ms REAL NOT NULL, PRIMARY KEY (reader, key)) STRICT`,
  );
  // Replacing gives a row a new, larger rowid: the order of the rows is the order in which they were set.
  const keep = db.prepare(
    'INSERT OR REPLACE INTO decode_memory (reader, key, text, at_ms) VALUES (?, ?, ?, ?)',
  );
  const forget = db.prepare('DELETE FROM decode_memory WHERE reader = ? AND key = ?');
  const recall = db.prepare('SELECT key, text, at_ms FROM decode_memory WHERE reader = ? ORDER BY rowid');
  const load = db.prepare('SELECT cursor, snapshot FROM checkpoints WHERE reader = ?');
  const save = db.prepare(
    `INSERT INTO checkpoints (reader, cursor, snapshot) VALUES (?, ?, ?)
     ON CONFLICT (reader) DO UPDATE SET cursor = excluded.cursor, snapshot = excluded.snapshot`,
  );
  return {
    load: (reader) => {
      const row = load.get(reader);
      const cursor = toCursor(row?.cursor);
      if (cursor === undefined) return undefined;
      return { cursor, snapshot: typeof row?.snapshot === 'string' ? row.snapshot : undefined };
    },
    save: (reader, cursor, snapshot, remembered = []) => {
      const saveAll = () => {
        for (const [key, text, atMs] of remembered) {
          if (text === undefined) forget.run(reader, key);
          else keep.run(reader, key, text, atMs);
        }
        save.run(reader, cursor, snapshot ?? null);
      };
      if (db.isTransaction || remembered.length === 0) saveAll();
      else inTransaction(db, saveAll);
    },
    remembered: (reader) =>
      recall.all(reader).map(({ key, text, at_ms: atMs }) => [String(key), String(text), Number(atMs)]),
    oldest: (readers) => oldestPlace(readers.map((reader) => toCursor(load.get(reader)?.cursor))),
  };
}

/** The oldest of them; undefined while one of them is not known. */
export function oldestPlace(places: readonly (Cursor | undefined)[]): Cursor | undefined {
  // Places are texts whose order is theirs.
  const known = places.filter((place) => place !== undefined).toSorted();
  return known.length === places.length ? known[0] : undefined;
}

function toCursor(value: unknown): Cursor | undefined {
  return typeof value === 'string' ? (value as Cursor) : undefined;
}

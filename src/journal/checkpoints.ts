import type { DatabaseSync } from 'node:sqlite';
import type { Cursor } from './journal.ts';

/** How far a reader has come, and what it has to remember to go on from there. */
export type Checkpoint = { readonly cursor: Cursor; readonly snapshot: string | undefined };

/** The readers' places, in the state database; place and snapshot are saved as one. */
export interface Checkpoints {
  load(reader: string): Checkpoint | undefined;
  save(reader: string, cursor: Cursor, snapshot?: string): void;
  /** The oldest place that one of the readers still needs; undefined until each of them has saved one. */
  oldest(readers: readonly string[]): Cursor | undefined;
}

export function openCheckpoints(db: DatabaseSync): Checkpoints {
  db.exec(
    'CREATE TABLE IF NOT EXISTS checkpoints (reader TEXT PRIMARY KEY, cursor TEXT NOT NULL, snapshot TEXT) STRICT',
  );
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
    save: (reader, cursor, snapshot) => {
      save.run(reader, cursor, snapshot ?? null);
    },
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

import type { DatabaseSync } from 'node:sqlite';
import type { Reject } from '../domain/reading.ts';

/** What gave no reading, byte for byte, with the reason. Bounded: past its rows the oldest are forgotten, and counted. */
export interface Quarantine {
  /** Idempotent by place in the journal: reading a frame again adds nothing. */
  add(frame: string, rejects: readonly Reject[]): void;
  rows(): number;
  /** Rows that the bound has pushed out since the start. */
  forgotten(): number;
}

export function openQuarantine(db: DatabaseSync, { maxRows }: { readonly maxRows: number }): Quarantine {
  db.exec(`CREATE TABLE IF NOT EXISTS quarantine (
    id INTEGER PRIMARY KEY AUTOINCREMENT, frame TEXT NOT NULL, position INTEGER NOT NULL,
    received_at_ms REAL NOT NULL, code TEXT NOT NULL, detail TEXT NOT NULL, device TEXT,
    topic TEXT NOT NULL, payload BLOB NOT NULL, UNIQUE (frame, position)) STRICT`);
  const insert = db.prepare(
    `INSERT OR IGNORE INTO quarantine (frame, position, received_at_ms, code, detail, device, topic, payload)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const count = db.prepare('SELECT count(*) AS rows FROM quarantine');
  const trim = db.prepare(
    'DELETE FROM quarantine WHERE id IN (SELECT id FROM quarantine ORDER BY id LIMIT ?)',
  );
  let rows = Number(count.get()?.rows);
  let forgotten = 0;
  return {
    add: (frame, rejects) => {
      if (rejects.length === 0) return;
      db.exec('BEGIN');
      rejects.forEach((reject, position) => {
        const { receivedAtMs, code, detail, device, topic, payload } = reject;
        rows += Number(
          insert.run(frame, position, receivedAtMs, code, detail, device ?? null, topic, payload).changes,
        );
      });
      if (rows > maxRows) {
        trim.run(rows - maxRows);
        forgotten += rows - maxRows;
        rows = maxRows;
      }
      db.exec('COMMIT');
    },
    rows: () => rows,
    forgotten: () => forgotten,
  };
}

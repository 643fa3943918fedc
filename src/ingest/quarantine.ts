import type { DatabaseSync } from 'node:sqlite';
import type { Reject, RejectCode } from '../domain/reading.ts';
import { inTransaction } from '../domain/transaction.ts';
import {
  codeOf,
  conditionOf,
  type QuarantineRow,
  type QuarantineSelection,
  rowOf,
} from './quarantine-rows.ts';

export type QuarantineQuery = QuarantineSelection & {
  /** The id of the row before the page. */
  readonly after?: number;
  readonly limit: number;
};

export type QuarantineCount = {
  readonly code: RejectCode;
  readonly rows: number;
  readonly newestReceivedAtMs: number;
};

/** What gave no reading, byte for byte, with the reason. Bounded: past its rows the oldest are forgotten, and counted. */
export interface Quarantine {
  /** Idempotent by place in the journal: reading a frame again adds nothing. */
  add(frame: string, rejects: readonly Reject[]): void;
  rows(): number;
  /** Rows that the bound has pushed out since the start. */
  forgotten(): number;
  /** The oldest first. */
  list(query: QuarantineQuery): readonly QuarantineRow[];
  get(id: number): QuarantineRow | undefined;
  /** Rows by reason, the most frequent first. */
  counts(): readonly QuarantineCount[];
  /** Rows of a device, by reason. */
  countsOf(device: string): Readonly<Partial<Record<RejectCode, number>>>;
  /** The newest id that was ever given; 0 before the first. */
  newestId(): number;
  /** How many rows are gone. */
  discard(selection: QuarantineSelection): number;
  /** Discards all rows of these rows' packets up to an id: a packet with two faults has two rows. */
  discardPackets(rows: readonly QuarantineRow[], upToId: number): number;
}

export function openQuarantine(db: DatabaseSync, { maxRows }: { readonly maxRows: number }): Quarantine {
  db.exec(`CREATE TABLE IF NOT EXISTS quarantine (
    id INTEGER PRIMARY KEY AUTOINCREMENT, frame TEXT NOT NULL, position INTEGER NOT NULL,
    received_at_ms REAL NOT NULL, code TEXT NOT NULL, detail TEXT NOT NULL, device TEXT,
    topic TEXT NOT NULL, payload BLOB NOT NULL, UNIQUE (frame, position)) STRICT;
    CREATE INDEX IF NOT EXISTS quarantine_received ON quarantine (received_at_ms);
    CREATE INDEX IF NOT EXISTS quarantine_device ON quarantine (device, code, received_at_ms)`);
  const columns = db.prepare("SELECT 1 FROM pragma_table_info('quarantine') WHERE name = 'sender'");
  // Of a table that an earlier version has made.
  if (!columns.get()) db.exec('ALTER TABLE quarantine ADD COLUMN sender TEXT');
  const insert = db.prepare(
    `INSERT OR IGNORE INTO quarantine
     (frame, position, received_at_ms, code, detail, device, topic, payload, sender)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const count = db.prepare('SELECT count(*) AS rows FROM quarantine');
  const trim = db.prepare(
    'DELETE FROM quarantine WHERE id IN (SELECT id FROM quarantine ORDER BY id LIMIT ?)',
  );
  const one = db.prepare('SELECT * FROM quarantine WHERE id = ?');
  const byCode = db.prepare(
    `SELECT code, count(*) AS rows, max(received_at_ms) AS newest FROM quarantine
     GROUP BY code ORDER BY rows DESC, code`,
  );
  const ofDevice = db.prepare(
    'SELECT code, count(*) AS rows FROM quarantine WHERE device = ? GROUP BY code ORDER BY code',
  );
  const newest = db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'quarantine'");
  const ofPacket = db.prepare(
    'DELETE FROM quarantine WHERE received_at_ms = ? AND topic = ? AND payload = ? AND sender IS ? AND id <= ?',
  );
  let rows = Number(count.get()?.rows);
  let forgotten = 0;

  const change = (work: () => void) => {
    try {
      inTransaction(db, work);
    } catch (error) {
      rows = Number(count.get()?.rows);
      throw error;
    }
  };

  return {
    add: (frame, rejects) => {
      if (rejects.length === 0) return;
      change(() => {
        rejects.forEach((reject, position) => {
          const { receivedAtMs, code, detail, device = null, topic, payload, sender = null } = reject;
          rows += Number(
            insert.run(frame, position, receivedAtMs, code, detail, device, topic, payload, sender).changes,
          );
        });
        if (rows <= maxRows) return;
        trim.run(rows - maxRows);
        forgotten += rows - maxRows;
        rows = maxRows;
      });
    },
    rows: () => rows,
    forgotten: () => forgotten,
    list: ({ after, limit, ...selection }) => {
      const { where, values } = conditionOf(selection);
      const select = db.prepare(`SELECT * FROM quarantine WHERE id > ? AND ${where} ORDER BY id LIMIT ?`);
      return select.all(after ?? 0, ...values, limit).map(rowOf);
    },
    get: (id) => {
      const row = one.get(id);
      return row === undefined ? undefined : rowOf(row);
    },
    counts: () =>
      byCode.all().map(({ code, rows: found, newest: newestReceivedAtMs }) => ({
        code: codeOf(code),
        rows: Number(found),
        newestReceivedAtMs: Number(newestReceivedAtMs),
      })),
    countsOf: (device) =>
      Object.fromEntries(ofDevice.all(device).map(({ code, rows: found }) => [codeOf(code), Number(found)])),
    newestId: () => Number(newest.get()?.seq ?? 0),
    discard: (selection) => {
      const { where, values } = conditionOf(selection);
      const gone = Number(db.prepare(`DELETE FROM quarantine WHERE ${where}`).run(...values).changes);
      rows -= gone;
      return gone;
    },
    discardPackets: (selected, upToId) => {
      let gone = 0;
      change(() => {
        for (const { receivedAtMs, topic, payload, sender = null } of selected) {
          gone += Number(ofPacket.run(receivedAtMs, topic, payload, sender, upToId).changes);
        }
        rows -= gone;
      });
      return gone;
    },
  };
}

import type { DatabaseSync } from 'node:sqlite';
import { type AlertChange, tellingOf } from '../domain/alert.ts';
import { changeSchema } from './alert-schema.ts';

/** Who is still to be told what, in the state database. A delivered row stays, so that a replay queues it not again. */
export type OutboxRows = {
  /** Nothing happens when the notifier was told that of the alert before, or is going to be. */
  readonly put: (notifier: string, change: AlertChange) => void;
  /** The oldest that the notifier has not been told. */
  readonly next: (notifier: string) => OutboxRow | undefined;
  /** Has anybody been told that it fires, or is going to be? */
  readonly knowsBeginning: (alert: string) => boolean;
  readonly markDelivered: (row: number) => void;
  readonly waiting: (notifier: string) => number;
  readonly remove: (alert: string) => void;
};
export type OutboxRow = { readonly row: number; readonly change: AlertChange };

export function openOutboxRows(db: DatabaseSync): OutboxRows {
  // AUTOINCREMENT: a row number never comes back, so their order is the order of the changes.
  db.exec(`
    CREATE TABLE IF NOT EXISTS alert_outbox (
      row INTEGER PRIMARY KEY AUTOINCREMENT, alert TEXT NOT NULL, state TEXT NOT NULL, notifier TEXT NOT NULL,
      change TEXT NOT NULL, delivered INTEGER NOT NULL DEFAULT 0, UNIQUE (alert, state, notifier)) STRICT;
    CREATE INDEX IF NOT EXISTS alert_outbox_waiting ON alert_outbox (notifier, row) WHERE delivered = 0`);
  const put = db.prepare(
    'INSERT OR IGNORE INTO alert_outbox (alert, state, notifier, change) VALUES (?, ?, ?, ?)',
  );
  const next = db.prepare(
    'SELECT row, change FROM alert_outbox WHERE notifier = ? AND delivered = 0 ORDER BY row LIMIT 1',
  );
  const knowsBeginning = db.prepare(
    `SELECT 1 FROM alert_outbox WHERE alert = ? AND state <> 'resolved' LIMIT 1`,
  );
  const markDelivered = db.prepare('UPDATE alert_outbox SET delivered = 1 WHERE row = ?');
  const waiting = db.prepare(
    'SELECT count(*) AS waiting FROM alert_outbox WHERE notifier = ? AND delivered = 0',
  );
  const remove = db.prepare('DELETE FROM alert_outbox WHERE alert = ?');
  return {
    put: (notifier, change) => {
      put.run(change.alert.id, tellingOf(change.alert), notifier, JSON.stringify(change));
    },
    next: (notifier) => {
      const found = next.get(notifier);
      if (found === undefined) return undefined;
      return { row: Number(found.row), change: changeSchema.parse(JSON.parse(String(found.change))) };
    },
    knowsBeginning: (alert) => knowsBeginning.get(alert) !== undefined,
    markDelivered: (row) => {
      markDelivered.run(row);
    },
    waiting: (notifier) => Number(waiting.get(notifier)?.waiting),
    remove: (alert) => {
      remove.run(alert);
    },
  };
}

import { randomBytes } from 'node:crypto';
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { Alert } from '../domain/alert.ts';
import type { Register } from '../domain/register.ts';
import { type Silence, silenceCovers, silenceScopeSchema } from './silence.ts';

/** The silences that people have asked for, in the state database. */
export interface SilenceBook {
  add(silence: Omit<Silence, 'id'>): Silence;
  find(id: string): Silence | undefined;
  /** Those that are over too: `from` first. */
  list(query: { readonly untilAfterMs: number }): readonly Silence[];
  /** Over from now on; one that has not begun never will. False when there is none that goes on. */
  end(id: string, nowMs: number): boolean;
  /**
   * The silence that covers an alert at a moment (event time when it fires, wall time when a silence ends); the one that ends
   * last, when there are several.
   */
  covering(alert: Alert, atMs: number): Silence | undefined;
  /** Forgets what was over before. */
  prune(beforeMs: number): void;
}

export function openSilences(db: DatabaseSync, register: () => Register): SilenceBook {
  db.exec(`
    CREATE TABLE IF NOT EXISTS silences (
      id TEXT PRIMARY KEY, scope TEXT NOT NULL, from_ms REAL NOT NULL, until_ms REAL NOT NULL,
      said_by TEXT NOT NULL, reason TEXT NOT NULL, created_at_ms REAL NOT NULL) STRICT;
    CREATE INDEX IF NOT EXISTS silences_until ON silences (until_ms)`);
  const insert = db.prepare('INSERT INTO silences VALUES (?, ?, ?, ?, ?, ?, ?)');
  const find = db.prepare('SELECT * FROM silences WHERE id = ?');
  const after = db.prepare('SELECT * FROM silences WHERE until_ms > ? ORDER BY from_ms, id');
  const at = db.prepare(
    'SELECT * FROM silences WHERE until_ms > $atMs AND from_ms <= $atMs ORDER BY until_ms DESC, id',
  );
  const end = db.prepare(
    'UPDATE silences SET until_ms = $nowMs, from_ms = min(from_ms, $nowMs) WHERE id = $id AND until_ms > $nowMs',
  );
  const prune = db.prepare('DELETE FROM silences WHERE until_ms < ?');
  return {
    add: (given) => {
      const silence = { id: `silence-${randomBytes(6).toString('hex')}`, ...given };
      const { id, scope, fromMs, untilMs, by, reason, createdAtMs } = silence;
      insert.run(id, JSON.stringify(scope), fromMs, untilMs, by, reason, createdAtMs);
      return silence;
    },
    find: (id) => {
      const row = find.get(id);
      return row && silenceOf(row);
    },
    list: ({ untilAfterMs }) => after.all(untilAfterMs).map(silenceOf),
    end: (id, nowMs) => end.run({ id, nowMs }).changes > 0,
    covering: (alert, atMs) =>
      at
        .all({ atMs })
        .map(silenceOf)
        .find((silence) => silenceCovers(silence, alert, register())),
    prune: (beforeMs) => {
      prune.run(beforeMs);
    },
  };
}

function silenceOf(row: Record<string, SQLOutputValue>): Silence {
  return {
    id: String(row.id),
    scope: silenceScopeSchema.parse(JSON.parse(String(row.scope))),
    fromMs: Number(row.from_ms),
    untilMs: Number(row.until_ms),
    by: String(row.said_by),
    reason: String(row.reason),
    createdAtMs: Number(row.created_at_ms),
  };
}

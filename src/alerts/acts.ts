import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';

/** What the manager said an alert was worth, once it is known. */
export const outcomes = ['true', 'false', 'unknown'] as const;

const acknowledgementSchema = z.object({
  by: z.string(),
  note: z.string().exactOptional(),
  /** Until then; absent: until it is resolved. */
  untilMs: z.number().exactOptional(),
  atMs: z.number(),
});
const outcomeSchema = z.object({
  outcome: z.enum(outcomes),
  by: z.string(),
  note: z.string().exactOptional(),
  atMs: z.number(),
});
export type Acknowledgement = z.infer<typeof acknowledgementSchema>;
export type Outcome = z.infer<typeof outcomeSchema>;

/** The newest of each that people have done about an alert. */
export type AlertActs = { readonly acknowledgement?: Acknowledgement; readonly outcome?: Outcome };

/**
 * What people do about alerts, in the state database beside them: by alert id, each act a row of its own. Rules and replays
 * never read it, so the same readings give the same alerts whatever people do.
 */
export interface ActBook {
  /** The newest holds. */
  acknowledge(alert: string, acknowledgement: Acknowledgement): void;
  sayOutcome(alert: string, outcome: Outcome): void;
  of(alert: string): AlertActs;
  remove(alert: string): void;
}

/** Somebody has taken it on, and what was said for how long is not over. */
export function isAcknowledged({ acknowledgement }: AlertActs, nowMs: number): boolean {
  return acknowledgement !== undefined && (acknowledgement.untilMs ?? Number.POSITIVE_INFINITY) > nowMs;
}

export function openActBook(db: DatabaseSync): ActBook {
  db.exec(`
    CREATE TABLE IF NOT EXISTS alert_acts (
      row INTEGER PRIMARY KEY AUTOINCREMENT, alert TEXT NOT NULL, kind TEXT NOT NULL, until_ms REAL, act TEXT NOT NULL) STRICT;
    CREATE INDEX IF NOT EXISTS alert_acts_of ON alert_acts (alert, kind, row)`);
  const insert = db.prepare('INSERT INTO alert_acts (alert, kind, until_ms, act) VALUES (?, ?, ?, ?)');
  const newest = db.prepare(
    'SELECT act FROM alert_acts WHERE alert = ? AND kind = ? ORDER BY row DESC LIMIT 1',
  );
  const remove = db.prepare('DELETE FROM alert_acts WHERE alert = ?');
  const find = <T>(alert: string, kind: string, schema: z.ZodType<T>): T | undefined => {
    const row = newest.get(alert, kind);
    return row && schema.parse(JSON.parse(String(row.act)));
  };
  return {
    acknowledge: (alert, act) => {
      insert.run(alert, 'acknowledged', act.untilMs ?? null, JSON.stringify(act));
    },
    sayOutcome: (alert, act) => {
      insert.run(alert, 'outcome', null, JSON.stringify(act));
    },
    of: (alert) => {
      const acknowledgement = find(alert, 'acknowledged', acknowledgementSchema);
      const outcome = find(alert, 'outcome', outcomeSchema);
      return { ...(acknowledgement && { acknowledgement }), ...(outcome && { outcome }) };
    },
    remove: (alert) => {
      remove.run(alert);
    },
  };
}

import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { Alert } from '../domain/alert.ts';
import type { Register } from '../domain/register.ts';
import type { ParentRule } from '../rules/parents.ts';
import { openParents } from './parents.ts';
import type { SilenceBook } from './silences.ts';

/** Why an alert that fires is told nobody: by a silence, or because another alert explains it. */
export type Hold = {
  readonly by: 'silence' | 'parent';
  /** The silence's id, or the other alert's. */
  readonly ref: string;
  /** Since when, ms: event time. */
  readonly sinceMs: number;
};

export type HoldOptions = {
  readonly silences: Pick<SilenceBook, 'covering' | 'find'>;
  readonly register: () => Register;
  readonly parents: () => readonly ParentRule[];
  /** How long an alert stays held when what explained it is over, ms, where `parents` do not say: mostly it is over itself by then. */
  readonly graceMs: number;
};

/** What is held back, in the state database. */
export interface HoldBook {
  /** Holds an alert that fires, if something does; it is told when that is over. */
  hold(alert: Alert, atMs: number): Hold | undefined;
  /** Holds the alerts that one which begins to fire explains, though they fired, and may have been told, before it. */
  holdBelow(alert: Alert, atMs: number): void;
  /** What holds it now. */
  of(alert: string): Hold | undefined;
  /** It is over, or forgotten. */
  end(alert: string): void;
  /** Alerts, of those that are held, which nothing holds any more: they are to be told. */
  released(nowMs: number, find: (alert: string) => Alert | undefined): readonly Alert[];
}

export function openHoldBook(db: DatabaseSync, options: HoldOptions): HoldBook {
  const { silences } = options;
  db.exec(`
    CREATE TABLE IF NOT EXISTS alert_holds (
      alert TEXT PRIMARY KEY, held_by TEXT NOT NULL, ref TEXT NOT NULL, since_ms REAL NOT NULL, due_ms REAL) STRICT`);
  const put = db.prepare(
    `INSERT INTO alert_holds (alert, held_by, ref, since_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT (alert) DO UPDATE SET held_by = excluded.held_by, ref = excluded.ref, due_ms = NULL
     WHERE held_by <> excluded.held_by OR ref <> excluded.ref OR due_ms IS NOT NULL`,
  );
  const find = db.prepare('SELECT * FROM alert_holds WHERE alert = ?');
  const all = db.prepare('SELECT * FROM alert_holds ORDER BY since_ms, alert');
  const setDue = db.prepare('UPDATE alert_holds SET due_ms = ? WHERE alert = ?');
  const remove = db.prepare('DELETE FROM alert_holds WHERE alert = ?');
  const { parentOf, childrenOf } = openParents(db, options);

  const reasonAt = (alert: Alert, atMs: number): Pick<Hold, 'by' | 'ref'> | undefined => {
    const silence = silences.covering(alert, atMs);
    if (silence) return { by: 'silence', ref: silence.id };
    const parent = parentOf(alert);
    return parent === undefined ? undefined : { by: 'parent', ref: parent };
  };

  const hold = (alert: Alert, atMs: number, sinceMs = atMs): Hold | undefined => {
    const reason = reasonAt(alert, atMs);
    if (reason === undefined) return undefined;
    put.run(alert.id, reason.by, reason.ref, sinceMs);
    return { ...reason, sinceMs };
  };

  const graceOf = (parent: Alert | undefined, child: Alert): number =>
    options.parents().find((rule) => rule.parent === parent?.rule && rule.child === child.rule)?.graceMs ??
    options.graceMs;

  return {
    hold,
    holdBelow: (alert, atMs) => {
      for (const child of childrenOf(alert)) if (!find.get(child.id)) hold(child, atMs);
    },
    of: (alert) => {
      const row = find.get(alert);
      return row && holdOf(row);
    },
    end: (alert) => {
      remove.run(alert);
    },
    released: (nowMs, alertOf) => {
      // Hundreds may be held by one silence or alert: it is looked at once.
      const goesOn = remembered(({ by, ref }: Hold) =>
        by === 'silence' ? (silences.find(ref)?.untilMs ?? 0) > nowMs : alertOf(ref)?.state === 'firing',
      );
      return all.all().flatMap((row) => {
        const held = holdOf(row);
        if (goesOn(held)) return [];
        const id = String(row.alert);
        const alert = alertOf(id);
        if (alert?.state !== 'firing') return [];
        // The wall clock may be behind the readings.
        if (hold(alert, Math.max(nowMs, alert.firedAtMs ?? nowMs), held.sinceMs)) return [];
        if (held.by === 'silence') return [alert];
        const dueMs = row.due_ms === null ? nowMs + graceOf(alertOf(held.ref), alert) : Number(row.due_ms);
        if (row.due_ms === null) setDue.run(dueMs, id);
        return nowMs >= dueMs ? [alert] : [];
      });
    },
  };
}

function remembered(answer: (hold: Hold) => boolean): (hold: Hold) => boolean {
  const known = new Map<string, boolean>();
  return (hold) => {
    const is = known.get(hold.ref) ?? answer(hold);
    known.set(hold.ref, is);
    return is;
  };
}

function holdOf({ held_by, ref, since_ms }: Record<string, SQLOutputValue>): Hold {
  return {
    by: held_by === 'silence' ? 'silence' : 'parent',
    ref: String(ref),
    sinceMs: Number(since_ms),
  };
}

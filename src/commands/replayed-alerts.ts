import { DatabaseSync } from 'node:sqlite';
import { changeJson } from '../alerts/alert-json.ts';
import { openAlertStore } from '../alerts/alert-store.ts';
import type { AlertBook } from '../alerts/book.ts';
import { MINUTE_MS } from '../domain/interval.ts';
import type { Register } from '../domain/register.ts';
import type { ParentRule } from '../rules/parents.ts';

export type ReplayedAlertsOptions = {
  readonly register: Register;
  readonly parents: readonly ParentRule[];
  /** How long an alert stays held when its parent is over, where `parents` do not say. */
  readonly graceMinutes: number;
};

export type ReplayedAlerts = {
  /** The lines of what changed until a moment: also of what nothing holds back any more. */
  readonly linesOf: (drained: ReturnType<AlertBook['drain']>, untilMs: number) => readonly string[];
} & Disposable;

/** What is over is asked of no more. */
const KEEP_DAYS = 1;

/** Changes of alerts as lines of JSON. One that a parent holds back names it, and has a second line when it is told after all. */
export function openReplayedAlerts({
  register,
  parents,
  graceMinutes,
}: ReplayedAlertsOptions): ReplayedAlerts {
  const db = new DatabaseSync(':memory:');
  const store = openAlertStore(db, {
    keepDays: KEEP_DAYS,
    holds: {
      silences: { covering: () => undefined, find: () => undefined },
      register: () => register,
      parents: () => parents,
      graceMs: graceMinutes * MINUTE_MS,
    },
  });
  const heldOf = (id: string) => {
    const { held } = store.lifeOf(id);
    return held && { heldBy: held.by, heldFor: held.ref };
  };
  return {
    linesOf: ({ changes, refreshed }, untilMs) => {
      store.save(changes, refreshed, []);
      const changed = changes.map((change) => ({
        ...changeJson(change),
        ...(change.alert.state === 'firing' && heldOf(change.alert.id)),
      }));
      const released = store.tellReleased(untilMs, []).map((alert) => changeJson({ alert, atMs: untilMs }));
      store.prune(untilMs);
      return [...changed, ...released].map((line) => `${JSON.stringify(line)}\n`);
    },
    [Symbol.dispose]: () => db.close(),
  };
}

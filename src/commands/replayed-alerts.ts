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
      const released = (atMs: number) =>
        store.tellReleased(atMs, []).map((alert) => changeJson({ alert, atMs }));
      // As they came: live, it is looked every few seconds whether something is held no more.
      const lines = [...Map.groupBy(changes, ({ atMs }) => atMs)].flatMap(([atMs, together]) => {
        store.save(together, [], []);
        const changed = together.map((change) => ({
          ...changeJson(change),
          ...(change.alert.state === 'firing' && heldOf(change.alert.id)),
        }));
        return [...changed, ...released(atMs)];
      });
      store.save([], refreshed, []);
      store.prune(untilMs);
      return [...lines, ...released(untilMs)].map((line) => `${JSON.stringify(line)}\n`);
    },
    [Symbol.dispose]: () => db.close(),
  };
}

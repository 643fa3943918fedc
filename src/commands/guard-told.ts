import type { Alert } from '../domain/alert.ts';
import { type ToldWindow, toldWindows } from '../energy/guard/told-windows.ts';
import type { AlertingContext } from '../workers/alerting.ts';
import { type Alerting, createAlerting } from '../workers/alerting.ts';

/** kvarter's rules, and what their guard has told by building: the windows of each of its alerts. */
export type ToldBook = Pick<Alerting, 'onReading'> & {
  /** Takes in what has changed; now and then, so that little waits. */
  readonly collect: () => void;
  readonly told: () => ReadonlyMap<string, readonly (readonly ToldWindow[])[]>;
};

/** `names`: what the guard's alerts go by. */
export function createToldBook(context: AlertingContext, names: ReadonlySet<string>): ToldBook {
  const alerting = createAlerting(context);
  /** By building, then by alert: as it was said last. */
  const buildings = new Map<string, Map<string, readonly ToldWindow[]>>();
  const note = ({ id, rule, building = '', facts }: Alert) => {
    const windows = names.has(rule) ? toldWindows(facts) : [];
    if (windows.length === 0) return;
    const alerts = buildings.get(building) ?? new Map<string, readonly ToldWindow[]>();
    buildings.set(building, alerts.set(id, windows));
  };
  const collect = () => {
    const { changes, refreshed } = alerting.drain();
    for (const { alert } of changes) note(alert);
    for (const alert of refreshed) note(alert);
  };
  return {
    onReading: alerting.onReading,
    collect,
    told: () => {
      collect();
      return new Map([...buildings].map(([building, alerts]) => [building, [...alerts.values()]]));
    },
  };
}

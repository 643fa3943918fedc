import type { Alert } from '../domain/alert.ts';
import { type ToldAlert, toldAlert } from '../energy/guard/told-windows.ts';
import type { AlertingContext } from '../workers/alerting.ts';
import { type Alerting, createAlerting } from '../workers/alerting.ts';

/** kvarter's rules, and what their guard has told by building. */
export type ToldBook = Pick<Alerting, 'onReading'> & {
  /** Takes in what has changed; now and then, so that little waits. */
  readonly collect: () => void;
  readonly told: () => ReadonlyMap<string, readonly ToldAlert[]>;
};

/** `names`: what the guard's alerts go by. */
export function createToldBook(context: AlertingContext, names: ReadonlySet<string>): ToldBook {
  const alerting = createAlerting(context);
  /** By building, then by alert: as it was said last. */
  const buildings = new Map<string, Map<string, ToldAlert>>();
  const note = ({ id, rule, building = '', severity, facts }: Alert) => {
    const told = names.has(rule) ? toldAlert(severity, facts) : undefined;
    if (told === undefined) return;
    const alerts = buildings.get(building) ?? new Map<string, ToldAlert>();
    buildings.set(building, alerts.set(id, told));
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

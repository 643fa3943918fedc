import type { Alert } from '../domain/alert.ts';
import { covers, type Subject } from '../rules/scope.ts';
import type { Route } from './settings.ts';

/** Who is told of an alert: at once, and later when nobody has taken it on. */
export type Told = {
  readonly to: readonly string[];
  readonly escalate: readonly { readonly afterMs: number; readonly to: readonly string[] }[];
};

/**
 * All routes that fit one of its places tell. Where the rule itself names recipients (`recipients` in the rule file), those are told in
 * place of the routes', whose escalation still holds. Each is told once of one alert, the earlier the better.
 */
export function toldOf(
  alert: Pick<Alert, 'rule' | 'severity' | 'recipients'>,
  places: readonly Subject[],
  routes: readonly Route[],
  known: ReadonlySet<string>,
): Told {
  const fitting = routes.filter(({ scope: { rule, severity, ...scope } }) => {
    return (
      (rule?.includes(alert.rule) ?? true) &&
      (severity?.includes(alert.severity) ?? true) &&
      places.some((place) => covers(scope, place))
    );
  });
  const named = (alert.recipients ?? []).filter((name) => known.has(name));
  const to = new Set(named.length > 0 ? named : fitting.flatMap((route) => route.to));
  const told = new Set(to);
  const steps = fitting.flatMap(({ escalate }) => escalate).toSorted((a, b) => a.after - b.after);
  const escalate = steps.flatMap((step) => {
    const more = step.to.filter((name) => !told.has(name));
    for (const name of more) told.add(name);
    return more.length === 0 ? [] : [{ afterMs: step.after, to: [...new Set(more)] }];
  });
  return { to: [...to], escalate };
}

import type { Alert } from '../domain/alert.ts';
import type { ExpectedAlert } from './rules-test-file.ts';

export type Mismatch = {
  /** Indices of what is expected and does not fire, with what the nearest alert says instead. */
  readonly missing: readonly { readonly index: number; readonly instead: string | undefined }[];
  readonly unexpected: readonly Alert[];
};

/** Each alert for one expectation and the other way round, whatever their order. */
export function matchAlerts(alerts: readonly Alert[], expected: readonly ExpectedAlert[]): Mismatch {
  const takenBy = new Map<Alert, number>();
  /** Gives an alert to the expectation, if need be from another that can do with another one. */
  const find = (index: number, tried: Set<Alert>): boolean => {
    const wanted = expected[index];
    for (const alert of alerts) {
      if (wanted === undefined || tried.has(alert) || differences(alert, wanted).length > 0) continue;
      tried.add(alert);
      const other = takenBy.get(alert);
      if (other !== undefined && !find(other, tried)) continue;
      takenBy.set(alert, index);
      return true;
    }
    return false;
  };
  const unmet = expected.flatMap((_, index) => (find(index, new Set()) ? [] : [index]));
  const unexpected = alerts.filter((alert) => !takenBy.has(alert));
  return {
    missing: unmet.map((index) => ({ index, instead: nearest(unexpected, expected[index]) })),
    unexpected,
  };
}

function nearest(alerts: readonly Alert[], wanted: ExpectedAlert | undefined): string | undefined {
  if (wanted === undefined) return undefined;
  const [best] = alerts
    .filter(({ rule }) => rule === wanted.rule)
    .map((alert) => differences(alert, wanted))
    .toSorted((a, b) => a.length - b.length);
  return best?.join('; ');
}

function differences(alert: Alert, { title, detail, facts, ...same }: ExpectedAlert): readonly string[] {
  const said: Readonly<Record<string, unknown>> = alert;
  return [
    ...Object.entries(same).flatMap(([name, value]) =>
      said[name] === value ? [] : [`${name} is ${String(said[name] ?? 'not there')}, not ${value}`],
    ),
    ...(title === undefined || alert.title.includes(title)
      ? []
      : [`title "${alert.title}" is without "${title}"`]),
    ...(detail === undefined || alert.detail.includes(detail)
      ? []
      : [`detail "${alert.detail}" is without "${detail}"`]),
    ...Object.entries(facts ?? {}).flatMap(([name, value]) => {
      const is = JSON.stringify(alert.facts[name]);
      return is === JSON.stringify(value)
        ? []
        : [`facts.${name} is ${is ?? 'not there'}, not ${JSON.stringify(value)}`];
    }),
  ];
}

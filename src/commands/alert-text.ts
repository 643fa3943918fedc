import type { LifeJson } from '../alerts/alert-json.ts';
import { printable } from '../domain/printable.ts';

/** One line of a list. */
export function alertLine(alert: LifeJson): string {
  const { id, state, severity, building = '-', startsAt, title, heldBy } = alert;
  const held = heldBy === undefined ? '' : ` (held: ${heldBy})`;
  return printable(
    [
      id.padEnd(28),
      `${state}${held}`.padEnd(22),
      severity.padEnd(8),
      building.padEnd(8),
      startsAt,
      title,
    ].join('  '),
  );
}

/** All of one alert, a line each. */
export function alertText(alert: LifeJson): string {
  const { acknowledgement: taken, outcome } = alert;
  const rows: readonly (readonly [name: string, said: string | undefined])[] = [
    ['id', alert.id],
    ['state', `${alert.state}, ${alert.severity}, by the rule ${alert.rule}`],
    ['where', [alert.building, alert.space, alert.device, alert.quantity].filter(Boolean).join(' / ')],
    ['since', alert.startsAt],
    ['told', alert.firedAt],
    [
      'ended',
      alert.endsAt && [alert.endsAt, alert.closedBy && `by the ${alert.closedBy}`].filter(Boolean).join(', '),
    ],
    ['says', alert.detail],
    ['measured', valuesOf(alert.evidence.values)],
    ['expected', valuesOf(alert.evidence.expected)],
    ['sure', alert.evidence.sure.says],
    ['facts', JSON.stringify(alert.facts)],
    ['link', alert.link],
    ['held', alert.heldBy && [alert.heldBy, alert.heldFor].filter(Boolean).join(' ')],
    ['taken on', taken && said(taken, taken.until === undefined ? '' : `, until ${taken.until}`)],
    ['outcome', outcome && `${outcome.outcome}, says ${said(outcome, '')}`],
  ];
  const lines = rows.flatMap(([name, text]) => (text ? [`  ${name.padEnd(8)}  ${text}`] : []));
  return `${[alert.title, ...lines].map(printable).join('\n')}\n`;
}

function said(
  { by, at, note }: { readonly by: string; readonly at: string; readonly note?: string },
  more: string,
): string {
  return `${by} at ${at}${more}${note === undefined ? '' : `: ${note}`}`;
}

function valuesOf(values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

import type { KindScore, RuleScore, Score } from '../../simulators/score/score.ts';
import type { Effect } from './score-effect.ts';
import type { Watched } from './score-span.ts';

/** A score as tables for people. */
export function scoreText(score: Score, effect: Effect | undefined, watched: Watched): string {
  const { buildings, months, total } = score;
  const guess = watched.isGuess ? ', as far as the two files show; say --buildings and --months' : '';
  const sections = [
    `${buildings} buildings, ${months.toFixed(2)} months${guess}`,
    table(
      [
        'Rule',
        'alerts',
        'true',
        'precision',
        'false/bldg·month',
        'events',
        'found',
        'recall',
        'lead',
        'delay',
      ],
      score.rules.map(ruleRow),
    ),
    table(['Kind', 'events', 'found', 'recall', 'lead', 'delay', 'by'], score.kinds.map(kindRow)),
    `In all: ${total.found} of ${total.events} found (${percent(total.recall)}), ${total.trueAlerts} of ${total.alerts} alerts right (${percent(total.precision)}), ${total.falsePerBuildingMonth.toFixed(2)} false ones per building and month`,
    ...(effect === undefined ? [] : [effectText(effect)]),
  ];
  return `${sections.join('\n\n')}\n`;
}

function ruleRow(rule: RuleScore): readonly string[] {
  return [
    rule.rule,
    String(rule.alerts),
    String(rule.trueAlerts),
    percent(rule.precision),
    rule.falsePerBuildingMonth.toFixed(2),
    String(rule.events),
    String(rule.found),
    percent(rule.recall),
    span(rule.medianLeadMinutes),
    span(rule.medianDelayMinutes),
  ];
}

function kindRow(kind: KindScore): readonly string[] {
  return [
    kind.kind,
    String(kind.events),
    String(kind.found),
    percent(kind.recall),
    span(kind.medianLeadMinutes),
    span(kind.medianDelayMinutes),
    kind.rules.join(', '),
  ];
}

function effectText({ buildings, total }: Effect): string {
  const rows = buildings.map(({ building, currency, without, withGuard, saved }) => [
    building,
    kw(without.billedKw),
    kw(withGuard.billedKw),
    kw(saved.billedKw),
    `${Math.round(without.cost)} ${currency}`,
    `${Math.round(withGuard.cost)} ${currency}`,
    `${Math.round(saved.cost)} ${currency}`,
  ]);
  const sums = Object.entries(total.cost).map(([currency, cost]) => `${Math.round(cost)} ${currency}`);
  return [
    'What the guard changed: billed power, mean of the billing periods, and what it costs (excluding VAT)',
    table(['Building', 'kW without', 'kW with', 'kW less', 'without', 'with', 'saved'], rows),
    `In all: ${kw(total.billedKw)} kW and ${sums.join(', ') || '0'} less`,
  ].join('\n\n');
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((name, i) => Math.max(name.length, ...rows.map((row) => (row[i] ?? '').length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) =>
        i === 0 || (i === 6 && header[i] === 'by')
          ? cell.padEnd(widths[i] ?? 0)
          : cell.padStart(widths[i] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [header, ...rows].map(line).join('\n');
}

function percent(share: number | null): string {
  return share === null ? '–' : `${(100 * share).toFixed(1)} %`;
}

function span(minutes: number | null): string {
  if (minutes === null) return '–';
  if (Math.abs(minutes) < 120) return `${Math.round(minutes)} min`;
  return Math.abs(minutes) < 72 * 60 ? `${(minutes / 60).toFixed(1)} h` : `${(minutes / 1440).toFixed(1)} d`;
}

function kw(value: number): string {
  return value.toFixed(1);
}

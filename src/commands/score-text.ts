import type { KindScore, RuleScore, Score } from '../../simulators/score/score.ts';
import type { CarrierEffect, Effect } from './score-effect.ts';
import type { Watched } from './score-span.ts';
import { percentText, textTable } from './text-table.ts';

/** A score as tables for people. */
export function scoreText(score: Score, effect: Effect | undefined, watched: Watched): string {
  const { buildings, months, total } = score;
  const guess = watched.isGuess ? ', as far as the two files show; say --buildings and --months' : '';
  const sections = [
    `${buildings} buildings, ${months.toFixed(2)} months${guess}`,
    textTable(
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
    textTable(['Kind', 'events', 'found', 'recall', 'lead', 'delay', 'by'], score.kinds.map(kindRow), ['by']),
    `In all: ${total.found} of ${total.events} found (${percentText(total.recall)}), ${total.trueAlerts} of ${total.alerts} alerts right (${percentText(total.precision)}), ${total.falsePerBuildingMonth.toFixed(2)} false ones per building and month`,
    ...(score.unseen === 0
      ? []
      : [
          `Not asked for: ${score.unseen} faults that moved nothing that is measured by as much as its sensor may be off.`,
        ]),
    ...(effect === undefined ? [] : [effectText(effect, 'power')]),
    ...(effect?.heat === undefined ? [] : [effectText(effect.heat, 'power of heat')]),
  ];
  return `${sections.join('\n\n')}\n`;
}

function ruleRow(rule: RuleScore): readonly string[] {
  return [
    rule.rule,
    String(rule.alerts),
    String(rule.trueAlerts),
    percentText(rule.precision),
    rule.falsePerBuildingMonth.toFixed(2),
    String(rule.events),
    String(rule.found),
    percentText(rule.recall),
    span(rule.medianLeadMinutes),
    span(rule.medianDelayMinutes),
  ];
}

function kindRow(kind: KindScore): readonly string[] {
  return [
    kind.kind,
    String(kind.events),
    String(kind.found),
    percentText(kind.recall),
    span(kind.medianLeadMinutes),
    span(kind.medianDelayMinutes),
    kind.rules.join(', '),
  ];
}

function effectText({ buildings, total }: CarrierEffect, what: string): string {
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
    `What the guard changed: billed ${what}, mean of the billing periods, and what it costs (excluding VAT)`,
    textTable(['Building', 'kW without', 'kW with', 'kW less', 'without', 'with', 'saved'], rows),
    `In all: ${kw(total.billedKw)} kW and ${sums.join(', ') || '0'} less`,
  ].join('\n\n');
}

function span(minutes: number | null): string {
  if (minutes === null) return '–';
  if (Math.abs(minutes) < 120) return `${Math.round(minutes)} min`;
  return Math.abs(minutes) < 72 * 60 ? `${(minutes / 60).toFixed(1)} h` : `${(minutes / 1440).toFixed(1)} d`;
}

function kw(value: number): string {
  return value.toFixed(1);
}

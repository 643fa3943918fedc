import { isoTime } from '../domain/time.ts';
import type { GuardReport, GuardScore } from '../energy/guard/guard-report.ts';
import type { Watched } from './guard-history.ts';
import { percentText, textTable } from './text-table.ts';

const HEAD = [
  'Building',
  'months',
  'peaks',
  'told',
  'recall',
  'alerts',
  'right',
  'precision',
  'false/month',
  'lead',
  'p10',
  'at stake',
  'told in time',
  'saved',
];

/** A report as tables for people. */
export function guardReportText(
  { buildings, total }: GuardReport,
  { carrier, span, notes }: Watched,
): string {
  const rows = [
    ...buildings.map(({ building, ...score }) => rowOf(building, score)),
    ...(buildings.length > 1 ? [rowOf('In all', total)] : []),
  ];
  const sections = [
    `${isoTime(span.fromMs)} to ${isoTime(span.toMs)}, ${buildings.length} buildings${carrier === 'heat' ? ', heat' : ''}, ${total.months.toFixed(1)} months`,
    textTable(HEAD, rows),
    `Of the windows that were told with a chance of …\n${textTable(
      ['chance', 'told', 'said', 'came true'],
      total.reliability
        .filter(({ told }) => told > 0)
        .map(({ from, to, told, said, cameTrue }) => [
          `${Math.round(from * 100)}-${Math.round(to * 100)} %`,
          String(told),
          percentText(said),
          percentText(cameTrue),
        ]),
    )}`,
    `More than information: ${urgentText(total)}`,
    ...(notes.length > 0 ? [notes.join('\n')] : []),
  ];
  return `${sections.join('\n\n')}\n`;
}

function rowOf(name: string, score: GuardScore): string[] {
  const money = Object.entries(score.money);
  const sums = (of: (one: (typeof money)[number][1]) => number) =>
    money.map(([currency, one]) => `${Math.round(of(one))} ${currency}`).join(' + ') || '–';
  return [
    name,
    score.months.toFixed(1),
    String(score.peaks),
    String(score.toldInTime),
    percentText(score.recall),
    String(score.alerts),
    String(score.trueAlerts),
    percentText(score.precision),
    score.falsePerBuildingMonth?.toFixed(2) ?? '–',
    minutes(score.leadMinutes.median),
    minutes(score.leadMinutes.p10),
    sums(({ atStake }) => atStake),
    sums(({ toldInTime }) => toldInTime),
    sums(({ saved }) => saved),
  ];
}

function urgentText({ urgent }: GuardScore): string {
  const { alerts, trueAlerts, falsePerBuildingMonth } = urgent;
  return `${alerts} alerts, of which ${trueAlerts} were right; ${falsePerBuildingMonth?.toFixed(2) ?? '–'} false ones per building and month`;
}

function minutes(value: number | null): string {
  return value === null ? '–' : `${Math.round(value)} min`;
}

import { alertLink } from '../alerts/alert-json.ts';
import { type Alert, type Severity, severities } from '../domain/alert.ts';
import { localTime } from '../domain/local-time.ts';
import type { Register } from '../domain/register.ts';
import { zoneOf } from '../domain/zone.ts';
import { amountText } from './amount.ts';
import type { Outgoing } from './channel.ts';
import { oneLine } from './one-line.ts';
import type { News } from './plan.ts';
import type { MessageRow } from './rows.ts';
import { sayAlert } from './say-alert.ts';
import { sayEvidence } from './say-evidence.ts';
import { render, type TemplateData } from './template.ts';
import type { Wording } from './words.ts';

export type ComposeOptions = {
  readonly wording: Wording;
  readonly register: Register;
  /** The type of the rule of that name. */
  readonly typeOf: (rule: string) => string;
  /** Address of an alert, `{id}` being its id. */
  readonly link: string | undefined;
};

const MOST_OF_A_SUBJECT = 160;
const MOST_OF_A_NAME = 80;

/** Writes a message out in the words of its recipient. */
export function compose(message: MessageRow, options: ComposeOptions): Outgoing {
  const { wording, register, link } = options;
  const { id, recipient, kind, isUrgent, earlier } = message;
  const items = newestOfEach(message.news).map((news) => itemOf(news, options));
  const severity = highest(message.news.map(({ change }) => change.alert.severity));
  const [only] = items;
  const common: TemplateData = {
    ...(items.length === 1 ? only : {}),
    organisation: oneLine(register.organisation.name, MOST_OF_A_NAME),
    recipient,
    building: kind === 'summary' ? '' : (only?.building ?? ''),
    count: items.length,
    severity: wording.words.severities[severity],
    link: only?.link ?? '',
    alerts: items,
  };
  const { subject, body } = wording.messages[kind];
  const [first] = message.news;
  return {
    id,
    kind,
    isUrgent,
    severity,
    subject: oneLine(render(subject, common) ?? '', MOST_OF_A_SUBJECT),
    text: render(body, common) ?? '',
    link: first && linkOf(first.change.alert, link),
    news: message.news,
    earlier,
  };
}

/** Of an alert that began and ended within one message, the end is told: it says since when. */
function newestOfEach(news: readonly News[]): readonly News[] {
  return [...new Map(news.map((one) => [one.change.alert.id, one])).values()];
}

function itemOf({ kind, change }: News, { wording, register, typeOf, link }: ComposeOptions): TemplateData {
  const { alert } = change;
  const zone = zoneOf(register.organisation.timeZone);
  const time = (atMs: number) => localTime(zone, atMs);
  const until = alert.endsAtMs ?? change.atMs;
  const building = placeName(register, alert.building) ?? wording.words.service;
  return {
    ...sayAlert(alert, { wording, type: typeOf(alert.rule), building, time }),
    id: alert.id,
    rule: alert.rule,
    severity: wording.words.severities[alert.severity],
    building,
    space: spaceName(register, alert) ?? '',
    device: alert.device ?? '',
    startsAt: time(alert.startsAtMs),
    endsAt: alert.endsAtMs === undefined ? '' : time(alert.endsAtMs),
    minutes: Math.round((until - alert.startsAtMs) / 60_000),
    lasted: amountText((until - alert.startsAtMs) / 60_000, 'min', wording.language),
    link: linkOf(alert, link) ?? '',
    closed: (alert.closedBy && wording.words.closed?.[alert.closedBy]) ?? '',
    isNew: kind === 'new',
    isEscalated: kind === 'escalated',
    isOver: kind === 'resolved',
    ...sayEvidence(alert, wording, time),
    facts: Object.entries(alert.facts).flatMap(([name, value]) =>
      typeof value === 'object' ? [] : [{ name, value: String(value) }],
    ),
  };
}

/** Of a building, or of an area as one (`area:ID`). */
function placeName({ buildings, areas }: Register, id: string | undefined): string | undefined {
  if (id === undefined) return undefined;
  const name = buildings.get(id)?.name ?? areas.find((area) => `area:${area.id}` === id)?.name ?? id;
  return oneLine(name, MOST_OF_A_NAME);
}

/** `Flat 1001 (lgh-1001)`: titles have the id alone. */
function spaceName({ buildings }: Register, { building = '', space }: Alert): string | undefined {
  const name = buildings.get(building)?.spaces.find(({ id }) => id === space)?.name;
  return name === undefined || name === space ? space : `${oneLine(name, MOST_OF_A_NAME)} (${space})`;
}

function linkOf({ id }: Alert, link: string | undefined): string | undefined {
  return link === undefined ? undefined : alertLink(link, id);
}

function highest(all: readonly Severity[]): Severity {
  return severities.findLast((severity) => all.includes(severity)) ?? 'info';
}

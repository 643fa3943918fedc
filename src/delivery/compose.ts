import { alertLink } from '../alerts/alert-json.ts';
import { type Alert, severities } from '../domain/alert.ts';
import { localTime } from '../domain/local-time.ts';
import type { Register } from '../domain/register.ts';
import { parseIsoTime } from '../domain/time.ts';
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
  const told = inOrder(newestOfEach(message.news));
  const items = told.map((news) => itemOf(news, options));
  const [first] = told;
  const severity = first?.change.alert.severity ?? 'info';
  const goOn = told.filter(({ kind }) => kind !== 'resolved').length;
  const places = new Set(told.map(({ building }) => building)).size;
  const common: TemplateData = {
    ...items[0],
    organisation: oneLine(register.organisation.name, MOST_OF_A_NAME),
    recipient,
    count: items.length,
    goOn: unlessNone(goOn),
    over: unlessNone(items.length - goOn),
    more: unlessNone(items.length - 1),
    places: places === 1 ? undefined : places,
    alerts: items,
  };
  const { subject, body } = wording.messages[kind];
  return {
    id,
    kind,
    isUrgent,
    isOver: goOn === 0,
    severity,
    subject: oneLine(render(subject, common) ?? '', MOST_OF_A_SUBJECT),
    text: render(body, common) ?? '',
    link: first && linkOf(first.change.alert, link),
    news: message.news,
    // What tells of several buildings belongs to no thread of one.
    earlier: places > 1 ? [] : earlier,
  };
}

/** Of an alert that began and ended within one message, the end is told: it says since when. */
function newestOfEach(news: readonly News[]): readonly News[] {
  return [...new Map(news.map((one) => [one.change.alert.id, one])).values()];
}

/** What goes on before what is over, the gravest first, and of those building by building: the first is what people see of it. */
function inOrder(news: readonly News[]): readonly News[] {
  const rank = ({ kind, change }: News) =>
    (kind === 'resolved' ? 0 : severities.length) + severities.indexOf(change.alert.severity);
  const before = (a: string, b: string) => Number(a > b) - Number(a < b);
  return news.toSorted((a, b) => rank(b) - rank(a) || before(a.building, b.building) || a.row - b.row);
}

/** Nothing, which a section of a template leaves out, in place of 0. */
function unlessNone(count: number): number | undefined {
  return count === 0 ? undefined : count;
}

function itemOf({ kind, change }: News, { wording, register, typeOf, link }: ComposeOptions): TemplateData {
  const { alert } = change;
  const zone = zoneOf(register.organisation.timeZone);
  const time = (atMs: number) => localTime(zone, atMs);
  const fromMs = sinceOf(alert);
  const minutes = ((alert.endsAtMs ?? change.atMs) - fromMs) / 60_000;
  const building = placeName(register, alert.building) ?? wording.words.service;
  const said = sayAlert(alert, { wording, type: typeOf(alert.rule), building, time });
  const title = said.title.startsWith(`${building}: `) ? said.title.slice(building.length + 2) : said.title;
  return {
    ...said,
    title,
    id: alert.id,
    rule: alert.rule,
    severity: wording.words.severities[alert.severity],
    building,
    where: title.includes(building) ? '' : building,
    space: spaceName(register, alert) ?? '',
    device: alert.device ?? '',
    startsAt: time(fromMs),
    endsAt: alert.endsAtMs === undefined ? '' : time(alert.endsAtMs),
    minutes: Math.round(minutes),
    lasted: amountText(minutes, 'min', wording.language),
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

/** What is judged once a day began before it was judged: since when, the rule says. */
function sinceOf({ startsAtMs, facts }: Alert): number {
  const sinceMs = typeof facts.since === 'string' ? parseIsoTime(facts.since) : undefined;
  return Math.min(startsAtMs, sinceMs ?? startsAtMs);
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

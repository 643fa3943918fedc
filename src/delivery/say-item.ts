import { alertLink } from '../alerts/alert-json.ts';
import type { Alert } from '../domain/alert.ts';
import { localTime } from '../domain/local-time.ts';
import { areaPlaceId, organisationPlace, type Register } from '../domain/register.ts';
import { parseIsoTime } from '../domain/time.ts';
import { zoneOf } from '../domain/zone.ts';
import { amountText } from './amount.ts';
import { oneLine } from './one-line.ts';
import type { News } from './plan.ts';
import { sayAlert } from './say-alert.ts';
import { sayEvidence } from './say-evidence.ts';
import { render } from './template.ts';
import type { Wording } from './words.ts';

export type SayItemOptions = {
  readonly wording: Wording;
  readonly register: Register;
  /** The type of the rule of that name. */
  readonly typeOf: (rule: string) => string;
  /** Address of an alert, `{id}` being its id. */
  readonly link: string | undefined;
};
export type SaidItem = ReturnType<typeof sayItem>;

export const MOST_OF_A_NAME = 80;

/** An alert as people read it, all of it texts; empty where there is nothing to say. */
export function sayItem(
  { kind, change }: Pick<News, 'kind' | 'change'>,
  { wording, register, typeOf, link }: SayItemOptions,
) {
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
    // Many rules say in their words since when.
    since: said.detail.includes(time(fromMs)) ? '' : time(fromMs),
    endsAt: alert.endsAtMs === undefined ? '' : time(alert.endsAtMs),
    minutes: Math.round(minutes),
    lasted: amountText(minutes, 'min', wording.language),
    link: linkOf(alert, link) ?? '',
    closed: (alert.closedBy && wording.words.closed?.[alert.closedBy]) ?? '',
    raised: kind === 'renewed' ? saidRaised(alert, wording) : '',
    isNew: kind === 'new',
    isEscalated: kind === 'escalated',
    isOver: kind === 'resolved',
    ...sayEvidence(alert, wording, time),
    facts: Object.entries(alert.facts).flatMap(([name, value]) =>
      typeof value === 'object' ? [] : [{ name, value: String(value) }],
    ),
  };
}

function saidRaised({ renewed }: Alert, { words }: Wording): string {
  if (renewed?.from === undefined || words.raised === undefined) return '';
  return render(words.raised, { from: words.severities[renewed.from] }) ?? '';
}

/** What is judged once a day began before it was judged: since when, the rule says. */
function sinceOf({ startsAtMs, facts }: Alert): number {
  const sinceMs = typeof facts.since === 'string' ? parseIsoTime(facts.since) : undefined;
  return Math.min(startsAtMs, sinceMs ?? startsAtMs);
}

/** Of a building, of an area as one (`area:ID`), or of the organisation. */
function placeName(register: Register, id: string | undefined): string | undefined {
  if (id === undefined) return undefined;
  const { buildings, areas, organisation } = register;
  if (id === organisationPlace(register)) return oneLine(organisation.name, MOST_OF_A_NAME);
  const name = buildings.get(id)?.name ?? areas.find((area) => areaPlaceId(area.id) === id)?.name ?? id;
  return oneLine(name, MOST_OF_A_NAME);
}

/** `Flat 1001 (lgh-1001)`: titles have the id alone. */
function spaceName({ buildings }: Register, { building = '', space }: Alert): string | undefined {
  const name = buildings.get(building)?.spaces.find(({ id }) => id === space)?.name;
  return name === undefined || name === space ? space : `${oneLine(name, MOST_OF_A_NAME)} (${space})`;
}

export function linkOf({ id }: Alert, link: string | undefined): string | undefined {
  return link === undefined ? undefined : alertLink(link, id);
}

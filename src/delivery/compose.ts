import { severities } from '../domain/alert.ts';
import type { Outgoing } from './channel.ts';
import { oneLine } from './one-line.ts';
import type { News } from './plan.ts';
import type { MessageRow } from './rows.ts';
import { linkOf, MOST_OF_A_NAME, type SaidItem, type SayItemOptions, sayItem } from './say-item.ts';
import { render, type TemplateData } from './template.ts';

const MOST_OF_A_SUBJECT = 160;

/** Writes a message out in the words of its recipient. */
export function compose(message: MessageRow, options: SayItemOptions): Outgoing {
  const { wording, register, link } = options;
  const { id, recipient, kind, isUrgent, earlier } = message;
  const told = inOrder(newestOfEach(message.news));
  const items = sayAll(told, options);
  const [first] = told;
  const severity = first?.change.alert.severity ?? 'info';
  const goOn = told.filter(({ kind }) => kind !== 'resolved').length;
  const places = new Set(told.map(({ building }) => building)).size;
  const common: TemplateData = {
    ...items[0],
    organisation: oneLine(register.organisation.name, MOST_OF_A_NAME),
    recipient,
    count: told.length,
    goOn: unlessNone(goOn),
    over: unlessNone(told.length - goOn),
    more: unlessNone(items.length - 1),
    places: places === 1 ? undefined : places,
    all: listLink(link),
    alerts: items,
  };
  const { subject, body } = wording.messages[kind === 'renewed' ? 'new' : kind];
  return {
    id,
    kind,
    isUrgent,
    isOver: goOn === 0,
    severity,
    subject: oneLine(render(subject, common) ?? '', MOST_OF_A_SUBJECT),
    text: render(body, common) ?? '',
    link: (kind === 'summary' ? listLink(link) : undefined) ?? (first && linkOf(first.change.alert, link)),
    news: message.news,
    // What tells of several buildings belongs to no thread of one.
    earlier: places > 1 ? [] : earlier,
  };
}

/** Of an alert that began and ended within one message, the end is told: it says since when. */
function newestOfEach(news: readonly News[]): readonly News[] {
  return [...new Map(news.map((one) => [one.change.alert.id, one])).values()];
}

/** `b2` before `b10`. */
const byNumber = new Intl.Collator('en', { numeric: true });

/** What goes on before what is over, the gravest first, and of those building by building: the first is what people see of it. */
function inOrder(news: readonly News[]): readonly News[] {
  const rank = ({ kind, change }: News) =>
    (kind === 'resolved' ? 0 : severities.length) + severities.indexOf(change.alert.severity);
  return news.toSorted(
    (a, b) => rank(b) - rank(a) || byNumber.compare(a.building, b.building) || a.row - b.row,
  );
}

const NAMES_OF_GATEWAY = 3;

/** A gateway that devices of several buildings have is silent in each of them, and said once. */
function sayAll(told: readonly News[], options: SayItemOptions): readonly SaidItem[] {
  const alike = Map.groupBy(told, ({ kind, change: { alert } }) => {
    const { gateway } = alert.facts;
    return typeof gateway === 'string' ? JSON.stringify([kind, alert.rule, gateway]) : alert.id;
  });
  return [...alike.values()].flatMap((group) => {
    const items = group.slice(0, NAMES_OF_GATEWAY).map((news) => sayItem(news, options));
    const others = group.length > NAMES_OF_GATEWAY ? ` +${group.length - NAMES_OF_GATEWAY}` : '';
    const where = items.map((item) => item.where).join(', ') + others;
    return items.slice(0, 1).map((item) => ({ ...item, where }));
  });
}

/** The page of all that goes on, where alerts have kvarter's own pages. */
function listLink(link: string | undefined): string | undefined {
  return link?.endsWith('/alerts/{id}') ? link.slice(0, -'/{id}'.length) : undefined;
}

/** Nothing, which a section of a template leaves out, in place of 0. */
function unlessNone(count: number): number | undefined {
  return count === 0 ? undefined : count;
}

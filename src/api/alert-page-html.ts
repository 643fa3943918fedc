import type { AlertLife } from '../alerts/alert-store.ts';
import type { Silence } from '../alerts/silence.ts';
import { escapeHtml } from '../delivery/html.ts';
import type { SaidItem } from '../delivery/say-item.ts';
import type { Alert } from '../domain/alert.ts';
import { isOfPage } from './alert-form.ts';
import { type PageWords, pageWords, type SpanName } from './alert-page-words.ts';
import { type PageFrame, pageHtml } from './html-page.ts';

export type AlertPage = {
  readonly alert: Alert;
  readonly said: SaidItem;
  readonly life: AlertLife;
  readonly isTaken: boolean;
  /** What keeps quiet about it. */
  readonly silence: Silence | undefined;
  readonly frame: PageFrame;
  /** A moment on the local clock. */
  readonly time: (atMs: number) => string;
};

/** An alert for people: what its messages say, and what they may do about it, in forms of this page. */
export function alertPageHtml({ alert, said, life, isTaken, silence, frame, time }: AlertPage): string {
  const words = pageWords[frame.language];
  const isOver = alert.state === 'resolved';
  const { acknowledgement, outcome } = life;
  const until = (ms: number | undefined) => (ms === undefined ? '' : ` ${words.until} ${time(ms)}`);
  const facts: readonly (readonly [string, string])[] = [
    [words.building, said.building],
    [words.space, said.space],
    [words.device, said.device],
    [words.since, isOver ? `${said.startsAt} ${words.to} ${said.endsAt} (${said.lasted})` : said.startsAt],
    [words.renewed, alert.renewed ? time(alert.renewed.atMs) : ''],
    [words.measured, said.measured],
    [words.expected, said.expected],
    [words.sure, isOver ? '' : said.sure],
    [words.acknowledged, isTaken || isOver ? toldBy(acknowledgement, until(acknowledgement?.untilMs)) : ''],
    [words.silence, silence ? toldBy({ by: silence.by, note: silence.reason }, until(silence.untilMs)) : ''],
    [
      words.outcome,
      outcome ? toldBy({ ...outcome, by: `${words.outcomes[outcome.outcome]} (${outcome.by})` }) : '',
    ],
  ];
  const state = isOver ? words.over : words.goesOn;
  const body = [
    `<article class="${isOver ? 'over' : alert.severity}"><p class="state">${escapeHtml(`${said.severity} · ${state}`)}</p>`,
    `<h1>${escapeHtml(said.title)}</h1>`,
    ...[said.closed, said.detail, said.flapping, life.held && !isOver ? words.held : '']
      .filter((text) => text !== '')
      .map((text) => `<p>${escapeHtml(text)}</p>`),
    `<dl>${facts.map(([name, text]) => (text === '' ? '' : `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(text)}</dd>`)).join('')}</dl></article>`,
    ...(alert.state === 'firing' && !isTaken ? [takeOnForm(alert, words)] : []),
    ...(alert.state === 'pending' ? [] : [outcomeForm(alert, words)]),
    ...(silence && isOfPage(silence, alert) ? [endSilenceForm(alert, silence, words)] : []),
    ...(isOver || alert.building === undefined ? [] : [silenceForm(alert, said, words)]),
    `<p><a href="../alerts">${words.all}</a></p>`,
  ];
  return pageHtml(frame, said.title, body.join('\n'));
}

/** What could not be done, with a way on. */
export function problemPageHtml(
  says: string,
  { href, text }: { readonly href: string; readonly text: string },
  frame: PageFrame,
): string {
  const link = `<p><a href="${escapeHtml(href)}">${escapeHtml(text)}</a></p>`;
  return pageHtml(frame, says, `<article class="critical"><h1>${escapeHtml(says)}</h1>\n${link}</article>`);
}

function toldBy(act: { readonly by: string; readonly note?: string } | undefined, until = ''): string {
  return act === undefined ? '' : `${act.by}${until}${act.note === undefined ? '' : `: ${act.note}`}`;
}

function takeOnForm({ id }: Alert, words: PageWords): string {
  const fields = [by(words), note(words), span(words, ['untilOver', 'h4', 'd1', 'd7'])];
  return form(`${id}/acknowledge`, words.takeOn, words.takeOnWhy, fields, [['', '', words.takeOn]]);
}

function outcomeForm({ id }: Alert, { outcomes, ...words }: PageWords): string {
  const buttons = (['true', 'false', 'unknown'] as const).map(
    (outcome) => ['outcome', outcome, outcomes[outcome]] as const,
  );
  return form(`${id}/outcome`, words.wasRight, '', [by(words), note(words)], buttons);
}

function silenceForm({ id, device }: Alert, said: SaidItem, words: PageWords): string {
  const scopes = [
    ...(device === undefined ? [] : [['device', said.device] as const]),
    ['building', said.building] as const,
  ];
  const reason = `<label>${words.reason}<input name="reason" required maxlength="2000"></label>`;
  const fields = [select('scope', words.where, scopes), span(words, ['h4', 'd1', 'd7']), by(words), reason];
  return form(`${id}/silence`, words.silence, words.silenceWhy, fields, [['', '', words.send]]);
}

function endSilenceForm({ id }: Alert, silence: Silence, words: PageWords): string {
  const which = `<input type="hidden" name="silence" value="${escapeHtml(silence.id)}">`;
  return form(
    `${id}/end-silence`,
    words.endSilence,
    words.endSilenceWhy,
    [which],
    [['', '', words.endSilence]],
  );
}

function by({ by: label }: Pick<PageWords, 'by'>): string {
  return `<label>${label}<input name="by" required maxlength="200" autocomplete="name"></label>`;
}

function note({ note: label }: Pick<PageWords, 'note'>): string {
  return `<label>${label}<input name="note" maxlength="2000"></label>`;
}

function span({ spans, howLong }: PageWords, names: readonly SpanName[]): string {
  return select(
    'span',
    howLong,
    names.map((name) => [name, spans[name]] as const),
  );
}

function select(
  name: string,
  label: string,
  options: readonly (readonly [value: string, text: string])[],
): string {
  const items = options.map(([value, text]) => `<option value="${value}">${escapeHtml(text)}</option>`);
  return `<label>${label}<select name="${name}">${items.join('')}</select></label>`;
}

function form(
  action: string,
  title: string,
  why: string,
  fields: readonly string[],
  buttons: readonly (readonly [name: string, value: string, text: string])[],
): string {
  const named = (name: string, value: string) => (name === '' ? '' : ` name="${name}" value="${value}"`);
  const all = buttons.map(
    ([name, value, text]) => `<button${named(name, value)}>${escapeHtml(text)}</button>`,
  );
  return `<form method="post" aria-label="${escapeHtml(title)}" action="${escapeHtml(action.split('/').map(encodeURIComponent).join('/'))}"><h2>${escapeHtml(title)}</h2>${why === '' ? '' : `<p>${escapeHtml(why)}</p>`}${fields.join('')}<div class="acts">${all.join('')}</div></form>`;
}

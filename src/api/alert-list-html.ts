import { escapeHtml } from '../delivery/html.ts';
import type { AlertPage } from './alert-page-html.ts';
import { pageWords } from './alert-page-words.ts';
import { type PageFrame, pageHtml } from './html-page.ts';

/** What goes on, in the order that is given: a line each, and of what is held back the number alone. `isCut`: there is more. */
export function alertListHtml(
  open: readonly Pick<AlertPage, 'alert' | 'said' | 'life' | 'isTaken'>[],
  frame: PageFrame,
  isCut: boolean,
): string {
  const words = pageWords[frame.language];
  const told = open.filter(({ life }) => life.held === undefined);
  const lines = told.map(({ alert, said, life, isTaken }) => {
    const by = isTaken ? ` · ${words.acknowledged} ${life.acknowledgement?.by ?? ''}` : '';
    const where = said.where === '' ? '' : ` (${said.where})`;
    const link = `alerts/${encodeURIComponent(alert.id)}`;
    return `<li class="${alert.severity}"><a href="${escapeHtml(link)}">${escapeHtml(`${said.severity}: ${said.title}${where}`)}</a><small>${escapeHtml(`${words.since} ${said.startsAt}${by}`)}</small></li>`;
  });
  const held = open.length - told.length;
  const title = `${words.goesOn}: ${told.length}${isCut ? '+' : ''}`;
  return pageHtml(
    frame,
    title,
    [
      `<h1>${title}</h1>`,
      `<ul>${lines.join('')}</ul>`,
      ...(held === 0 ? [] : [`<p>${words.heldBack}: ${held}</p>`]),
    ].join('\n'),
  );
}

import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { escapeHtml } from '../delivery/html.ts';
import type { Language } from '../delivery/settings.ts';

const STYLE = `:root{color-scheme:light dark;--text:#1b1e21;--faint:#5a6169;--page:#f3f4f5;--card:#fff;--line:#ccd1d6;--field:#868e96;--act:#1d5c8c;--on-act:#fff;--critical:#a40000;--warning:#7d4a00;--over:#1d6b2f}
@media (prefers-color-scheme:dark){:root{--text:#eceff1;--faint:#a8b0b8;--page:#121416;--card:#1d2124;--line:#3a4046;--field:#7d858d;--act:#8cc4f0;--on-act:#0b1a26;--critical:#ff8a80;--warning:#ffc36b;--over:#86d997}}
*{box-sizing:border-box}body{font:1rem/1.5 system-ui,sans-serif;margin:0;color:var(--text);background:var(--page);overflow-wrap:anywhere}
header,main{max-width:42rem;margin:0 auto;padding:.7rem 1rem}header{color:var(--faint);font-weight:600}
main{padding-top:0}h1{font-size:1.4rem;line-height:1.25;margin:.2rem 0 .6rem}h2{font-size:1.05rem;margin:0}p{margin:.3rem 0}
article,form,li{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:1rem;margin:0 0 1rem}
article{border-left:6px solid currentcolor}article>*{color:var(--text)}article>.state{color:inherit;font-weight:700}
dl{display:grid;grid-template-columns:minmax(5rem,auto) minmax(0,1fr);gap:.2rem 1rem;margin:.8rem 0 0}dt{color:var(--faint)}dd{margin:0;unicode-bidi:isolate}
form{display:grid;gap:.7rem}label{display:grid;font-weight:600}.acts{display:flex;flex-wrap:wrap;gap:.6rem}
input,select,button{font:inherit;font-weight:400;min-height:2.75rem;padding:.4rem .7rem;width:100%;border:1px solid var(--field);border-radius:6px;color:var(--text);background:var(--card)}
button{width:auto;min-width:6rem;font-weight:600;border-color:var(--act);color:var(--act);cursor:pointer}button:only-child{color:var(--on-act);background:var(--act)}
a{color:var(--act)}p>a{display:inline-block;padding:.6rem 0}:focus-visible{outline:3px solid var(--act);outline-offset:2px}
ul{list-style:none;padding:0}li{padding:.7rem 1rem;margin:0 0 .5rem;border-left:6px solid currentcolor}li>a{display:block;color:inherit;font-weight:600}small{color:var(--faint)}
.critical{color:var(--critical)}.warning{color:var(--warning)}.over{color:var(--over)}.info{color:var(--act)}`;

/** The one style that the pages may have. */
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** No script, nothing from elsewhere, in no frame; forms go to this service alone. */
const PAGE_HEADERS = {
  'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
  'cache-control': 'no-store',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
} as const;

export type PageFrame = {
  readonly language: Language;
  /** Whose buildings it is about. */
  readonly owner: string;
};

/** A page for people, `body` being HTML. */
export function pageHtml({ language, owner }: PageFrame, title: string, body: string): string {
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>
<header>${escapeHtml(owner)}</header>
<main>
${body}
</main>
</body></html>
`;
}

export function sendHtml(reply: FastifyReply, status: number, html: string): FastifyReply {
  return reply.status(status).headers(PAGE_HEADERS).type('text/html; charset=utf-8').send(html);
}

/** The first language of the browser that kvarter speaks. */
export function languageOf({ headers }: FastifyRequest): Language {
  const [, language] = /(?:^|,)\s*(sv|en)\b/i.exec(headers['accept-language'] ?? '') ?? [];
  return language?.toLowerCase() === 'sv' ? 'sv' : 'en';
}

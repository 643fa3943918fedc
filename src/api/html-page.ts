import type { FastifyReply, FastifyRequest } from 'fastify';
import { escapeHtml } from '../delivery/html.ts';
import type { Language } from '../delivery/settings.ts';

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.45 system-ui,sans-serif;margin:0 auto;max-width:40rem;padding:1rem;color:#1b1b1b;background:#fff}
h1{font-size:1.3rem}dl{display:grid;grid-template-columns:auto 1fr;gap:.2rem 1rem}dt{color:#555}dd{margin:0}
form{border:1px solid #bbb;border-radius:6px;padding:.8rem;margin:1rem 0;display:grid;gap:.5rem}h2{font-size:1rem;margin:0}p{margin:.3rem 0}
input,select,button{font:inherit;padding:.4rem;max-width:100%;box-sizing:border-box}label{display:grid}
ul{list-style:none;padding:0}li{margin:.7rem 0}small{color:#666}.critical{color:#a40000}.warning{color:#8a5200}.over{color:#1d6b2f}
@media (prefers-color-scheme:dark){body{color:#eee;background:#16181a}dt{color:#aaa}small{color:#aaa}.critical{color:#ff8a80}.warning{color:#ffc36b}.over{color:#86d997}}`;

/** No script, nothing from elsewhere, in no frame; forms go to this service alone. */
const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
} as const;

/** A page for people, `body` being HTML. */
export function pageHtml(language: Language, title: string, body: string): string {
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>
${body}
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

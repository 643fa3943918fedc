import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { isAcknowledged } from '../alerts/acts.ts';
import type { AlertStore } from '../alerts/alert-store.ts';
import type { SaidItem } from '../delivery/say-item.ts';
import type { Language } from '../delivery/settings.ts';
import type { Alert } from '../domain/alert.ts';
import { HOUR_MS } from '../domain/interval.ts';
import { localTime } from '../domain/local-time.ts';
import type { Register } from '../domain/register.ts';
import { type Clock, isoTime } from '../domain/time.ts';
import { zoneOf } from '../domain/zone.ts';
import { alertListHtml } from './alert-list-html.ts';
import { alertPageHtml, problemPageHtml } from './alert-page-html.ts';
import { spans } from './alert-page-words.ts';
import { languageOf, sendHtml } from './html-page.ts';

export type AlertPageRoutes = {
  readonly alerts: Pick<AlertStore, 'find' | 'lifeOf' | 'list'>;
  /** An alert in the words of its messages. */
  readonly say: (alert: Alert, language: Language) => SaidItem;
  readonly register: () => Register;
  readonly clock: Clock;
};

const MOST_LISTED = 1000;
/** What forms may hold: names and short texts. */
const MOST_BYTES = 32_768;
const paramsSchema = z.object({ id: z.string(), act: z.string().default('') });
const failureSchema = z.object({ detail: z.string() });
const spanSchema = z.enum(['untilOver', 'h4', 'd1', 'd7']).catch('untilOver');

/**
 * `/alerts`: what goes on, the gravest first. `/alerts/ID`: the page that messages link to. It shows what they say, and its forms do what the API does: acknowledge, say the
 * outcome, silence. Opening it changes nothing: mail filters open links too.
 */
export function alertPageRoutes({ alerts, say, register, clock }: AlertPageRoutes): FastifyPluginAsync {
  return async (server) => {
    server.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: MOST_BYTES },
      (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    );
    /** What messages say as one: a gateway is silent in each building that has devices of it. */
    const alikeOf = (alert: Alert): readonly Alert[] => {
      const { rule, state, startsAtMs, facts } = alert;
      if (typeof facts.gateway !== 'string') return [alert];
      return alerts
        .list({ rule, state, sinceMs: startsAtMs - HOUR_MS, limit: MOST_LISTED })
        .filter((other) => other.facts.gateway === facts.gateway && other.startsAtMs <= startsAtMs + HOUR_MS);
    };

    server.get('/alerts', { schema: { hide: true } }, async (request, reply) => {
      const language = languageOf(request);
      const open = alerts.list({ state: 'firing', order: 'gravest', limit: MOST_LISTED }).map((alert) => {
        const life = alerts.lifeOf(alert.id);
        return { alert, said: say(alert, language), life, isTaken: isAcknowledged(life, clock()) };
      });
      return sendHtml(reply, 200, alertListHtml(open, language));
    });

    server.get('/alerts/:id', { schema: { hide: true } }, async (request, reply) => {
      const { id } = paramsSchema.parse(request.params);
      const language = languageOf(request);
      const alert = alerts.find(id);
      if (!alert) return sendHtml(reply, 404, problemPageHtml(NO_SUCH[language], id, language));
      const life = alerts.lifeOf(id);
      const zone = zoneOf(register().organisation.timeZone);
      const time = (atMs: number) => localTime(zone, atMs);
      const isTaken = alert.state === 'firing' && isAcknowledged(life, clock());
      const building = alikeOf(alert)
        .map((one) => say(one, language).building)
        .join(', ');
      return sendHtml(
        reply,
        200,
        alertPageHtml({ alert, said: { ...say(alert, language), building }, life, isTaken, language, time }),
      );
    });

    server.post('/alerts/:id/:act', { schema: { hide: true } }, async (request, reply) => {
      const { id, act } = paramsSchema.parse(request.params);
      const language = languageOf(request);
      const back = `../${encodeURIComponent(id)}`;
      if (!isFromHere(request))
        return sendHtml(reply, 403, problemPageHtml(FROM_ELSEWHERE[language], back, language));
      const fields = z.record(z.string(), z.string()).catch({}).parse(request.body);
      const answer = await server.inject({ method: 'POST', ...askedOf(id, act, fields) });
      const alert = alerts.find(id);
      const others = act !== 'silence' && alert && answer.statusCode < 300 ? alikeOf(alert) : [];
      for (const other of others) {
        if (other.id !== id) await server.inject({ method: 'POST', ...askedOf(other.id, act, fields) });
      }
      if (answer.statusCode < 300) return reply.header('location', back).status(303).send();
      const { detail } = failureSchema.catch({ detail: answer.payload }).parse(answer.json());
      return sendHtml(reply, answer.statusCode, problemPageHtml(detail, back, language));
    });

    /** The same as a request to the API. */
    const askedOf = (
      id: string,
      act: string,
      { span, scope, by, note, outcome, reason }: Record<string, string>,
    ) => {
      const hours = spans[spanSchema.parse(span)];
      const until = hours === undefined ? {} : { until: isoTime(clock() + hours * HOUR_MS) };
      const about = { by, ...(note?.trim() ? { note } : {}) };
      const url = `/api/v1/alerts/${encodeURIComponent(id)}/${encodeURIComponent(act)}`;
      if (act === 'acknowledge') return { url, payload: { ...about, ...until } };
      if (act !== 'silence') return { url, payload: { ...about, outcome } };
      const { building, device } = alerts.find(id) ?? {};
      const covers = scope === 'device' && device !== undefined ? { device } : { building };
      return { url: '/api/v1/silences', payload: { scope: covers, by, reason, ...until } };
    };
  };
}

const NO_SUCH: Readonly<Record<Language, string>> = {
  en: 'There is no such alert: it is forgotten, or the address is not whole.',
  sv: 'Larmet finns inte: det är bortglömt, eller så är adressen inte hel.',
};
const FROM_ELSEWHERE: Readonly<Record<Language, string>> = {
  en: 'This came from another page: open the alert and send it from there.',
  sv: 'Detta kom från en annan sida: öppna larmet och skicka därifrån.',
};

/** A form of another site must not act in the name of who looks at it: browsers say where it was sent from. */
function isFromHere({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin, host } = headers;
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
}

import type { FastifyError, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { isAcknowledged } from '../alerts/acts.ts';
import type { AlertStore } from '../alerts/alert-store.ts';
import type { SilenceBook } from '../alerts/silences.ts';
import type { SaidItem } from '../delivery/say-item.ts';
import type { Language } from '../delivery/settings.ts';
import type { Alert } from '../domain/alert.ts';
import { HOUR_MS } from '../domain/interval.ts';
import { localTime } from '../domain/local-time.ts';
import type { Register } from '../domain/register.ts';
import type { Clock } from '../domain/time.ts';
import { zoneOf } from '../domain/zone.ts';
import {
  type AlertForm,
  alertFormSchema,
  isAskedAlready,
  isOfPage,
  requestOf,
  whyNot,
} from './alert-form.ts';
import { alertListHtml } from './alert-list-html.ts';
import { alertPageHtml, problemPageHtml } from './alert-page-html.ts';
import { pageWords } from './alert-page-words.ts';
import { languageOf, type PageFrame, sendHtml } from './html-page.ts';
import { RequestProblem } from './problem.ts';

export type AlertPageRoutes = {
  readonly alerts: Pick<AlertStore, 'find' | 'lifeOf' | 'list'>;
  readonly silences: Pick<SilenceBook, 'covering' | 'list'>;
  /** An alert in the words of its messages. */
  readonly say: (alert: Alert, language: Language) => SaidItem;
  readonly register: () => Register;
  readonly clock: Clock;
};

const MOST_LISTED = 1000;
/** What forms may hold: names and short texts. */
const MOST_BYTES = 32_768;
const paramsSchema = z.object({ id: z.string().default(''), act: z.string().default('') });
const endSchema = z.object({ silence: z.string() }).catch({ silence: '' });
const failureSchema = z.object({ detail: z.string() });

/**
 * `/alerts`: what goes on, the gravest first. `/alerts/ID`: the page that messages link to. It shows what they say, and its forms do what the API does: acknowledge, say the
 * outcome, silence. Opening it changes nothing: mail filters open links too.
 */
export function alertPageRoutes(options: AlertPageRoutes): FastifyPluginAsync {
  const { alerts, silences, say, register, clock } = options;
  const frameOf = (language: Language): PageFrame => ({ language, owner: register().organisation.name });
  const isTaken = (alert: Alert) => isAcknowledged(alerts.lifeOf(alert.id), clock());

  /** What could not be done, with a way back. */
  const refuse = (request: FastifyRequest, reply: FastifyReply, status: number, says: string) => {
    const { id } = paramsSchema.parse(request.params);
    const language = languageOf(request);
    const words = pageWords[language];
    const up = request.method === 'POST' ? '../' : '';
    const back =
      alerts.find(id) && up !== ''
        ? { href: `${up}${encodeURIComponent(id)}`, text: words.back }
        : { href: `${up}../alerts`, text: words.all };
    return sendHtml(reply, status, problemPageHtml(says, back, frameOf(language)));
  };

  return async (server) => {
    server.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: MOST_BYTES },
      (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    );
    server.setErrorHandler<FastifyError>((error, request, reply) => {
      const status = error instanceof RequestProblem ? error.status : (error.statusCode ?? 500);
      if (status >= 500) throw error;
      const { fromElsewhere, notTaken } = pageWords[languageOf(request)];
      return refuse(request, reply, status, status === 403 ? fromElsewhere : notTaken);
    });

    server.get('/alerts', { schema: { hide: true } }, async (request, reply) => {
      const language = languageOf(request);
      const open = alerts.list({ state: 'firing', order: 'gravest', limit: MOST_LISTED + 1 });
      const lines = open.slice(0, MOST_LISTED).map((alert) => ({
        alert,
        said: say(alert, language),
        life: alerts.lifeOf(alert.id),
        isTaken: isTaken(alert),
      }));
      return sendHtml(reply, 200, alertListHtml(lines, frameOf(language), open.length > MOST_LISTED));
    });

    server.get('/alerts/:id', { schema: { hide: true } }, async (request, reply) => {
      const { id } = paramsSchema.parse(request.params);
      const language = languageOf(request);
      const alert = alerts.find(id);
      if (!alert) return refuse(request, reply, 404, pageWords[language].noSuch);
      const zone = zoneOf(register().organisation.timeZone);
      const building = alikeOf(alerts, alert)
        .map((one) => say(one, language).building)
        .join(', ');
      const page = {
        alert,
        said: { ...say(alert, language), building },
        life: alerts.lifeOf(id),
        isTaken: alert.state === 'firing' && isTaken(alert),
        silence: alert.state === 'resolved' ? undefined : silences.covering(alert, clock()),
        frame: frameOf(language),
        time: (atMs: number) => localTime(zone, atMs),
      };
      return sendHtml(reply, 200, alertPageHtml(page));
    });

    server.post('/alerts/:id/:act', { schema: { hide: true } }, async (request, reply) => {
      const { id, act } = paramsSchema.parse(request.params);
      const language = languageOf(request);
      const alert = alerts.find(id);
      const fields = z.record(z.string(), z.string()).catch({}).parse(request.body);
      const { data: form } = alertFormSchema.safeParse({ ...fields, act });
      if (!alert || !form) return refuse(request, reply, 404, pageWords[language].noSuch);
      const problem = whyNot(form, alert, alerts.lifeOf(id), clock(), language) ?? (await send(form, alert));
      if (problem) return refuse(request, reply, problem.status, problem.says);
      return reply.redirect(`../${encodeURIComponent(id)}`, 303);
    });

    server.post('/alerts/:id/end-silence', { schema: { hide: true } }, async (request, reply) => {
      const { id } = paramsSchema.parse(request.params);
      const alert = alerts.find(id);
      if (!alert) return refuse(request, reply, 404, pageWords[languageOf(request)].noSuch);
      const asked = endSchema.parse(request.body);
      const silence = silences.covering(alert, clock());
      if (silence?.id === asked.silence && isOfPage(silence, alert)) {
        await server.inject({ method: 'DELETE', url: `/api/v1/silences/${encodeURIComponent(silence.id)}` });
      }
      return reply.redirect(`../${encodeURIComponent(id)}`, 303);
    });

    // Who opens the address of a refused form once more, or one with a slash at its end, means the alert.
    server.get('/alerts/:id/:act', { schema: { hide: true } }, async (request, reply) => {
      const { id } = paramsSchema.parse(request.params);
      return reply.redirect(`../${encodeURIComponent(id)}`, 303);
    });

    /** Asks the API; gives what it refuses. */
    const send = async (form: AlertForm, alert: Alert) => {
      const nowMs = clock();
      const isSilence = form.act === 'silence';
      if (isSilence && isAskedAlready(form, alert, nowMs, silences.list({ untilAfterMs: nowMs }))) return;
      const ask = (one: Alert) => server.inject({ method: 'POST', ...requestOf(form, one, nowMs) });
      const others = isSilence ? [] : alikeOf(alerts, alert).filter(({ id }) => id !== alert.id);
      const answer = await ask(alert);
      if (answer.statusCode >= 300) {
        const { detail } = failureSchema.catch({ detail: answer.payload }).parse(answer.json());
        return { status: answer.statusCode, says: detail };
      }
      for (const other of others) await ask(other);
    };
  };
}

/** What messages say as one: a gateway is silent in each building that has devices of it. */
function alikeOf(alerts: Pick<AlertStore, 'list'>, alert: Alert): readonly Alert[] {
  const { rule, state, startsAtMs, facts } = alert;
  if (typeof facts.gateway !== 'string') return [alert];
  return alerts
    .list({ rule, state, sinceMs: startsAtMs - HOUR_MS, limit: MOST_LISTED })
    .filter((other) => other.facts.gateway === facts.gateway && other.startsAtMs <= startsAtMs + HOUR_MS);
}

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { lifeJson, lifeJsonSchema } from '../alerts/alert-json.ts';
import { type AlertQuery, type AlertStore, lifeStates } from '../alerts/alert-store.ts';
import { type Alert, severities } from '../domain/alert.ts';
import type { Clock } from '../domain/time.ts';
import { problemSchema, RequestProblem } from './problem.ts';
import { timeParameter } from './times.ts';

export type AlertLists = Pick<AlertStore, 'list' | 'lifeOf'>;

const MAX_LIMIT = 1000;

/** One, or several: `state=firing&state=acknowledged`. */
const oneOrMore = <T extends string>(item: z.ZodType<T>) =>
  z.union([item.transform((one): T[] => [one]), z.array(item)]);

const querySchema = z.strictObject({
  state: oneOrMore(z.enum(lifeStates)).optional(),
  building: z.string().min(1).optional(),
  rule: z.string().min(1).optional(),
  severity: oneOrMore(z.enum(severities)).optional(),
  since: timeParameter.optional().describe('those that began then or later'),
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(100),
  next: z.string().optional().describe('the `next` of the answer before, for the page behind it'),
});

const answerSchema = z.object({ alerts: z.array(lifeJsonSchema), next: z.string().optional() });

/** `GET /api/v1/alerts`: what people were told, and what is about to be, the newest first, a page at a time. */
export function alertsRoute(alerts: AlertLists, clock: Clock, link?: string): FastifyPluginAsyncZod {
  return async (server) => {
    server.get(
      '/api/v1/alerts',
      {
        schema: {
          summary: 'Alerts, the newest first',
          querystring: querySchema,
          response: { 200: answerSchema, 400: problemSchema, 503: problemSchema },
        },
      },
      async ({ query }) => {
        const { state: states, building, rule, severity: severitiesOf, since, limit, next } = query;
        const nowMs = clock();
        const found = alerts.list({
          ...(states === undefined ? {} : { life: { states, nowMs } }),
          ...(building === undefined ? {} : { building }),
          ...(rule === undefined ? {} : { rule }),
          ...(severitiesOf === undefined ? {} : { severities: severitiesOf }),
          ...(since === undefined ? {} : { sinceMs: since }),
          ...(next === undefined ? {} : { after: parsePage(next) }),
          limit: limit + 1,
        });
        const page = found.slice(0, limit);
        const last = page.at(-1);
        return {
          alerts: page.map((alert) => lifeJson(alert, alerts.lifeOf(alert.id), { nowMs, link })),
          ...(found.length > limit && last ? { next: pageText(last) } : {}),
        };
      },
    );
  };
}

const pageSchema = z.tuple([z.number(), z.string()]);

function pageText({ startsAtMs, id }: Alert): string {
  return Buffer.from(JSON.stringify([startsAtMs, id])).toString('base64url');
}

function parsePage(text: string): NonNullable<AlertQuery['after']> {
  try {
    const [startsAtMs, id] = pageSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    return { startsAtMs, id };
  } catch {
    throw new RequestProblem(
      400,
      'next: is not the `next` of an answer; leave it out to begin at the first page',
    );
  }
}

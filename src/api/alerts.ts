import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { lifeJson, lifeJsonSchema } from '../alerts/alert-json.ts';
import { type AlertQuery, type AlertStore, alertOrders, lifeStates } from '../alerts/alert-store.ts';
import { type Alert, severities } from '../domain/alert.ts';
import type { Register } from '../domain/register.ts';
import type { Clock } from '../domain/time.ts';
import { problemSchema, RequestProblem } from './problem.ts';
import { buildingsOf, scopeParameter } from './scope.ts';
import { timeParameter } from './times.ts';

export type AlertLists = Pick<AlertStore, 'list' | 'lifeOf'>;

const MAX_LIMIT = 1000;

/** One, or several: `state=firing&state=acknowledged`. */
const oneOrMore = <T extends string>(item: z.ZodType<T>) =>
  z.union([item.transform((one): T[] => [one]), z.array(item)]);

const querySchema = z.strictObject({
  state: oneOrMore(z.enum(lifeStates)).optional(),
  building: z.string().min(1).optional(),
  scope: scopeParameter.optional(),
  rule: z.string().min(1).optional(),
  severity: oneOrMore(z.enum(severities)).optional(),
  since: timeParameter.optional().describe('those that began then or later'),
  order: z
    .enum(alertOrders)
    .default('newest')
    .describe('gravest: by severity, and of one severity the newest first'),
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(100),
  next: z.string().optional().describe('the `next` of the answer before, for the page behind it'),
});

const answerSchema = z.object({ alerts: z.array(lifeJsonSchema), next: z.string().optional() });

/** `GET /api/v1/alerts`: what people were told, and what is about to be, a page at a time. */
export function alertsRoute(
  alerts: AlertLists,
  register: () => Register,
  clock: Clock,
  link?: string,
): FastifyPluginAsyncZod {
  return async (server) => {
    server.get(
      '/api/v1/alerts',
      {
        schema: {
          summary: 'Alerts, the newest or the gravest first',
          querystring: querySchema,
          response: { 200: answerSchema, 400: problemSchema, 503: problemSchema },
        },
      },
      async ({ query }) => {
        const {
          state: states,
          building,
          scope,
          rule,
          severity: severitiesOf,
          since,
          order,
          limit,
          next,
        } = query;
        const nowMs = clock();
        const found = alerts.list({
          ...(states === undefined ? {} : { life: { states, nowMs } }),
          ...(building === undefined ? {} : { building }),
          ...(scope === undefined ? {} : { buildings: placesOf(register(), scope) }),
          ...(rule === undefined ? {} : { rule }),
          ...(severitiesOf === undefined ? {} : { severities: severitiesOf }),
          ...(since === undefined ? {} : { sinceMs: since }),
          ...(next === undefined ? {} : { after: parsePage(next) }),
          order,
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

/** Alerts of an area as one stand under `area:ID`. */
function placesOf(register: Register, scope: string): readonly string[] {
  return [...buildingsOf(register, scope), scope];
}

const pageSchema = z.tuple([z.number(), z.string(), z.enum(severities).default('info')]);

function pageText({ startsAtMs, id, severity }: Alert): string {
  return Buffer.from(JSON.stringify([startsAtMs, id, severity])).toString('base64url');
}

function parsePage(text: string): NonNullable<AlertQuery['after']> {
  try {
    const [startsAtMs, id, severity] = pageSchema.parse(
      JSON.parse(Buffer.from(text, 'base64url').toString()),
    );
    return { startsAtMs, id, severity };
  } catch {
    throw new RequestProblem(
      400,
      'next: is not the `next` of an answer; leave it out to begin at the first page',
    );
  }
}

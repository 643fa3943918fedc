import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { alertJson, alertJsonSchema } from '../alerts/alert-json.ts';
import type { AlertQuery, AlertStore } from '../alerts/alert-store.ts';
import { type Alert, alertStates } from '../domain/alert.ts';
import { problemSchema, RequestProblem } from './problem.ts';

const MAX_LIMIT = 1000;

const querySchema = z.strictObject({
  state: z.enum(alertStates).optional(),
  building: z.string().min(1).optional(),
  rule: z.string().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(100),
  next: z.string().optional().describe('the `next` of the answer before, for the page behind it'),
});

const answerSchema = z.object({ alerts: z.array(alertJsonSchema), next: z.string().optional() });

/** `GET /api/v1/alerts`: what people were told, and what is about to be, the newest first, a page at a time. */
export function alertsRoute(alerts: Pick<AlertStore, 'list'>): FastifyPluginAsyncZod {
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
        const { state, building, rule, limit, next } = query;
        const found = alerts.list({
          ...(state === undefined ? {} : { state }),
          ...(building === undefined ? {} : { building }),
          ...(rule === undefined ? {} : { rule }),
          ...(next === undefined ? {} : { after: parsePage(next) }),
          limit: limit + 1,
        });
        const page = found.slice(0, limit);
        const last = page.at(-1);
        return {
          alerts: page.map(alertJson),
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

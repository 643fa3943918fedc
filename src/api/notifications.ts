import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { timeText } from '../alerts/alert-json.ts';
import type { DeadLetters } from '../delivery/desk.ts';
import { messageKinds } from '../delivery/plan.ts';
import type { DeadRow } from '../delivery/rows.ts';
import { isoTime } from '../domain/time.ts';
import { problemSchema } from './problem.ts';

const querySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  next: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .describe('the `next` of the answer before, for the page behind it'),
});

const deadSchema = z.object({
  id: z.string(),
  recipient: z.string(),
  kind: z.enum(messageKinds),
  alerts: z.array(z.object({ id: z.string(), title: z.string(), kind: z.string() })),
  createdAt: timeText,
  diedAt: timeText,
  attempts: z.int(),
  error: z.string(),
});

const retrySchema = z
  .strictObject({
    ids: z.array(z.string().min(1)).min(1).max(10_000).optional(),
    all: z.literal(true).optional(),
  })
  .refine(({ ids, all }) => (ids === undefined) === (all === true), 'say which: ids, or all: true');

/** `/api/v1/notifications`: what nobody took, and trying it again after a fix. */
export function notificationRoutes(dead: DeadLetters): FastifyPluginAsyncZod {
  return async (server) => {
    server.get(
      '/api/v1/notifications/dead',
      {
        schema: {
          summary:
            'Notifications that nobody took and that are not tried again by themselves, the oldest first',
          querystring: querySchema,
          response: {
            200: z.object({ notifications: z.array(deadSchema), next: z.string().optional() }),
            400: problemSchema,
          },
        },
      },
      async ({ query: { limit, next } }) => {
        const rows = dead.list(next ?? 0, limit + 1);
        const page = rows.slice(0, limit);
        const last = rows.length > limit ? page.at(-1) : undefined;
        return { notifications: page.map(deadJson), ...(last && { next: String(last.row) }) };
      },
    );
    server.post(
      '/api/v1/notifications/retry',
      {
        schema: {
          summary: 'Try dead notifications again',
          body: retrySchema,
          response: { 200: z.object({ notifications: z.int() }), 400: problemSchema },
        },
      },
      async ({ body }) => ({ notifications: dead.retry(body.ids) }),
    );
  };
}

function deadJson({ id, recipient, kind, news, createdMs, diedMs, attempts, error }: DeadRow) {
  return {
    id,
    recipient,
    kind,
    alerts: news.map((one) => ({
      id: one.change.alert.id,
      title: one.change.alert.title,
      kind: one.kind,
    })),
    createdAt: isoTime(createdMs),
    diedAt: isoTime(diedMs),
    attempts,
    error,
  };
}

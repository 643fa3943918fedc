import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { outcomes } from '../alerts/acts.ts';
import { lifeJson, lifeJsonSchema } from '../alerts/alert-json.ts';
import type { AlertStore } from '../alerts/alert-store.ts';
import type { Alert } from '../domain/alert.ts';
import type { Clock } from '../domain/time.ts';
import { problemSchema, RequestProblem } from './problem.ts';
import { timeParameter } from './times.ts';

export type AlertLives = Pick<AlertStore, 'find' | 'lifeOf' | 'acknowledge' | 'sayOutcome'>;

const by = z.string().trim().min(1).max(200).describe('who says so');
const note = z.string().trim().min(1).max(2000).optional();

const acknowledgeSchema = z.strictObject({
  by,
  note,
  until: timeParameter
    .optional()
    .describe('after it, the alert fires as before; absent: until it is resolved'),
});
const outcomeSchema = z.strictObject({
  outcome: z
    .union([z.enum(outcomes), z.boolean().transform((is): 'true' | 'false' => (is ? 'true' : 'false'))])
    .describe('true: something was wrong as it said; false: a false alarm; unknown: nobody could tell'),
  by,
  note,
});
const params = z.object({ id: z.string() });
const responses = { 200: lifeJsonSchema, 400: problemSchema, 404: problemSchema, 409: problemSchema };

/** One alert: what it says, and what people do about it. The newest of what is said holds. */
export function alertLifeRoutes(alerts: AlertLives, clock: Clock, link?: string): FastifyPluginAsyncZod {
  const find = (id: string): Alert => {
    const alert = alerts.find(id);
    if (alert) return alert;
    throw new RequestProblem(404, `There is no alert ${id}: see /api/v1/alerts.`);
  };
  const answer = (alert: Alert) => lifeJson(alert, alerts.lifeOf(alert.id), { nowMs: clock(), link });

  return async (server) => {
    server.get(
      '/api/v1/alerts/:id',
      { schema: { summary: 'An alert', params, response: { 200: lifeJsonSchema, 404: problemSchema } } },
      async ({ params: { id } }) => answer(find(id)),
    );
    server.post(
      '/api/v1/alerts/:id/acknowledge',
      {
        schema: {
          summary: 'Somebody takes it on',
          params,
          body: acknowledgeSchema,
          response: responses,
        },
      },
      async ({ params: { id }, body }) => {
        const alert = find(id);
        const nowMs = clock();
        if (alert.state !== 'firing') throw new RequestProblem(409, `${id} ${notFiring[alert.state]}`);
        if (body.until !== undefined && body.until <= nowMs) {
          throw new RequestProblem(400, 'until: is not in the future; leave it out for as long as it fires');
        }
        alerts.acknowledge(id, {
          by: body.by,
          ...(body.note === undefined ? {} : { note: body.note }),
          ...(body.until === undefined ? {} : { untilMs: body.until }),
          atMs: nowMs,
        });
        return answer(alert);
      },
    );
    server.post(
      '/api/v1/alerts/:id/outcome',
      {
        schema: { summary: 'What the alert was worth', params, body: outcomeSchema, response: responses },
      },
      async ({ params: { id }, body }) => {
        const alert = find(id);
        if (alert.state === 'pending') throw new RequestProblem(409, `${id} ${notFiring.pending}`);
        alerts.sayOutcome(id, {
          outcome: body.outcome,
          by: body.by,
          ...(body.note === undefined ? {} : { note: body.note }),
          atMs: clock(),
        });
        return answer(alert);
      },
    );
  };
}

const notFiring = {
  pending: 'has not held long enough yet: nobody has been told of it',
  resolved: 'is resolved: there is nothing to acknowledge; say its outcome',
} as const;

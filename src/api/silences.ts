import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { silenceScopeSchema, unknownInScope } from '../alerts/silence.ts';
import type { SilenceBook } from '../alerts/silences.ts';
import { DAY_MS } from '../domain/interval.ts';
import type { Register } from '../domain/register.ts';
import type { Clock } from '../domain/time.ts';
import { problemSchema, RequestProblem } from './problem.ts';
import { silenceJson, silenceSchema } from './silence-json.ts';
import { timeParameter } from './times.ts';

export type SilenceRoutes = {
  readonly book: Pick<SilenceBook, 'add' | 'find' | 'list' | 'end' | 'covering'>;
  readonly rules: () => readonly string[];
  readonly maxDays: number;
  /** At once. */
  readonly most: number;
  /** Silences have changed: what they held may be told now. */
  readonly onChange: () => void;
};

const newSilenceSchema = z.strictObject({
  scope: silenceScopeSchema.describe(
    'what it covers; all that is named must fit: organisation, area, building, space, device, role, quantity, rule; one or a list of each',
  ),
  from: timeParameter.optional().describe('absent: from now on'),
  until: timeParameter,
  by: z.string().trim().min(1).max(200),
  reason: z.string().trim().min(1).max(2000),
});

/** `/api/v1/silences`: while work goes on, alerts are kept and shown, and told only if they hold when it is over. */
export function silenceRoutes(
  { book, rules, maxDays, most, onChange }: SilenceRoutes,
  register: () => Register,
  clock: Clock,
): FastifyPluginAsyncZod {
  return async (server) => {
    server.get(
      '/api/v1/silences',
      {
        schema: {
          summary: 'Silences that are active or coming, in the order in which they begin',
          querystring: z.strictObject({
            all: z.enum(['true', 'false']).default('false').describe('true: those that are over too'),
          }),
          response: { 200: z.object({ silences: z.array(silenceSchema) }), 400: problemSchema },
        },
      },
      async ({ query: { all } }) => {
        const nowMs = clock();
        const silences = book.list({ untilAfterMs: all === 'true' ? Number.MIN_SAFE_INTEGER : nowMs });
        return { silences: silences.map((silence) => silenceJson(silence, nowMs)) };
      },
    );
    server.post(
      '/api/v1/silences',
      {
        schema: {
          summary: 'Hold alerts back while work goes on',
          body: newSilenceSchema,
          response: { 201: silenceSchema, 400: problemSchema, 409: problemSchema },
        },
      },
      async ({ body: { scope, from, until, by, reason } }, reply) => {
        const nowMs = clock();
        const fromMs = from ?? nowMs;
        const problems = [
          ...unknownInScope(scope, register(), rules()),
          ...(until <= Math.max(fromMs, nowMs)
            ? [{ path: 'until', message: 'must be after from, and in the future' }]
            : []),
          ...(until - fromMs > maxDays * DAY_MS
            ? [
                {
                  path: 'until',
                  message: `is more than ${maxDays} days after from (alerts.silences.maxDays)`,
                },
              ]
            : []),
        ];
        if (problems.length > 0) {
          const detail = problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
          throw new RequestProblem(400, detail, problems);
        }
        if (book.list({ untilAfterMs: nowMs }).length >= most) {
          throw new RequestProblem(
            409,
            `there are ${most} silences already (alerts.silences.most): remove some`,
          );
        }
        const silence = book.add({ scope, fromMs, untilMs: until, by, reason, createdAtMs: nowMs });
        reply.status(201);
        return silenceJson(silence, nowMs);
      },
    );
    server.delete(
      '/api/v1/silences/:id',
      {
        schema: {
          summary: 'End a silence now; what it held and still fires is told',
          params: z.object({ id: z.string() }),
          response: { 200: silenceSchema, 404: problemSchema },
        },
      },
      async ({ params: { id } }) => {
        const nowMs = clock();
        const isEnded = book.end(id, nowMs);
        const silence = book.find(id);
        if (!isEnded || silence === undefined) {
          throw new RequestProblem(404, `There is no silence ${id} that goes on: see /api/v1/silences.`);
        }
        onChange();
        return silenceJson(silence, nowMs);
      },
    );
  };
}

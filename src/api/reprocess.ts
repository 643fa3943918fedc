import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { timeText } from '../alerts/alert-json.ts';
import type { Register } from '../domain/register.ts';
import { isoTime } from '../domain/time.ts';
import { problemSchema, RequestProblem } from './problem.ts';
import { timeParameter } from './times.ts';

type Request = { readonly fromMs: number; readonly device?: string };
type Status = Request & {
  readonly state: 'running' | 'done' | 'failed';
  readonly startedAtMs: number;
  readonly share: number;
  readonly packets: number;
  readonly readings: number;
  readonly rejects: number;
  readonly detail?: string;
};

/** What decodes the kept journal again. */
export type Reprocessing = {
  /** False while another one runs. */
  readonly start: (request: Request) => boolean;
  readonly status: () => Status | undefined;
};

const answerSchema = z.object({
  state: z.enum(['running', 'done', 'failed']),
  startedAt: timeText,
  from: timeText,
  device: z.string().optional(),
  share: z.number().describe('how much is done, 0 to 1'),
  packets: z.int(),
  readings: z.int().describe('written again'),
  rejects: z.int(),
  detail: z.string().optional().describe('why it failed'),
});

/** `/api/v1/reprocess`: the kept journal decoded again after a fix, into readings and intervals; no alert is told. */
export function reprocessRoutes(reprocessing: Reprocessing, register: () => Register): FastifyPluginAsyncZod {
  return async (server) => {
    server.post(
      '/api/v1/reprocess',
      {
        schema: {
          summary: 'Decode the kept journal again; one at a time',
          body: z.strictObject({
            from: timeParameter.describe('packets that came since then'),
            device: z.string().min(1).optional(),
          }),
          response: { 202: answerSchema, 400: problemSchema, 404: problemSchema, 409: problemSchema },
        },
      },
      async ({ body: { from, device } }, reply) => {
        if (device !== undefined && !register().devices.has(device)) {
          throw new RequestProblem(404, `device ${device} is not in the register`);
        }
        if (!reprocessing.start({ fromMs: from, ...(device === undefined ? {} : { device }) })) {
          throw new RequestProblem(409, 'another one is running: GET /api/v1/reprocess says how far it is');
        }
        return reply.status(202).send(answer(reprocessing));
      },
    );
    server.get(
      '/api/v1/reprocess',
      {
        schema: {
          summary: 'How far the newest reprocessing is',
          response: { 200: answerSchema, 404: problemSchema },
        },
      },
      async () => answer(reprocessing),
    );
  };
}

function answer(reprocessing: Reprocessing): z.infer<typeof answerSchema> {
  const status = reprocessing.status();
  if (status === undefined) {
    throw new RequestProblem(404, 'Nothing was reprocessed since the service has started.');
  }
  const { fromMs, startedAtMs, ...rest } = status;
  return { ...rest, startedAt: isoTime(startedAtMs), from: isoTime(fromMs) };
}

import { isUtf8 } from 'node:buffer';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { timeText } from '../alerts/alert-json.ts';
import { rejectCodes } from '../domain/reading.ts';
import { isoTime } from '../domain/time.ts';
import { type Intake, takeIn } from '../ingest/intake.ts';
import type { Quarantine } from '../ingest/quarantine.ts';
import { replayQuarantine } from '../ingest/quarantine-replay.ts';
import type { QuarantineRow } from '../ingest/quarantine-rows.ts';
import { isRejectCode, type QuarantineSelection } from '../ingest/quarantine-rows.ts';
import { problemSchema, RequestProblem } from './problem.ts';

const MAX_LIMIT = 1000;

const codeSchema = z
  .string()
  .refine(isRejectCode, `must be one of ${Object.keys(rejectCodes).join(', ')}`)
  .meta({ enum: Object.keys(rejectCodes) });
const idSchema = z.coerce.number().int().min(1);

const querySchema = z.strictObject({
  code: codeSchema.optional(),
  device: z.string().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(100),
  next: idSchema.optional().describe('the `next` of the answer before, for the page behind it'),
});

const rowSchema = z.object({
  id: z.int(),
  receivedAt: timeText,
  code: z.string(),
  detail: z.string(),
  device: z.string().optional(),
  topic: z.string(),
  sender: z.string().optional().describe('the credential under which it was published'),
  payload: z.string().optional().describe('when it is UTF-8'),
  payloadHex: z.string(),
});

const countsSchema = z.object({
  rows: z.int(),
  forgotten: z.int().describe('pushed out by the bound since the start'),
  codes: z.array(z.object({ code: z.string(), says: z.string(), rows: z.int(), newestAt: timeText })),
});

const selectionSchema = z
  .strictObject({
    ids: z.array(z.int().min(1)).min(1).max(10_000).optional(),
    code: codeSchema.optional(),
    device: z.string().min(1).optional(),
    all: z.literal(true).optional(),
  })
  .refine(
    ({ all, ...selection }) => all === true || Object.values(selection).some((value) => value !== undefined),
    'say which: ids, code, device, or all: true',
  );

/** `/api/v1/quarantine`: what gave no reading and why; taken in again after a fix, or discarded. */
export function quarantineRoutes(quarantine: Quarantine, journal: Intake): FastifyPluginAsyncZod {
  return async (server) => {
    server.get(
      '/api/v1/quarantine',
      {
        schema: {
          summary: 'Rejected packets, the oldest first',
          querystring: querySchema,
          response: {
            200: z.object({ rows: z.array(rowSchema), next: z.string().optional() }),
            400: problemSchema,
          },
        },
      },
      async ({ query: { limit, next, ...selection } }) => {
        const found = quarantine.list({
          ...selectionOf(selection),
          ...(next === undefined ? {} : { after: next }),
          limit: limit + 1,
        });
        const page = found.slice(0, limit);
        const last = page.at(-1);
        return {
          rows: page.map(rowJson),
          ...(found.length > limit && last ? { next: String(last.id) } : {}),
        };
      },
    );
    server.get(
      '/api/v1/quarantine/counts',
      { schema: { summary: 'Rejected packets by reason', response: { 200: countsSchema } } },
      async () => ({
        rows: quarantine.rows(),
        forgotten: quarantine.forgotten(),
        codes: quarantine.counts().map(({ code, rows, newestReceivedAtMs }) => ({
          code,
          says: rejectCodes[code],
          rows,
          newestAt: isoTime(newestReceivedAtMs),
        })),
      }),
    );
    server.get(
      '/api/v1/quarantine/:id',
      {
        schema: {
          summary: 'One rejected packet',
          params: z.object({ id: idSchema }),
          response: { 200: rowSchema, 400: problemSchema, 404: problemSchema },
        },
      },
      async ({ params: { id } }) => {
        const row = quarantine.get(id);
        if (row) return rowJson(row);
        throw new RequestProblem(404, `There is no row ${id}: it was replayed, discarded or forgotten.`);
      },
    );
    server.post(
      '/api/v1/quarantine/replay',
      {
        schema: {
          summary: 'Take rejected packets in again, as of when they came',
          body: selectionSchema,
          response: {
            200: z.object({ packets: z.int(), rows: z.int() }),
            400: problemSchema,
            503: problemSchema,
          },
        },
      },
      ({ body }) => replayQuarantine(quarantine, (packet) => takeIn(journal, packet), selectionOf(body)),
    );
    server.post(
      '/api/v1/quarantine/discard',
      {
        schema: {
          summary: 'Forget rejected packets',
          body: selectionSchema,
          response: { 200: z.object({ rows: z.int() }), 400: problemSchema },
        },
      },
      async ({ body }) => ({ rows: quarantine.discard(selectionOf(body)) }),
    );
  };
}

function selectionOf({ ids, code, device }: z.infer<typeof selectionSchema>): QuarantineSelection {
  return {
    ...(ids === undefined ? {} : { ids }),
    ...(code === undefined ? {} : { code }),
    ...(device === undefined ? {} : { device }),
  };
}

function rowJson({ id, receivedAtMs, code, detail, device, topic, payload, sender }: QuarantineRow) {
  const bytes = Buffer.from(payload);
  return {
    id,
    receivedAt: isoTime(receivedAtMs),
    code,
    detail,
    ...(device === undefined ? {} : { device }),
    topic,
    ...(sender === undefined ? {} : { sender }),
    ...(isUtf8(bytes) ? { payload: bytes.toString() } : {}),
    payloadHex: bytes.toString('hex'),
  };
}

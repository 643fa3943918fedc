import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { timeText } from '../alerts/alert-json.ts';
import { isQuantity, quantities } from '../domain/quantity.ts';
import { isoTime } from '../domain/time.ts';
import type { ReadingQuery, ReadingStore, StoredReading } from '../store/store.ts';
import { problemSchema, RequestProblem } from './problem.ts';
import { timeParameter } from './times.ts';

const MAX_LIMIT = 10_000;

const querySchema = z.strictObject({
  device: z.string().min(1).optional(),
  quantity: z
    .string()
    .refine(isQuantity, `must be one of ${Object.keys(quantities).join(', ')}`)
    .meta({ enum: Object.keys(quantities) })
    .optional(),
  channel: z.string().optional(),
  from: timeParameter.optional().describe('first moment, included'),
  to: timeParameter.optional().describe('last moment, not included'),
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(1000),
  next: z.string().optional().describe('the `next` of the answer before, for the page behind it'),
});

const answerSchema = z.object({
  readings: z.array(
    z.object({
      device: z.string(),
      quantity: z.string(),
      channel: z.string().optional(),
      at: timeText,
      value: z.number(),
    }),
  ),
  next: z.string().optional(),
});

/** `GET /api/v1/readings`: what is stored, oldest first, a page at a time. */
export function readingsRoute(store: Pick<ReadingStore, 'readings'>): FastifyPluginAsyncZod {
  return async (server) => {
    server.get(
      '/api/v1/readings',
      {
        schema: {
          summary: 'Readings of a device or quantity, oldest first',
          querystring: querySchema,
          response: { 200: answerSchema, 400: problemSchema, 503: problemSchema },
        },
      },
      async ({ query }) => {
        const { device, quantity, channel, from, to, limit, next } = query;
        const found = await store.readings({
          ...(device === undefined ? {} : { device }),
          ...(quantity === undefined ? {} : { quantity }),
          ...(channel === undefined ? {} : { channel }),
          ...(from === undefined ? {} : { fromMs: from }),
          ...(to === undefined ? {} : { toMs: to }),
          ...(next === undefined ? {} : { after: parsePage(next) }),
          limit: limit + 1,
        });
        const page = found.slice(0, limit);
        const last = page.at(-1);
        return {
          readings: page.map(({ point, atMs, value }) => ({
            device: point.device,
            quantity: point.quantity,
            ...(point.channel === undefined ? {} : { channel: point.channel }),
            at: isoTime(atMs),
            value,
          })),
          ...(found.length > limit && last ? { next: pageText(last) } : {}),
        };
      },
    );
  };
}

const pageSchema = z.tuple([z.number(), z.string(), z.string().refine(isQuantity), z.string().nullable()]);

function pageText({ atMs, point }: StoredReading): string {
  return Buffer.from(JSON.stringify([atMs, point.device, point.quantity, point.channel ?? null])).toString(
    'base64url',
  );
}

function parsePage(text: string): NonNullable<ReadingQuery['after']> {
  try {
    const [atMs, device, quantity, channel] = pageSchema.parse(
      JSON.parse(Buffer.from(text, 'base64url').toString()),
    );
    return { atMs, point: { device, quantity, ...(channel === null ? {} : { channel }) } };
  } catch {
    throw new RequestProblem(
      400,
      'next: is not the `next` of an answer; leave it out to begin at the first page',
    );
  }
}

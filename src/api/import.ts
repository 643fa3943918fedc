import { Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { KvarterError } from '../domain/errors.ts';
import type { Clock } from '../domain/time.ts';
import { type ImportFormat, importFormats } from '../ingest/import-body.ts';
import { type Intake, takeInAll } from '../ingest/intake.ts';
import { problemSchema, RequestProblem } from './problem.ts';

export type ImportOptions = {
  readonly journal: Intake;
  readonly clock: Clock;
  /** Of one request, unpacked. */
  readonly maxBytes: number;
  /** Requests at a time: each is held in memory while it is looked through. */
  readonly mostAtOnce: number;
};

const answerSchema = z.object({
  packets: z.int().describe('journaled'),
  readings: z.int().optional().describe('in them, as far as the format says'),
});

/**
 * `POST /api/v1/import`: history, through the same journal as everything else. All of a request is right, or none of
 * it is taken; what is sent twice is stored once.
 */
export function importRoute({ journal, clock, maxBytes, mostAtOnce }: ImportOptions): FastifyPluginAsyncZod {
  let running = 0;
  return async (server) => {
    server.removeAllContentTypeParsers();
    server.addContentTypeParser<Buffer>(
      Object.keys(importFormats),
      { parseAs: 'buffer' },
      (_request, body, done) => done(null, body),
    );
    server.post(
      '/api/v1/import',
      {
        bodyLimit: maxBytes,
        schema: {
          summary: 'Readings (CSV) or raw packets (NDJSON) from elsewhere; idempotent',
          description:
            'text/csv: header time,device,quantity,value[,channel]. application/x-ndjson: a line per packet, ' +
            '{"topic","payload" or "payloadBase64","receivedAt"?}. content-encoding: gzip is understood.',
          consumes: Object.keys(importFormats),
          response: { 200: answerSchema, 400: problemSchema, 413: problemSchema, 503: problemSchema },
        },
        onRequest: async (_request, reply) => {
          if (running >= mostAtOnce) {
            throw new KvarterError('journal-write-failed', 'other imports are running: send it again later');
          }
          running += 1;
          reply.raw.once('close', () => {
            running -= 1;
          });
        },
        preParsing: async (request, reply, payload) => {
          if (request.headers['content-encoding'] !== 'gzip') return payload;
          let receivedEncodedLength = 0;
          const counted = new Transform({
            transform: (chunk: Buffer, _encoding, done) => {
              receivedEncodedLength += chunk.length;
              done(null, chunk);
            },
          });
          const unpacked = createGunzip();
          payload.pipe(counted).pipe(unpacked);
          // What unpacks to more than is taken is not unpacked to its end.
          reply.raw.once('close', () => unpacked.destroy());
          // Fastify holds the length that was announced against this one.
          Object.defineProperty(unpacked, 'receivedEncodedLength', { get: () => receivedEncodedLength });
          return unpacked;
        },
      },
      async ({ body, headers }) => {
        const format = formatOf(headers['content-type']);
        if (format === undefined || !Buffer.isBuffer(body))
          throw new RequestProblem(400, 'the body is missing');
        const parsed = await importFormats[format](body, clock);
        if (!parsed.ok) throw refusal(parsed);
        await takeInAll(journal, parsed.packets);
        const { packets, readings } = parsed;
        return { packets: packets.length, ...(readings === undefined ? {} : { readings }) };
      },
    );
  };
}

function formatOf(contentType: string | undefined): ImportFormat | undefined {
  if (contentType === undefined) return undefined;
  const [type = ''] = contentType.split(';', 1);
  const name = type.trim().toLowerCase();
  return name === 'text/csv' || name === 'application/x-ndjson' ? name : undefined;
}

function refusal({
  problems,
  more,
}: {
  readonly problems: readonly { readonly line: number; readonly message: string }[];
  readonly more: number;
}): RequestProblem {
  const lines = problems.slice(0, 5).map(({ line, message }) => `line ${line}: ${message}`);
  const rest = problems.length + more - lines.length;
  return new RequestProblem(
    400,
    `Nothing was imported: ${lines.join('; ')}${rest > 0 ? `; and ${rest} lines more` : ''}`,
    problems.map(({ line, message }) => ({ path: `line ${line}`, message })),
  );
}

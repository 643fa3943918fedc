import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Clock } from '../domain/time.ts';
import { type Intake, takeIn } from '../ingest/intake.ts';
import { webhookServers, webhookTopics } from '../ingest/webhook-topic.ts';
import { problemSchema, RequestProblem } from './problem.ts';

export type WebhookOptions = {
  readonly journal: Intake;
  readonly clock: Clock;
  /** What the network servers must send; undefined: nobody is let in. */
  readonly secret: string | undefined;
  /** Of one post. */
  readonly maxBytes: number;
};

const querySchema = z.object({
  event: z
    .string()
    .regex(/^[a-z]{1,20}$/, 'must be a kind of event such as up')
    .optional(),
});

/**
 * `POST /api/v1/ingest/chirpstack` and `/tts`: what a LoRaWAN network server posts is journaled as the packet that it
 * would have published, and answered when that is durable. Sent again, it is stored once: its time is the server's.
 */
export function webhookRoutes({ journal, clock, secret, maxBytes }: WebhookOptions): FastifyPluginAsyncZod {
  const isRight = secretCheck(secret);
  return async (server) => {
    server.removeAllContentTypeParsers();
    // The bytes as they are, whatever their type says: what is wrong with them is for the decoders to say.
    server.addContentTypeParser<Buffer>('*', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    );
    for (const name of webhookServers) {
      server.post(
        `/api/v1/ingest/${name}`,
        {
          bodyLimit: maxBytes,
          schema: {
            summary: `Webhook for ${name === 'tts' ? 'The Things Stack v3' : 'ChirpStack v4'}, JSON`,
            description: 'Header `authorization: Bearer <http.ingest.secret>`. 204: durable.',
            security: [{ bearer: [] }],
            consumes: ['application/json'],
            querystring: querySchema,
            response: {
              204: z.null().describe('journaled'),
              400: problemSchema,
              401: problemSchema,
              413: problemSchema,
              503: problemSchema,
            },
          },
          // Before the body is read: who has no secret costs no memory.
          onRequest: async (request, reply) => {
            if (isRight(request.headers.authorization)) return;
            reply.header('www-authenticate', 'Bearer');
            throw new RequestProblem(401, refusal(secret));
          },
        },
        async ({ body, query }, reply) => {
          if (!Buffer.isBuffer(body) || body.length === 0)
            throw new RequestProblem(400, 'the body is missing');
          const found = webhookTopics[name]({ body, event: query.event });
          if (!found.ok) throw new RequestProblem(400, found.detail);
          await takeIn(journal, { kind: 'packet', topic: found.topic, payload: body, receivedAtMs: clock() });
          return reply.status(204).send(null);
        },
      );
    }
  };
}

/** Compared as digests: neither the time it takes nor the length says how much of a guess was right. */
function secretCheck(secret: string | undefined): (authorization: string | undefined) => boolean {
  if (secret === undefined) return () => false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const wanted = digest(`bearer ${secret}`);
  return (authorization = '') => {
    const given = authorization.replace(/^bearer +/i, 'bearer ');
    return timingSafeEqual(digest(given), wanted);
  };
}

function refusal(secret: string | undefined): string {
  return secret === undefined
    ? 'No network server is let in: set http.ingest.secretFile, and the header "authorization: Bearer …" there.'
    : 'The header "authorization: Bearer …" with the secret of http.ingest.secretFile is missing or wrong.';
}

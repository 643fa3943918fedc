import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Registry } from 'prom-client';
import { z } from 'zod';

/** One part of the service: is it well, and if not, why? */
export type PartHealth = { readonly ok: boolean; readonly detail?: string };
export type Health = () => Promise<Readonly<Record<string, PartHealth>>>;

const partSchema = z.object({ ok: z.boolean(), detail: z.string().optional() });
const healthSchema = z.object({
  status: z.enum(['ok', 'degraded']),
  parts: z.record(z.string(), partSchema),
});

/**
 * `GET /health`: 200 while the service can take readings, also when the store is down, because the journal keeps them:
 * then `status` is `degraded`. `GET /metrics`: Prometheus text.
 */
export function healthRoutes(health: Health, metrics: Registry): FastifyPluginAsyncZod {
  return async (server) => {
    server.get(
      '/health',
      { schema: { summary: 'Is the service well?', response: { 200: healthSchema, 503: healthSchema } } },
      async (_request, reply) => {
        const parts = await health();
        const status = Object.values(parts).every((part) => part.ok) ? 'ok' : 'degraded';
        return reply.status(parts.journal?.ok === false ? 503 : 200).send({ status, parts: { ...parts } });
      },
    );
    server.get('/metrics', { schema: { hide: true } }, async (_request, reply) =>
      reply.type(metrics.contentType).send(await metrics.metrics()),
    );
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { loadConfig } from '../config/config.ts';
import { KvarterError } from '../domain/errors.ts';
import { type CommandArguments, type CommandContext, placesOf } from './command.ts';
import { textOption } from './options.ts';

export type ServiceRequest = {
  readonly path: string;
  readonly method?: 'DELETE';
  /** With a body it is a POST. */
  readonly body?: { readonly type: string; readonly content: string | Buffer<ArrayBuffer> };
};

/** What the service says: the answer, or why it will not have it (4xx). */
export type ServiceAnswer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly status: number; readonly detail: string; readonly problems: Problems };
export type Problems = readonly { readonly path: string; readonly message: string }[];

/** The API of a running service, for commands. */
export interface ServiceClient {
  readonly url: string;
  /**
   * Tries again for some time while the service cannot take it (503), or is away after it has been there once. Throws
   * `service-unavailable` when that is of no use.
   */
  request<T>(request: ServiceRequest, answer: z.ZodType<T>): Promise<ServiceAnswer<T>>;
}

export type ServiceClientOptions = {
  readonly url: string;
  /** How long one request is tried again, ms. */
  readonly patienceMs: number;
  readonly stop: AbortSignal;
  readonly onRetry: (why: string, retryInMs: number) => void;
};

const FIRST_BACKOFF_MS = 250;
const LAST_BACKOFF_MS = 10_000;

const problemSchema = z.object({
  detail: z.string(),
  problems: z.array(z.object({ path: z.string(), message: z.string() })).default([]),
});

/** `--url URL`, or where the configured service listens. */
export function serviceUrl(context: CommandContext, args: CommandArguments): string {
  const given = textOption(args, 'url');
  if (given === undefined) {
    const { host, port } = loadConfig(placesOf(context, args)).config.http;
    const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
    return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
  }
  if (/^https?:\/\//.test(given) && URL.canParse(given)) return given.replace(/\/+$/, '');
  throw new KvarterError('usage', `--url ${given}: must be a URL such as http://127.0.0.1:8080`);
}

export function createServiceClient(options: ServiceClientOptions): ServiceClient {
  const { url, patienceMs, stop, onRetry } = options;
  let wasThere = false;

  /** One try: the response, or why there is none. */
  const attempt = async ({ path, method, body }: ServiceRequest): Promise<Response | string> => {
    try {
      const response = await fetch(`${url}${path}`, {
        signal: stop,
        ...(method && { method }),
        ...(body && { method: 'POST', body: body.content, headers: { 'content-type': body.type } }),
      });
      wasThere = true;
      return response;
    } catch (cause) {
      if (stop.aborted) throw new KvarterError('service-unavailable', 'stopped', { cause });
      const reason = cause instanceof Error ? (cause.cause ?? cause) : cause;
      const why = reason instanceof Error ? reason.message || reason.name : String(reason);
      return `${url} cannot be reached (${why}): is kvarter running there? If it is elsewhere, say --url`;
    }
  };

  return {
    url,
    request: async (request, schema) => {
      let waitedMs = 0;
      for (let backoffMs = FIRST_BACKOFF_MS; ; backoffMs = Math.min(backoffMs * 2, LAST_BACKOFF_MS)) {
        const response = await attempt(request);
        const isAway = typeof response === 'string';
        if (!isAway && response.status !== 503) return answerOf(url, response, schema);
        const why = isAway ? response : `${url}: ${(await problemOf(response)).detail}`;
        if ((isAway && !wasThere) || waitedMs >= patienceMs)
          throw new KvarterError('service-unavailable', why);
        const waitMs = (isAway ? undefined : retryAfterMs(response)) ?? backoffMs;
        onRetry(why, waitMs);
        await sleep(waitMs, undefined, { signal: stop }).catch(() => undefined);
        waitedMs += waitMs;
      }
    },
  };
}

async function answerOf<T>(url: string, response: Response, schema: z.ZodType<T>): Promise<ServiceAnswer<T>> {
  const { status } = response;
  if (status >= 500) {
    throw new KvarterError(
      'service-unavailable',
      `${url} failed (${status}): ${(await problemOf(response)).detail}`,
    );
  }
  if (!response.ok) return { ok: false, status, ...(await problemOf(response)) };
  const parsed = schema.safeParse(await response.json().catch(() => undefined));
  if (parsed.success) return { ok: true, value: parsed.data };
  throw new KvarterError('service-unavailable', `${url} does not answer as a kvarter of this version does`);
}

async function problemOf(response: Response): Promise<z.infer<typeof problemSchema>> {
  const parsed = problemSchema.safeParse(await response.json().catch(() => undefined));
  return parsed.success ? parsed.data : { detail: `HTTP ${response.status}`, problems: [] };
}

function retryAfterMs({ headers }: Response): number | undefined {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return seconds >= 0 ? Math.min(seconds * 1000, 60_000) : undefined;
}

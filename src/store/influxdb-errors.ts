import { HttpError } from '@influxdata/influxdb-client';
import { z } from 'zod';
import { KvarterError } from '../domain/errors.ts';

/** What a caller of the store is told. `url` names the server in the message. */
export function storeError(url: string, error: unknown): unknown {
  if (error instanceof KvarterError || error instanceof RangeError) return error;
  if (!(error instanceof HttpError)) {
    return new KvarterError('store-unavailable', `InfluxDB at ${url} cannot be reached: ${reason(error)}`, {
      cause: error,
    });
  }
  const status = error.statusCode;
  const said = `${status}: ${saidBy(error)}`;
  if (status === 401 || status === 403) {
    const message = `InfluxDB at ${url} refuses the token (${said}): give kvarter one that may read and write its buckets.`;
    return new KvarterError('store-misconfigured', message, { cause: error });
  }
  if (status === 408 || status === 429 || status >= 500) {
    const retryAfterMs = retryAfter(error);
    return new KvarterError('store-unavailable', `InfluxDB at ${url} cannot do it now (${said})`, {
      cause: error,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
  if (status === 413) {
    const message = `InfluxDB at ${url}, or a proxy before it, finds a single line too large (${said}): raise its limit of a request.`;
    return new KvarterError('store-misconfigured', message, { cause: error });
  }
  if (status === 404 || !isFromInfluxdb(error)) {
    const message = `What answers at ${url} is no InfluxDB with such a bucket (${said}): check url, org and bucket.`;
    return new KvarterError('store-misconfigured', message, { cause: error });
  }
  return new KvarterError('store-failed', `InfluxDB at ${url} does not understand kvarter (${said})`, {
    cause: error,
  });
}

/** The server says that it has no such bucket. 1.8 answers a query with status 500. */
export function isMissingBucket(error: unknown): boolean {
  if (!(error instanceof HttpError)) return false;
  return (
    error.statusCode === 404 ||
    (error.statusCode === 500 && /no database|database not found/.test(saidBy(error)))
  );
}

/** More than the server takes at once. */
export function isTooLarge(error: unknown): boolean {
  return error instanceof HttpError && error.statusCode === 413;
}

/** A write of which some lines were not taken, and the rest may be. */
export type Refusal = {
  readonly reason: string /** How many, when the server says. */;
  readonly lines?: number;
};

/** 1.8 answers 400, 2.x 400 (and wrote nothing) or 422; a proxy's own 400 says nothing about lines. 413: too many. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof HttpError)) return undefined;
  const { statusCode } = error;
  const reason = saidBy(error);
  if (isTooLarge(error)) return { reason };
  if ((statusCode !== 400 && statusCode !== 422) || !isFromInfluxdb(error)) return undefined;
  const dropped = /\bdropped=(\d+)/.exec(reason)?.[1];
  return dropped === undefined ? { reason } : { reason, lines: Number(dropped) };
}

/** InfluxDB speaks JSON; proxies and other servers seldom do. */
export function isFromInfluxdb(error: HttpError): boolean {
  return error.json !== undefined;
}

/** The server's own words; 1.8 has them in `error`, which the client does not look at. */
export function saidBy(error: HttpError): string {
  const old = z.object({ error: z.string() }).safeParse(error.json);
  return old.success ? old.data.error : error.message;
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Node tries every address of a host, and then has an error without a message.
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reason).join(', ');
  return error.message;
}

/** `Retry-After` is in seconds or a date; the client takes it for milliseconds. */
function retryAfter({ headers }: HttpError): number | undefined {
  const text = headers?.['retry-after'];
  if (typeof text !== 'string') return undefined;
  const delayMs = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(delayMs) ? Math.max(0, delayMs) : undefined;
}

import { createHmac } from 'node:crypto';
import { KvarterError } from '../domain/errors.ts';
import { changeJson } from './alert-json.ts';
import type { Notifier } from './notifier.ts';

export type WebhookOptions = {
  /** With `user:password@` it is sent as basic authentication. */
  readonly url: string;
  /** Signs the body: `kvarter-signature: sha256=<hex HMAC>`. */
  readonly secret?: string;
  readonly timeoutMs: number;
};

/** POSTs each change as JSON. Taken is what was answered with 2xx in time; a redirection is not followed. */
export function webhookNotifier({ url, secret, timeoutMs }: WebhookOptions): Notifier {
  const { target, authorization } = withoutCredentials(url);
  return {
    name: 'webhook',
    notify: async (change, signal) => {
      const { id, state } = change.alert;
      const body = JSON.stringify(changeJson(change));
      const answer = await post(target, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'idempotency-key': `${id}/${state}`,
          ...(authorization === undefined ? {} : { authorization }),
          ...(secret === undefined ? {} : { 'kvarter-signature': signature(secret, body) }),
        },
        body,
        // Followed, a redirected POST may become a GET, and its 200 would say that nobody was told.
        redirect: 'manual',
        signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]),
      });
      await answer.body?.cancel();
      if (answer.ok) return;
      const retryAfterMs = retryAfter(answer.headers);
      throw new KvarterError(
        'notify-failed',
        `the webhook at ${target.host} answers ${answer.status}: check alerts.webhook.url and its receiver`,
        retryAfterMs === undefined ? {} : { retryAfterMs },
      );
    },
  };
}

/** Messages name the host only: the path of a webhook is often its secret. */
async function post(target: URL, request: RequestInit): Promise<Response> {
  try {
    return await fetch(target, request);
  } catch (cause) {
    const isTimeout = cause instanceof Error && cause.name === 'TimeoutError';
    const reason =
      cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
    throw new KvarterError(
      'notify-failed',
      isTimeout
        ? `the webhook at ${target.host} does not answer in time`
        : `the webhook at ${target.host} cannot be reached: ${reason}`,
      { cause },
    );
  }
}

function withoutCredentials(url: string): {
  readonly target: URL;
  readonly authorization: string | undefined;
} {
  const target = new URL(url);
  const { username, password } = target;
  if (username === '' && password === '') return { target, authorization: undefined };
  target.username = '';
  target.password = '';
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { target, authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

function signature(secret: string, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** RFC 9110 section 10.2.3: seconds, or a date, which is compared with the receiver's own clock. */
function retryAfter(headers: Headers): number | undefined {
  const text = headers.get('retry-after')?.trim();
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const waitMs = Date.parse(text) - Date.parse(headers.get('date') ?? '');
  return waitMs > 0 ? waitMs : undefined;
}

import { createHmac } from 'node:crypto';
import { changeJson } from '../alerts/alert-json.ts';
import { tellingOf } from '../domain/alert.ts';
import type { Clock } from '../domain/time.ts';
import type { Channel } from './channel.ts';
import { post } from './http-post.ts';

export type WebhookOptions = {
  /** With `user:password@` it is sent as basic authentication. */
  readonly url: string;
  /** Signs what is sent, see {@link signatures}. */
  readonly secret?: string;
  /** For messages: the setting that names the url. */
  readonly setting: string;
  readonly timeoutMs: number;
  /** Address of an alert, `{id}` being its id. */
  readonly link?: string | undefined;
  readonly clock: Clock;
};

/** POSTs each change as JSON, one request for each alert. */
export function webhookChannel({ url, secret, setting, timeoutMs, link, clock }: WebhookOptions): Channel {
  const { target, authorization } = withoutCredentials(url);
  return {
    kind: 'webhook',
    send: async (message, signal) => {
      for (const { kind, change } of message.news) {
        const body = JSON.stringify({ ...changeJson(change, link), kind });
        await post(target, {
          who: 'the webhook',
          setting,
          timeoutMs,
          signal,
          headers: {
            'content-type': 'application/json',
            'idempotency-key': `${change.alert.id}/${kind === 'escalated' ? kind : tellingOf(change.alert)}`,
            ...(authorization === undefined ? {} : { authorization }),
            ...(secret === undefined ? {} : signatures(secret, message.id, clock(), body)),
          },
          body,
        });
      }
    },
  };
}

/**
 * Two signatures: of the body alone (`kvarter-signature: sha256=<hex>`), and, so that nobody can send a recorded request
 * again later, of id, time and body as Standard Webhooks 1.0 has it (`webhook-id`, `webhook-timestamp` in seconds,
 * `webhook-signature: v1,<base64>`; the key is the secret, decoded from base64 when it begins with `whsec_`).
 */
function signatures(secret: string, id: string, nowMs: number, body: string): Record<string, string> {
  const seconds = String(Math.floor(nowMs / 1000));
  const key = secret.startsWith('whsec_')
    ? Buffer.from(secret.slice('whsec_'.length), 'base64')
    : Buffer.from(secret);
  const signed = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  return {
    'kvarter-signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    'webhook-id': id,
    'webhook-timestamp': seconds,
    'webhook-signature': `v1,${signed}`,
  };
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

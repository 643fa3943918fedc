import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { Aedes } from 'aedes';
import { connectAsync } from 'mqtt';
import { describe, expect, it } from 'vitest';
import { logNotifier } from '../../src/alerts/log-notifier.ts';
import { mqttNotifier, type Publish } from '../../src/alerts/mqtt-notifier.ts';
import type { Notifier } from '../../src/alerts/notifier.ts';
import { ntfyChannel } from '../../src/delivery/ntfy-channel.ts';
import { webhookChannel } from '../../src/delivery/webhook-channel.ts';
import type { AlertState } from '../../src/domain/alert.ts';
import { become } from '../unit/alerts/findings.ts';
import { newsOf, outgoing } from '../unit/delivery/news.ts';

type Told = { readonly id: string; readonly state: AlertState; readonly at: string; readonly facts: unknown };
/** An adapter with its receiver: what was told to whom, and a way to make the receiver refuse. */
type Receiver = AsyncDisposable & {
  readonly notifier: Notifier;
  readonly told: () => Promise<readonly Told[]>;
  readonly breakDown?: () => Promise<void>;
};

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

type Request = {
  readonly method: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};
/** Status 0: never answers. */
type Answer = { status: number; headers: Record<string, string> };

const WEBHOOK_NOW_MS = 1_768_460_400_000;

/** An HTTP server that answers as it is told, and keeps what it was asked. */
async function openReceiver() {
  const requests: Request[] = [];
  const answer: Answer = { status: 204, headers: {} };
  const server = createHttpServer((request, response) => {
    void text(request).then((body) => {
      requests.push({ method: request.method, headers: request.headers, body });
      if (answer.status > 0) response.writeHead(answer.status, answer.headers).end();
    });
  });
  const port = await listening(server);
  const close = async () => {
    server.closeAllConnections();
    if (server.listening) await once(server.close(), 'close');
  };
  return { requests, answer, port, close, [Symbol.asyncDispose]: close };
}

async function openWebhook(options: { secret?: string; timeoutMs?: number; userInfo?: string } = {}) {
  const receiver = await openReceiver();
  const { port } = receiver;
  const { userInfo = '', timeoutMs = 10_000, secret } = options;
  const channel = webhookChannel({
    setting: 'alerts.webhook.url',
    clock: () => WEBHOOK_NOW_MS,
    url: `http://${userInfo}127.0.0.1:${port}/secret-path`,
    timeoutMs,
    ...(secret === undefined ? {} : { secret }),
  });
  const notifier: Notifier = {
    name: channel.kind,
    notify: (change) => channel.send(outgoing([newsOf(change)])),
  };
  return { ...receiver, notifier };
}

async function openMqtt() {
  const aedes = await Aedes.createBroker();
  const server = createTcpServer(aedes.handle);
  const port = await listening(server);
  const url = `mqtt://127.0.0.1:${port}`;
  const publisher = await connectAsync(url);
  const messages: { topic: string; payload: string; retain: boolean }[] = [];
  const subscribe = async () => {
    const client = await connectAsync(url);
    client.on('message', (topic, payload, { retain }) => {
      messages.push({ topic, payload: payload.toString(), retain });
    });
    await client.subscribeAsync('kvarter/alerts/#', { qos: 1 });
    return client;
  };
  const first = await subscribe();
  /** Everything published so far has come: this one comes after it. */
  const drained = async (client = first) => {
    const marker = `kvarter/alerts/marker/${messages.length}`;
    const { promise, resolve } = Promise.withResolvers<void>();
    const onMarker = (topic: string) => {
      if (topic === marker) resolve();
    };
    client.on('message', onMarker);
    await publisher.publishAsync(marker, 'x', { qos: 1 });
    await promise;
    client.off('message', onMarker);
    return messages.splice(0).filter(({ topic }) => topic !== marker);
  };
  const publish: Publish = async (topic, payload, options) => {
    await publisher.publishAsync(topic, payload, options);
  };
  const clients = [publisher, first];
  return {
    publish,
    drained,
    publisher,
    /** The retained messages, as who comes now sees them. */
    retained: async () => {
      await drained();
      const late = await subscribe();
      clients.push(late);
      return (await drained(late)).filter(({ retain }) => retain);
    },
    [Symbol.asyncDispose]: async () => {
      for (const client of clients) await client.endAsync(true);
      await new Promise<void>((closed) => aedes.close(closed));
      await once(server.close(), 'close');
    },
  };
}

const adapters: Record<string, () => Promise<Receiver>> = {
  log: async () => {
    const told: Told[] = [];
    const notifier = logNotifier((fields) => {
      told.push((fields as { alert: Told }).alert);
    });
    return { notifier, told: async () => told, [Symbol.asyncDispose]: async () => {} };
  },
  webhook: async () => {
    const { notifier, requests, close } = await openWebhook();
    return {
      notifier,
      told: async () => requests.map(({ body }) => JSON.parse(body)),
      breakDown: close,
      [Symbol.asyncDispose]: close,
    };
  },
  mqtt: async () => {
    const broker = await openMqtt();
    return {
      notifier: mqttNotifier(broker.publish),
      told: async () =>
        (await broker.drained()).flatMap(({ payload }) => (payload === '' ? [] : [JSON.parse(payload)])),
      breakDown: () => broker.publisher.endAsync(true),
      [Symbol.asyncDispose]: broker[Symbol.asyncDispose],
    };
  },
};

describe.each(Object.entries(adapters))('notifier: %s', (name, open) => {
  it('has its name', async () => {
    await using receiver = await open();
    expect(receiver.notifier.name).toBe(name);
  });

  it('tells what an alert became, and when, each time it is asked to', async () => {
    await using receiver = await open();
    const changes = [
      become('firing', { id: 'a' }),
      become('firing', { id: 'a' }),
      become('resolved', { id: 'a' }),
    ];
    for (const change of changes) await receiver.notifier.notify(change);
    const about = { id: 'a', building: 'BYGG-1', startsAt: '2026-01-15T07:00:00.000Z', facts: { ppm: 1500 } };
    const firing = { ...about, state: 'firing', at: '2026-01-15T07:02:00.000Z' };
    const end = '2026-01-15T07:10:00.000Z';
    expect(await receiver.told()).toMatchObject([
      firing,
      firing,
      { ...about, state: 'resolved', endsAt: end, at: end },
    ]);
  });

  // A log cannot refuse.
  if (name === 'log') return;
  it('rejects with notify-failed when nobody takes it', async () => {
    await using receiver = await open();
    expect(receiver.breakDown).toBeDefined();
    await receiver.breakDown?.();
    await expect(receiver.notifier.notify(become('firing'))).rejects.toMatchObject({
      name: 'KvarterError',
      code: 'notify-failed',
      retryable: true,
    });
  });
});

describe('the webhook', () => {
  it('sends JSON with a key to deduplicate by, and no signature without a secret', async () => {
    await using webhook = await openWebhook();
    await webhook.notifier.notify(become('firing', { id: 'a' }));
    expect(webhook.requests).toMatchObject([
      { method: 'POST', headers: { 'content-type': 'application/json', 'idempotency-key': 'a/firing' } },
    ]);
    expect(webhook.requests[0]!.headers).not.toHaveProperty('kvarter-signature');
  });

  it('signs exactly the bytes that it sends', async () => {
    await using webhook = await openWebhook({ secret: 'hemligt' });
    await webhook.notifier.notify(become('firing', { title: 'CO₂ är högt' }));
    const { body, headers } = webhook.requests[0]!;
    const hmac = createHmac('sha256', 'hemligt').update(Buffer.from(body)).digest('hex');
    expect(headers['kvarter-signature']).toBe(`sha256=${hmac}`);
  });

  it.each([
    ['as it is', 'hemligt', Buffer.from('hemligt')],
    ['from base64 after whsec_', `whsec_${Buffer.from('nyckel').toString('base64')}`, Buffer.from('nyckel')],
  ])('signs id, time and body as Standard Webhooks has it, the key taken %s', async (_how, secret, key) => {
    await using webhook = await openWebhook({ secret });
    await webhook.notifier.notify(become('firing'));
    const { body, headers } = webhook.requests[0]!;
    const seconds = WEBHOOK_NOW_MS / 1000;
    expect(headers['webhook-timestamp']).toBe(String(seconds));
    const hmac = createHmac('sha256', key).update(`${headers['webhook-id']}.${seconds}.${body}`);
    expect(headers['webhook-signature']).toBe(`v1,${hmac.digest('base64')}`);
  });

  it.each([
    ['anna:p%40ss@', 'anna:p@ss'],
    ['token@', 'token:'],
    [':p%40ss@', ':p@ss'],
  ])(
    'sends the credentials of its URL (%s) as a header, where fetch takes none in a URL',
    async (userInfo, pair) => {
      await using webhook = await openWebhook({ userInfo });
      await webhook.notifier.notify(become('firing'));
      const basic = Buffer.from(pair).toString('base64');
      expect(webhook.requests[0]!.headers.authorization).toBe(`Basic ${basic}`);
    },
  );

  it.each([
    ['seconds', 503, { 'retry-after': '120' }, 120_000],
    [
      "a date, by the receiver's own clock",
      429,
      { 'retry-after': 'Thu, 15 Jan 2026 07:01:30 GMT', date: 'Thu, 15 Jan 2026 07:00:00 GMT' },
      90_000,
    ],
    ['nonsense', 503, { 'retry-after': 'later' }, undefined],
    ['nothing', 500, {}, undefined],
  ])('comes back when it was told to: %s', async (_form, status, headers, retryAfterMs) => {
    await using webhook = await openWebhook();
    Object.assign(webhook.answer, { status, headers });
    const failure = webhook.notifier.notify(become('firing'));
    await expect(failure).rejects.toMatchObject({ code: 'notify-failed', retryAfterMs });
    await expect(failure).rejects.toThrow(`${status}`);
  });

  it.each([400, 404, 302, 307])(
    'counts an answer of %i as not taken, and goes nowhere else',
    async (status) => {
      await using webhook = await openWebhook();
      Object.assign(webhook.answer, { status, headers: { location: '/elsewhere' } });
      await expect(webhook.notifier.notify(become('firing'))).rejects.toMatchObject({
        code: 'notify-failed',
      });
      expect(webhook.requests).toHaveLength(1);
    },
  );

  it('gives up a receiver that does not answer in time, and never names its path', async () => {
    await using webhook = await openWebhook({ timeoutMs: 50 });
    webhook.answer.status = 0;
    const failure = webhook.notifier.notify(become('firing'));
    await expect(failure).rejects.toMatchObject({ code: 'notify-failed' });
    await expect(failure).rejects.toThrow(/in time/);
    await expect(failure).rejects.not.toThrow(/secret-path/);
  });
});

describe('the telephone', () => {
  it('gets a title and a link in any letters, which headers do not take', async () => {
    await using receiver = await openReceiver();
    const url = `http://127.0.0.1:${receiver.port}/topic`;
    const { send } = ntfyChannel({ url, token: 'tk', setting: 'alerts.recipients.0', timeoutMs: 10_000 });
    const link = 'https://kvarter.exempelgården.se/larm/€1';
    await send(outgoing([newsOf(become('firing'))], { subject: 'Kallt på Åsen 🏠', link }));
    await send(outgoing([newsOf(become('resolved'))], { isOver: true }));
    const { title, click, authorization, tags } = receiver.requests[0]!.headers;
    expect([authorization, tags]).toEqual(['Bearer tk', 'warning']);
    expect(receiver.requests[1]!.headers.tags).toBe('white_check_mark');
    expect(title).toBe(`=?UTF-8?B?${Buffer.from('Kallt på Åsen 🏠').toString('base64')}?=`);
    expect(click).toBe('https://kvarter.xn--exempelgrden-0cb.se/larm/%E2%82%AC1');
  });
});

describe('a long message on the telephone', () => {
  it('is cut after a line, within what ntfy takes as a message', async () => {
    await using receiver = await openReceiver();
    const url = `http://127.0.0.1:${receiver.port}/topic`;
    const { send } = ntfyChannel({ url, setting: 'alerts.recipients.0', timeoutMs: 10_000 });
    const text = Array.from({ length: 200 }, (_, n) => `Varning: för kallt på Åsen ${n}`).join('\n');
    await send(outgoing([newsOf(become('firing'))], { text }));
    const { body } = receiver.requests[0]!;
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(4096);
    expect(body).toMatch(/Åsen 1\d\d\n…$/);
    // One long line is cut between letters.
    await send(outgoing([newsOf(become('firing'))], { text: `${'å'.repeat(3000)}` }));
    expect(receiver.requests[1]!.body).toMatch(/^å{1900,2000}…$/);
  });
});

describe('MQTT', () => {
  it('retains what fires, and clears it when it is resolved', async () => {
    await using broker = await openMqtt();
    const notifier = mqttNotifier(broker.publish);
    await notifier.notify(become('firing', { id: 'a' }));
    await notifier.notify(become('firing', { id: 'b', building: 'BYGG-2' }));
    const topics = async () => (await broker.retained()).map(({ topic }) => topic).toSorted();
    expect(await topics()).toEqual(['kvarter/alerts/BYGG-1/a', 'kvarter/alerts/BYGG-2/b']);
    await notifier.notify(become('resolved', { id: 'a' }));
    expect(await topics()).toEqual(['kvarter/alerts/BYGG-2/b']);
  });

  it('tells the end to who listens, and then clears', async () => {
    await using broker = await openMqtt();
    await mqttNotifier(broker.publish).notify(become('resolved', { id: 'a' }));
    const seen = (await broker.drained()).map(({ payload }) =>
      payload === '' ? '' : JSON.parse(payload).state,
    );
    expect(seen).toEqual(['resolved', '']);
  });
});

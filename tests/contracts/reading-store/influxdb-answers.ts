import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import type { Reading } from '../../../src/domain/reading.ts';
import { openInfluxdbStore } from '../../../src/store/influxdb.ts';
import { reading, T0 } from './home.ts';

type Answer = {
  readonly status: number;
  readonly json?: unknown;
  readonly text?: string;
  readonly headers?: Record<string, string>;
};
/** Undefined: no answer at all. */
type Answers = (request: { readonly path: string; readonly body: string }) => Answer | undefined;

const OK: Answer = { status: 204 };
const notFound = (what: string): Answer => ({ status: 404, json: { code: 'not found', message: what } });
const write = '/api/v2/write';

const failures: readonly {
  readonly says: string;
  readonly answer: Answer;
  readonly code: string;
  readonly message: RegExp;
  readonly retryAfterMs?: number;
}[] = [
  {
    says: 'a wrong token',
    answer: { status: 401, json: { code: 'unauthorized', message: 'unauthorized access' } },
    code: 'store-misconfigured',
    message: /refuses the token \(401: unauthorized access\)/,
  },
  {
    says: 'a token without the right',
    answer: { status: 403, json: { code: 'forbidden', message: 'insufficient permissions' } },
    code: 'store-misconfigured',
    message: /refuses the token/,
  },
  {
    says: 'too many requests, with seconds to wait',
    answer: {
      status: 429,
      json: { code: 'too many requests', message: 'slow down' },
      headers: { 'retry-after': '7' },
    },
    code: 'store-unavailable',
    message: /cannot do it now \(429: slow down\)/,
    retryAfterMs: 7000,
  },
  {
    says: 'a server that starts',
    answer: { status: 503, text: 'starting' },
    code: 'store-unavailable',
    message: /503/,
  },
  {
    says: 'a 400 that is not from InfluxDB',
    answer: { status: 400, text: '<html>Bad Request</html>' },
    code: 'store-misconfigured',
    message: /check url, org and bucket/,
  },
];

/** What InfluxDB 2.x, and what stands in front of one, may answer: a server that says just that. */
export function influxdbAnswersSuite(): void {
  it.each(failures)('$says: $code', async ({ answer, code, message, retryAfterMs }) => {
    await using server = await answering(() => answer);
    await using store = await openStore(server.url);
    const error = await store.writeReadings([reading('m', T0, 1)]).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code, retryable: true, retryAfterMs });
    expect(String(error)).toMatch(message);
    expect(server.requests).toHaveLength(1);
  });

  it('does not wait longer for a silent server than it is told to, and hangs up', async () => {
    await using server = await answering(() => undefined);
    await using store = await openStore(server.url, 200);
    await expect(store.check()).rejects.toMatchObject({ code: 'store-unavailable', retryable: true });
    await expect(store.readings({ limit: 1 })).rejects.toMatchObject({ code: 'store-unavailable' });
    await expect(store.writeReadings([reading('m', T0, 1)])).rejects.toMatchObject({
      code: 'store-unavailable',
    });
    await server.allHungUp();
  });

  it('creates a missing bucket with its retention, and writes', async () => {
    const made: unknown[] = [];
    await using server = await answering(({ path, body }) => {
      if (path.startsWith(write)) return made.length > 0 ? OK : notFound('bucket "b" not found');
      if (path === '/api/v2/orgs?org=o%20%26%20co') return { status: 200, json: { orgs: [{ id: '0123' }] } };
      made.push(path, JSON.parse(body));
      return { status: 201, json: {} };
    });
    await using store = await openStore(server.url);
    expect(await store.writeReadings([reading('m', T0, 1)])).toEqual([]);
    expect(made).toEqual([
      '/api/v2/buckets',
      { orgID: '0123', name: 'b', retentionRules: [{ type: 'expire', everySeconds: 90 * 86_400 }] },
    ]);
  });

  it.each([
    {
      says: 'the token may not',
      orgs: { status: 200, json: { orgs: [{ id: '0123' }] } },
      message: /no bucket "b" and does not let kvarter create it \(403: no\): create it, or/,
    },
    { says: 'there is no such organisation', orgs: notFound('no'), message: /no organisation "o & co"/ },
    {
      says: 'no InfluxDB answers',
      orgs: { status: 404, text: 'no' },
      message: /no bucket "b" and does not let/,
    },
  ])('says so when a missing bucket cannot be created: $says', async ({ orgs, message }) => {
    await using server = await answering(({ path }) => {
      if (path.startsWith(write)) return notFound('bucket "b" not found');
      return path.startsWith('/api/v2/orgs')
        ? orgs
        : { status: 403, json: { code: 'forbidden', message: 'no' } };
    });
    await using store = await openStore(server.url);
    await expect(store.writeReadings([reading('m', T0, 1)])).rejects.toMatchObject({
      code: 'store-misconfigured',
      retryable: true,
      message: expect.stringMatching(message),
    });
  });

  it('finds the bad lines of a server that stores nothing of their request, in few requests', async () => {
    const stored = new Set<string>();
    await using server = await answering(({ body }) => {
      const lines = body.split('\n');
      const bad = lines.find((line) => line.includes('device=bad'));
      if (bad) return { status: 400, json: { code: 'invalid', message: `unable to parse '${bad}'` } };
      for (const line of lines) stored.add(line);
      return OK;
    });
    await using store = await openStore(server.url);
    const batch = Array.from({ length: 5000 }, (_, n) => reading(n === 1234 ? 'bad' : 'good', T0 + n, n));
    expect(await store.writeReadings(batch)).toEqual([
      { item: batch[1234], reason: expect.stringContaining('unable to parse') },
    ]);
    expect(stored.size).toBe(4999);
    expect(server.requests.length).toBeLessThanOrEqual(1 + 2 * Math.ceil(Math.log2(5000)));
  });

  it('refuses a whole measurement in few requests when the server says how many lines it dropped', async () => {
    const stored = new Set<string>();
    await using server = await answering(({ body }) => {
      const dropped = body.split('\n').filter((line) => line.startsWith('co2Ppm') || !stored.add(line));
      if (dropped.length === 0) return OK;
      const message = `partial write: field type conflict dropped=${dropped.length}`;
      return { status: 422, json: { code: 'unprocessable entity', message } };
    });
    await using store = await openStore(server.url);
    const isBad = ({ point }: Reading) => point.quantity === 'co2Ppm';
    const batch = Array.from({ length: 5000 }, (_, n) =>
      reading('m', T0 + n, n, { quantity: n % 3 === 0 ? 'co2Ppm' : 'airTemperatureC' }),
    );
    const refused = await store.writeReadings(batch);
    expect(new Set(refused.map(({ item }) => item))).toEqual(new Set(batch.filter(isBad)));
    expect(stored.size).toBe(batch.length - refused.length);
    expect(server.requests.length).toBeLessThan(40);
  });

  it('halves what is too large for one request', async () => {
    const sizes: number[] = [];
    await using server = await answering(({ body }) => {
      const lines = body.split('\n').length;
      if (lines > 700) return { status: 413, text: 'too large' };
      sizes.push(lines);
      return OK;
    });
    await using store = await openStore(server.url);
    expect(
      await store.writeReadings(Array.from({ length: 2000 }, (_, n) => reading('m', T0 + n, n))),
    ).toEqual([]);
    expect(sizes).toEqual([500, 500, 500, 500]);
  });

  it('takes an answer that breaks off with an error for no answer', async () => {
    const text =
      '#datatype,string,long\n#group,true,true\n#default,,\n,error,reference\n,out of memory,897\n\n';
    await using server = await answering(() => ({
      status: 200,
      text,
      headers: { 'content-type': 'text/csv' },
    }));
    await using store = await openStore(server.url);
    await expect(store.readings({ fromMs: T0, limit: 1 })).rejects.toMatchObject({
      code: 'store-unavailable',
      message: expect.stringContaining('out of memory'),
    });
  });
}

const openStore = (url: string, timeoutMs = 20_000) =>
  openInfluxdbStore({
    url,
    token: 't',
    org: 'o & co',
    bucket: 'b',
    intervalsBucket: 'i',
    timeoutMs,
    readingsKeepDays: 90,
  });

async function answering(answers: Answers) {
  const requests: string[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    void handle(request, response);
  });
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const path = request.url ?? '';
    requests.push(path);
    const packed = request.headers['content-encoding'] === 'gzip';
    const body = Buffer.concat(chunks);
    const answer = answers({ path, body: (packed ? gunzipSync(body) : body).toString() });
    if (answer === undefined) return;
    const { status, json, text = '', headers } = answer;
    response.writeHead(status, { ...(json ? { 'content-type': 'application/json' } : {}), ...headers });
    response.end(json ? JSON.stringify(json) : text);
  };
  let open = 0;
  server.on('connection', (socket) => {
    open += 1;
    socket.on('close', () => {
      open -= 1;
      if (open === 0) server.emit('allHungUp');
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    requests,
    async allHungUp() {
      if (open > 0) await once(server, 'allHungUp');
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { createServiceClient } from '../../../src/commands/service-client.ts';

const schema = z.object({ n: z.number() });
type Reply = (response: ServerResponse) => void;
const json =
  (status: number, body: object, headers: Record<string, string> = {}): Reply =>
  (response) =>
    response.writeHead(status, headers).end(JSON.stringify(body));
const busy = json(503, { detail: 'the journal is full' }, { 'retry-after': '0' });
const cut: Reply = (response) => response.destroy();

/** A service that gives these answers one after the other. */
async function openScript(replies: readonly Reply[], patienceMs = 10_000) {
  let asked = 0;
  const server = createServer((_request, response) => {
    replies[asked]?.(response);
    asked += 1;
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const waits: number[] = [];
  const client = createServiceClient({
    url: `http://127.0.0.1:${port}`,
    patienceMs,
    stop: new AbortController().signal,
    onRetry: (_why, retryInMs) => waits.push(retryInMs),
  });
  const close = async () => {
    server.closeAllConnections();
    server.close();
  };
  return { client, waits, asked: () => asked, [Symbol.asyncDispose]: close };
}

it('a service that is busy, then away, is asked again until it answers', async () => {
  await using script = await openScript([busy, cut, busy, json(200, { n: 1 })]);
  expect(await script.client.request({ path: '/' }, schema)).toEqual({ ok: true, value: { n: 1 } });
  expect(script.waits).toEqual([0, 500, 0]);
});

it.each([
  ['is busy for longer than is waited', [json(503, { detail: 'full' })], 'full'],
  ['was never there', [cut], 'cannot be reached'],
  ['fails', [json(500, { detail: 'a fault' })], 'failed (500): a fault'],
  ['is another', [json(200, { hello: 'world' })], 'does not answer as a kvarter'],
])('a service that %s is told', async (_says, replies, message) => {
  await using script = await openScript(replies, 0);
  await expect(script.client.request({ path: '/' }, schema)).rejects.toMatchObject({
    code: 'service-unavailable',
    message: expect.stringContaining(message),
  });
  expect(script.asked()).toBe(1);
});

it('a refusal is an answer', async () => {
  const problems = [{ path: 'line 2', message: 'wrong' }];
  await using script = await openScript([json(400, { detail: 'no', problems })]);
  expect(await script.client.request({ path: '/' }, schema)).toEqual({
    ok: false,
    status: 400,
    detail: 'no',
    problems,
  });
});

import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { notificationsDead, notificationsRetry } from '../../src/commands/notifications.ts';
import { isoTime } from '../../src/domain/time.ts';
import { call } from '../support/command.ts';
import { openService } from '../support/service.ts';
import { openTempDir } from '../support/temp-dir.ts';

/** Takes what is posted, or refuses it. */
async function openReceiver() {
  const requests: { path: string | undefined; headers: IncomingHttpHeaders; body: string }[] = [];
  const state = { status: 200 };
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      if (state.status === 200) requests.push({ path: request.url, headers: request.headers, body });
      response.writeHead(state.status).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    requests,
    state,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

test('what nobody takes is listed as dead, counted, and sent again when it is asked for', async () => {
  await using dir = await openTempDir();
  await using receiver = await openReceiver();
  const file = join(dir.path, 'kvarter.yaml');
  const token = join(dir.path, 'token');
  await writeFile(token, 'hemligt\n');
  await writeFile(
    file,
    `alerts:
  link: https://kvarter.example.se/larm/{id}
  group: { waitSeconds: 0 }
  retry: { giveUpHours: 0 }
  webhook: { url: '${receiver.url}/hook' }
  recipients: [{ name: phone, ntfy: '${receiver.url}/topic', tokenFile: ${token}, language: sv }]
  routes: [{ scope: { rule: out-of-range }, to: phone }]
`,
  );
  await using service = await openService(dir.path, { KVARTER_CONFIG: file });
  receiver.state.status = 500;
  const low = JSON.stringify({ time: isoTime(Date.now()), values: { batteryPct: 5 } });
  await service.publish('kvarter/el-b1/up', low);
  await service.app.settled();

  const { printed } = await call(service, notificationsDead, []);
  expect(printed).toMatch(
    / {2}phone {2}new {2}Battery low: 5 % in el-b1 {2}ntfy at 127\.0\.0\.1:\d+ answers 500/,
  );
  expect(printed).toMatch(
    / {2}webhook {2}new {2}.* the webhook at .* answers 500: check alerts\.webhook\.url/,
  );
  const metrics = await (await fetch(`http://127.0.0.1:${service.app.httpPort}/metrics`)).text();
  expect(metrics).toMatch(/^kvarter_notifications_dead 2$/m);
  const [first] = printed.split('  ');

  receiver.state.status = 200;
  await expect(call(service, notificationsRetry, [])).rejects.toThrow(/or --all/);
  expect(
    JSON.parse((await call(service, notificationsRetry, [first ?? ''], { json: true })).printed),
  ).toEqual({
    notifications: 1,
  });
  expect((await call(service, notificationsRetry, [], { all: true })).printed).toBe(
    '1 notifications are tried again.\n',
  );
  await service.app.settled();
  expect((await call(service, notificationsDead, [], { json: true })).printed).toBe('');

  const posted = new Map(receiver.requests.map((request) => [request.path, request]));
  expect(JSON.parse(posted.get('/hook')?.body ?? '{}')).toMatchObject({ state: 'firing', kind: 'new' });
  const phone = posted.get('/topic');
  const title = /^=\?UTF-8\?B\?(.*)\?=$/.exec(String(phone?.headers.title))?.[1] ?? '';
  expect(Buffer.from(title, 'base64').toString()).toBe('Varning: Batteri låg: 5 % i el-b1 (Norrlidsvägen 1)');
  expect(phone?.headers).toMatchObject({
    priority: '3',
    tags: 'warning',
    authorization: 'Bearer hemligt',
    click: expect.stringMatching(/^https:\/\/kvarter\.example\.se\/larm\/out-of-range-/),
  });
  expect(phone?.body).toContain('gränsen är 10 %');
});

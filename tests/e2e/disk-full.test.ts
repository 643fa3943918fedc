import { once } from 'node:events';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { expect, test } from 'vitest';
import { isoTime } from '../../src/domain/time.ts';
import type { Part } from '../../src/rules/engine.ts';
import { openSnapshotFiles } from '../../src/workers/snapshot-files.ts';
import { type ServiceProcess, startService, storedReadings } from '../support/service-process.ts';
import { mountSmallDisk, testOnSmallDisk } from '../support/small-disk.ts';
import { openTempDir } from '../support/temp-dir.ts';

const T0 = Date.UTC(2026, 0, 15);
const PACKET_BYTES = 4000;

const start = (dir: string, environment: Record<string, string> = {}) =>
  startService(dir, { KVARTER_JOURNAL__SEGMENTMB: '1', ...environment });

const timeOf = (number: number) => isoTime(T0 + number * 1000);

/** One reading in a packet that is large because of its blanks. One after the other, so each is acknowledged or not. */
function publish(client: MqttClient, number: number): Promise<unknown> {
  const payload = JSON.stringify({ time: timeOf(number), values: { activePowerW: number } });
  return client.publishAsync('kvarter/el-b1/up', payload.padEnd(PACKET_BYTES), { qos: 1 });
}

/** A client that publishes the next packet once the last one was acknowledged. */
async function openSensor(port: number) {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 100 });
  client.on('error', () => undefined);
  let acknowledged = 0;
  const end = () => client.endAsync(true);
  return {
    acknowledged: () => acknowledged,
    acknowledgeNext: () =>
      publish(client, acknowledged).then(() => {
        acknowledged += 1;
        return true;
      }),
    end,
    [Symbol.asyncDispose]: end,
  };
}

type Health = { status: string; parts: Record<string, { ok: boolean; detail?: string }> };

async function health(port: number): Promise<Health & { code: number }> {
  const answer = await fetch(`http://127.0.0.1:${port}/health`);
  return { ...((await answer.json()) as Health), code: answer.status };
}

async function expectStored(service: ServiceProcess, count: number): Promise<void> {
  const times = async () => (await storedReadings(service, 'el-b1')).map(({ at }) => at);
  const wanted = Array.from({ length: count }, (_, number) => timeOf(number));
  await expect.poll(async () => (await times()).length, { timeout: 30_000 }).toBeGreaterThanOrEqual(count);
  expect(await times()).toEqual(wanted);
}

type Told = { subject: string; state: string };

const serviceAlerts = async ({ get }: ServiceProcess): Promise<Told[]> =>
  (await get<{ alerts: Told[] }>('/api/v1/alerts?rule=service')).alerts;

testOnSmallDisk(
  'a full disk: what is not safe is not acknowledged, and the service goes on by itself when there is room',
  async () => {
    await using dir = await openTempDir();
    const journalDir = join(dir.path, 'data', 'journal');
    await using _disk = await mountSmallDisk(journalDir, 4);
    const ballast = join(journalDir, 'ballast');
    await writeFile(ballast, Buffer.alloc(3.5 * 1024 * 1024));
    const service = await start(dir.path, { KVARTER_ALERTS__SERVICE__CLEARSECONDS: '0' });
    await using _service = service;
    const { running, mqttPort, httpPort } = service;
    // Early: the operator hears of it while everything still works.
    await running.says(/the disk of [^"]+ is 8\d % full; when it is full nothing is acknowledged/);
    expect(await health(httpPort)).toMatchObject({
      code: 200,
      status: 'ok',
      parts: { journal: { ok: true, detail: expect.stringContaining('% full') } },
    });
    await expect
      .poll(() => serviceAlerts(service), { timeout: 5000 })
      .toMatchObject([{ subject: 'journal room', state: 'firing' }]);

    await using sensor = await openSensor(mqttPort);
    let pending = sensor.acknowledgeNext();
    while (await Promise.race([pending, isFull(httpPort)])) pending = sensor.acknowledgeNext();
    const whenFull = sensor.acknowledged();
    expect(whenFull).toBeGreaterThan(50);
    expect(whenFull).toBeLessThan((0.5 * 1024 * 1024) / PACKET_BYTES);
    expect(await health(httpPort)).toMatchObject({
      code: 503,
      parts: { journal: { ok: false, detail: expect.stringContaining('ENOSPC') } },
    });
    await expectStored(service, whenFull);
    await expect
      .poll(() => serviceAlerts(service), { timeout: 5000 })
      .toContainEqual(expect.objectContaining({ subject: 'journal', state: 'firing' }));

    await rm(ballast);
    expect(await pending).toBe(true);
    while (sensor.acknowledged() < whenFull + 400) await sensor.acknowledgeNext();
    expect(await health(httpPort)).toMatchObject({
      code: 200,
      status: 'ok',
      parts: { journal: { ok: true } },
    });
    await expectStored(service, sensor.acknowledged());
    await expect
      .poll(() => serviceAlerts(service), { timeout: 5000 })
      .toEqual(
        expect.arrayContaining([
          expect.objectContaining({ subject: 'journal', state: 'resolved' }),
          expect.objectContaining({ subject: 'journal room', state: 'resolved' }),
        ]),
      );
    await sensor.end();
    await running.end('SIGKILL');

    const again = await start(dir.path);
    await using _again = again;
    await expectStored(again, sensor.acknowledged());
    expect(await again.running.end('SIGTERM')).toBe(0);
  },
);

testOnSmallDisk(
  'all that kvarter has on a full disk: it is told by webhook, the readers wait, and all goes on when there is room',
  async () => {
    await using dir = await openTempDir();
    await using receiver = await openReceiver();
    const dataDir = join(dir.path, 'data');
    await using _disk = await mountSmallDisk(dataDir, 24);
    const service = await start(dir.path, {
      KVARTER_ALERTS__SERVICE__CLEARSECONDS: '0',
      KVARTER_ALERTS__WEBHOOK__URL: receiver.url,
      KVARTER_JOURNAL__KEEPHOURS: '0',
    });
    await using _service = service;
    await using sensor = await openSensor(service.mqttPort);
    for (let n = 0; n < 50; n += 1) await sensor.acknowledgeNext();
    await expectStored(service, 50);
    // All at once, so that there is no early warning that could still be saved.
    const ballast = join(dataDir, 'ballast');
    const { bavail, bsize } = await statfs(dataDir);
    await writeFile(ballast, Buffer.alloc(bavail * bsize));
    let pending = sensor.acknowledgeNext();
    while (await Promise.race([pending, isFull(service.httpPort)])) pending = sensor.acknowledgeNext();
    const told = () => receiver.bodies.map(({ subject, state }) => `${subject} ${state}`);
    await expect.poll(told, { timeout: 20_000 }).toContain('journal firing');

    await rm(ballast);
    expect(await pending).toBe(true);
    for (let n = 0; n < 50; n += 1) await sensor.acknowledgeNext();
    await expectStored(service, sensor.acknowledged());
    await expect.poll(told, { timeout: 20_000 }).toContain('journal resolved');
    expect(await health(service.httpPort)).toMatchObject({
      code: 200,
      parts: { store: { ok: true }, rules: { ok: true } },
    });
    await sensor.end();
    expect(await service.running.end('SIGTERM')).toBe(0);
  },
);

/** Takes webhooks. */
async function openReceiver() {
  const bodies: Told[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    request.on('end', () => {
      bodies.push(JSON.parse(text));
      response.writeHead(204).end();
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    bodies,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

/** Resolves with false as soon as the journal cannot be written. */
async function isFull(port: number): Promise<boolean> {
  for (;;) {
    const { parts } = await health(port);
    if (parts.journal?.ok === false) return false;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('a journal at its bound: publishers wait, nothing is lost, and they go on when the readers have come on', async () => {
  await using dir = await openTempDir();
  // 2 MiB, which is filled long before the rules save their place for the first time.
  const service = await start(dir.path, { KVARTER_JOURNAL__MAXGB: '0.002' });
  await using _service = service;
  const { running, mqttPort, httpPort } = service;
  const client = await connectAsync(`mqtt://127.0.0.1:${mqttPort}`);
  const COUNT = 800;
  const LANES = 20;
  // Many on their way at once, so that a slow machine fills it too before the rules save their place.
  const done = Promise.all(
    Array.from({ length: LANES }, async (_, lane) => {
      for (let number = lane; number < COUNT; number += LANES) await publish(client, number);
    }),
  );
  await running.says(/the journal is \d+ % full \(journal\.maxGb\) because a reader is behind/);
  await isFull(httpPort);
  expect(await health(httpPort)).toMatchObject({ code: 503, parts: { journal: { ok: false } } });
  const metrics = await (await fetch(`http://127.0.0.1:${httpPort}/metrics`)).text();
  expect(metrics).toContain(`kvarter_journal_max_bytes ${0.002 * 1024 ** 3}`);
  await done;
  await running.says(/the journal has room again/);
  await expectStored(service, COUNT);
  await client.endAsync();
  expect(await running.end('SIGTERM')).toBe(0);
});

testOnSmallDisk(
  'a disk that is full in the midst of a snapshot: the one before is kept, the room is given back',
  async () => {
    await using dir = await openTempDir();
    await using _disk = await mountSmallDisk(dir.path, 4);
    const partsOf = (name: string, megabytes: number) =>
      Array.from({ length: megabytes * 10 }, (): Part => [name, 'x'.repeat(100_000)]);
    let text: string | undefined;
    const files = openSnapshotFiles({ dir: dir.path, text, synced: async () => undefined });
    const keep = (parts: readonly Part[]) =>
      files.keep(parts, (named) => {
        text = named;
      });
    const kept = async () => {
      const parts: Part[] = [];
      const opened = openSnapshotFiles({ dir: dir.path, text, synced: async () => undefined });
      for await (const part of opened.kept()) parts.push(part);
      return parts;
    };
    const room = async () => (await statfs(dir.path)).bavail;
    await keep(partsOf('first', 2));
    const before = await room();
    await expect(keep(partsOf('second', 3))).rejects.toMatchObject({
      code: 'state-write-failed',
      message: expect.stringContaining('ENOSPC'),
    });
    expect(await room()).toBe(before);
    expect(await kept()).toEqual(partsOf('first', 2));
    await keep(partsOf('third', 1));
    expect(await kept()).toEqual(partsOf('third', 1));
  },
);

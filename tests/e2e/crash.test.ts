import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { connectAsync } from 'mqtt';
import { describe, expect, it, test } from 'vitest';
import { isoTime } from '../../src/domain/time.ts';
import { type ServiceProcess, startService, storedReadings } from '../support/service-process.ts';
import { openTempDir } from '../support/temp-dir.ts';

const T0 = Date.UTC(2026, 0, 15);

/** Publishes one reading after the other, some in flight at once, until the connection is gone; gives what was acknowledged. */
async function publishUntilGone(
  port: number,
  from: number,
  onAcknowledged: (count: number) => void,
): Promise<{ next: number; acknowledged: number[] }> {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 });
  client.on('error', () => undefined);
  const acknowledged: number[] = [];
  let next = from;
  let isOpen = true;
  const closed = new Promise<void>((resolve) => {
    client.once('close', () => {
      isOpen = false;
      resolve();
    });
  });
  const lane = async () => {
    while (isOpen) {
      const number = next;
      next += 1;
      const payload = JSON.stringify({ time: isoTime(T0 + number * 1000), values: { activePowerW: number } });
      const done = client.publishAsync('kvarter/el-b1/up', payload, { qos: 1 }).then(
        () => {
          acknowledged.push(number);
          onAcknowledged(acknowledged.length);
        },
        () => {
          isOpen = false;
        },
      );
      await Promise.race([done, closed]);
    }
  };
  await Promise.all(Array.from({ length: 40 }, lane));
  await client.endAsync(true);
  return { next, acknowledged };
}

async function expectStored(service: ServiceProcess, acknowledged: readonly number[]): Promise<void> {
  const times = async () => (await storedReadings(service, 'el-b1')).map(({ at }) => at);
  const wanted = new Set(acknowledged.map((number) => isoTime(T0 + number * 1000)));
  await expect.poll(async () => new Set(await times()).isSupersetOf(wanted), { timeout: 20_000 }).toBe(true);
  const stored = await times();
  expect(new Set(stored).size).toBe(stored.length);
}

/** A server that takes connections and requests, and never answers. */
async function openSilentServer() {
  const server = createServer(() => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket.on('error', () => undefined)));
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

describe('SIGTERM under load', () => {
  it.each(['duckdb', 'influxdb'])(
    'ends kvarter on %s within five seconds; nothing acknowledged is lost',
    async (kind) => {
      await using dir = await openTempDir();
      await using silent = await openSilentServer();
      const influxdb = {
        KVARTER_STORE__KIND: 'influxdb',
        KVARTER_STORE__INFLUXDB__URL: silent.url,
        KVARTER_STORE__INFLUXDB__TOKEN: 'token',
      };
      let acknowledged: number[] = [];
      {
        const service = await startService(dir.path, kind === 'influxdb' ? influxdb : {});
        await using _ = service;
        let ended: Promise<unknown> | undefined;
        let sinceMs = 0;
        const stream = await publishUntilGone(service.mqttPort, 0, (count) => {
          if (count !== 1000) return;
          sinceMs = performance.now();
          ended = service.running.end('SIGTERM');
        });
        expect(await ended).toBe(0);
        expect(performance.now() - sinceMs).toBeLessThan(5000);
        acknowledged = stream.acknowledged;
      }
      await using service = await startService(dir.path);
      await expectStored(service, acknowledged);
    },
  );
});

/** A service that tells an alert to somebody who never answers, so that a clean end takes its time. */
async function startTelling(dir: string, webhook: string): Promise<ServiceProcess> {
  const service = await startService(dir, { KVARTER_ALERTS__WEBHOOK__URL: webhook });
  const client = await connectAsync(`mqtt://127.0.0.1:${service.mqttPort}`);
  const low = JSON.stringify({ time: isoTime(T0), values: { batteryPct: 1 } });
  await client.publishAsync('kvarter/el-b2/up', low, { qos: 1 });
  await client.endAsync();
  await service.running.says(/alert firing/);
  return service;
}

test('a webhook that does not answer does not keep kvarter from ending within five seconds', async () => {
  await using dir = await openTempDir();
  await using silent = await openSilentServer();
  await using service = await startTelling(dir.path, silent.url);
  const sinceMs = performance.now();
  expect(await service.running.end('SIGTERM')).toBe(0);
  expect(performance.now() - sinceMs).toBeLessThan(5000);
});

test('a second SIGTERM ends kvarter at once, and nothing acknowledged is lost', async () => {
  await using dir = await openTempDir();
  await using silent = await openSilentServer();
  let acknowledged: number[] = [];
  {
    await using service = await startTelling(dir.path, silent.url);
    let ended: Promise<unknown> | undefined;
    let sinceMs = 0;
    const stream = await publishUntilGone(service.mqttPort, 0, (count) => {
      if (count !== 1000) return;
      service.running.child.kill('SIGTERM');
      ended = service.running.says(/"kvarter ends"/).then(() => {
        sinceMs = performance.now();
        return service.running.end('SIGTERM');
      });
    });
    expect(await ended).toBe(1);
    expect(performance.now() - sinceMs).toBeLessThan(1000);
    acknowledged = stream.acknowledged;
  }
  await using service = await startService(dir.path);
  await expectStored(service, acknowledged);
});

/** Four days of hours with peaks, in packets of an hour. */
function hours(): string[] {
  return Array.from({ length: 4 * 24 }, (_, hour) => {
    const kw = hour % 24 === 7 ? 60 + hour : hour === 3 * 24 + 17 ? 200 : 30;
    const elements = Array.from({ length: 12 }, (__, step) => ({
      time: isoTime(T0 + hour * 3_600_000 + step * 300_000),
      values: { activePowerW: kw * 1000 },
    }));
    return JSON.stringify(elements);
  });
}

async function publishAll(port: number, payloads: readonly string[]): Promise<void> {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`);
  for (const payload of payloads) await client.publishAsync('kvarter/el-b1/up', payload, { qos: 1 });
  await client.endAsync();
}

type AlertRow = { id: string; state: string; startsAt: string };

async function alertRows({ get }: ServiceProcess): Promise<AlertRow[]> {
  return (await get<{ alerts: AlertRow[] }>('/api/v1/alerts?limit=1000&rule=peak-guard')).alerts;
}

test('kill -9 between readings: the rules go on, and the alerts are those of a service that never died', async () => {
  const runs = await Promise.all(
    [[], [10, 31, 32, 55]].map(async (crashes) => {
      await using dir = await openTempDir();
      const payloads = hours();
      for (const [i, end] of crashes.entries()) {
        await using service = await startService(dir.path);
        await publishAll(service.mqttPort, payloads.slice(crashes[i - 1] ?? 0, end));
        await service.running.end('SIGKILL');
      }
      await using service = await startService(dir.path);
      await publishAll(service.mqttPort, payloads.slice(crashes.at(-1) ?? 0));
      const last = isoTime(T0 + (3 * 24 + 17) * 3_600_000);
      const isOver = ({ state, startsAt }: AlertRow) => state === 'resolved' && startsAt > last;
      await expect.poll(async () => (await alertRows(service)).some(isOver), { timeout: 20_000 }).toBe(true);
      return (await alertRows(service)).map(({ id, state }) => `${id} ${state}`);
    }),
  );
  expect(runs[0]?.length).toBeGreaterThan(3);
  expect(runs[1]).toEqual(runs[0]);
});

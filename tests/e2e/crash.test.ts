import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { describe, expect, it, test } from 'vitest';
import { isoTime } from '../../src/domain/time.ts';
import { type Running, startKvarter } from '../support/kvarter.ts';
import { devices, places } from '../support/service.ts';
import { openTempDir } from '../support/temp-dir.ts';

const CRASHES = 4;
const T0 = Date.UTC(2026, 0, 15);

async function start(
  dir: string,
  environment: Record<string, string> = {},
): Promise<{ running: Running; mqttPort: number; httpPort: number }> {
  const running = startKvarter(['start'], {
    ...environment,
    KVARTER_DATADIR: join(dir, 'data'),
    KVARTER_MQTT__PORT: '0',
    KVARTER_HTTP__PORT: '0',
    KVARTER_REGISTER__PLACES: join(dir, 'places.yaml'),
    KVARTER_REGISTER__DEVICES: join(dir, 'devices.csv'),
  });
  const [, mqtt, http] = await running.says(/"mqttPort":(\d+),"httpPort":(\d+)/);
  return { running, mqttPort: Number(mqtt), httpPort: Number(http) };
}

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

async function storedTimes(httpPort: number): Promise<string[]> {
  const times: string[] = [];
  for (let next = ''; ; ) {
    const url = `http://127.0.0.1:${httpPort}/api/v1/readings?device=el-b1&limit=10000${next && `&next=${next}`}`;
    const page = (await (await fetch(url)).json()) as { readings: { at: string }[]; next?: string };
    times.push(...page.readings.map(({ at }) => at));
    if (page.next === undefined) return times;
    next = page.next;
  }
}

test('kill -9 in a stream of publishes, again and again: each acknowledged reading is stored once', async () => {
  await using dir = await openTempDir();
  await mkdir(dir.path, { recursive: true });
  await writeFile(join(dir.path, 'places.yaml'), places);
  await writeFile(join(dir.path, 'devices.csv'), devices);
  const acknowledged: number[] = [];
  let from = 0;
  for (let crash = 1; crash <= CRASHES; crash += 1) {
    const { running, mqttPort } = await start(dir.path);
    await using _ = running;
    const stream = await publishUntilGone(mqttPort, from, (count) => {
      if (count === crash * 700) running.child.kill('SIGKILL');
    });
    expect(await running.end('SIGKILL')).toBe('SIGKILL');
    from = stream.next;
    acknowledged.push(...stream.acknowledged);
  }
  expect(acknowledged.length).toBeGreaterThan(700 * CRASHES);
  const { running, httpPort } = await start(dir.path);
  await using _ = running;
  const wanted = acknowledged.map((number) => isoTime(T0 + number * 1000));
  await expect
    .poll(async () => new Set(await storedTimes(httpPort)).isSupersetOf(new Set(wanted)), { timeout: 20_000 })
    .toBe(true);
  const times = await storedTimes(httpPort);
  expect(new Set(times).size).toBe(times.length);
  expect(await running.end('SIGTERM')).toBe(0);
});

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
      await writeFile(join(dir.path, 'places.yaml'), places);
      await writeFile(join(dir.path, 'devices.csv'), devices);
      const influxdb = {
        KVARTER_STORE__KIND: 'influxdb',
        KVARTER_STORE__INFLUXDB__URL: silent.url,
        KVARTER_STORE__INFLUXDB__TOKEN: 'token',
      };
      let acknowledged: number[] = [];
      {
        const { running, mqttPort } = await start(dir.path, kind === 'influxdb' ? influxdb : {});
        await using _ = running;
        let ended: Promise<unknown> | undefined;
        let sinceMs = 0;
        const stream = await publishUntilGone(mqttPort, 0, (count) => {
          if (count !== 1000) return;
          sinceMs = performance.now();
          ended = running.end('SIGTERM');
        });
        expect(await ended).toBe(0);
        expect(performance.now() - sinceMs).toBeLessThan(5000);
        acknowledged = stream.acknowledged;
      }
      const { running, httpPort } = await start(dir.path);
      await using _ = running;
      const wanted = new Set(acknowledged.map((number) => isoTime(T0 + number * 1000)));
      await expect
        .poll(async () => new Set(await storedTimes(httpPort)).isSupersetOf(wanted), { timeout: 20_000 })
        .toBe(true);
    },
  );
});

/** Three days of hours with peaks, in packets of an hour. */
function hours(): string[] {
  return Array.from({ length: 3 * 24 }, (_, hour) => {
    const kw = hour % 24 === 7 ? 60 + hour : hour === 2 * 24 + 17 ? 200 : 30;
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

async function alertRows(httpPort: number): Promise<AlertRow[]> {
  const url = `http://127.0.0.1:${httpPort}/api/v1/alerts?limit=1000&rule=peak-guard`;
  return ((await (await fetch(url)).json()) as { alerts: AlertRow[] }).alerts;
}

test('kill -9 between readings: the rules go on, and the alerts are those of a service that never died', async () => {
  const runs = await Promise.all(
    [[], [10, 31, 32, 55]].map(async (crashes) => {
      await using dir = await openTempDir();
      await writeFile(join(dir.path, 'places.yaml'), places);
      await writeFile(join(dir.path, 'devices.csv'), devices);
      const payloads = hours();
      for (const [i, end] of crashes.entries()) {
        const { running, mqttPort } = await start(dir.path);
        await using _ = running;
        await publishAll(mqttPort, payloads.slice(crashes[i - 1] ?? 0, end));
        await running.end('SIGKILL');
      }
      const { running, mqttPort, httpPort } = await start(dir.path);
      await using _ = running;
      await publishAll(mqttPort, payloads.slice(crashes.at(-1) ?? 0));
      const last = isoTime(T0 + (2 * 24 + 17) * 3_600_000);
      await expect
        .poll(
          async () =>
            (await alertRows(httpPort)).some(
              ({ state, startsAt }) => state === 'resolved' && startsAt > last,
            ),
          {
            timeout: 20_000,
          },
        )
        .toBe(true);
      return (await alertRows(httpPort)).map(({ id, state }) => `${id} ${state}`);
    }),
  );
  expect(runs[0]?.length).toBeGreaterThan(3);
  expect(runs[1]).toEqual(runs[0]);
});

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { expect, test } from 'vitest';
import { isoTime } from '../../src/domain/time.ts';
import { type Running, startKvarter } from '../support/kvarter.ts';
import { devices, places } from '../support/service.ts';
import { openTempDir } from '../support/temp-dir.ts';

const CRASHES = 4;
const T0 = Date.UTC(2026, 0, 15);

async function start(dir: string): Promise<{ running: Running; mqttPort: number; httpPort: number }> {
  const running = startKvarter(['start'], {
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

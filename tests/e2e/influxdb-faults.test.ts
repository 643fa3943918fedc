import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { isoTime } from '../../src/domain/time.ts';
import { seededUniform } from '../support/chance.ts';
import { type Fault, type FaultProxy, openFaultProxy } from '../support/fault-proxy.ts';
import { type Influxd, startInfluxd } from '../support/influxd.ts';
import { describeWith } from '../support/servers.ts';
import { devices } from '../support/service.ts';
import { type ServiceProcess, startService, storedReadings } from '../support/service-process.ts';
import { openTempDir } from '../support/temp-dir.ts';

const T0 = Date.UTC(2026, 0, 15);
const BATCH = 500;
const ALERTS = 10;
/** Readings that come while one is being written. */
const BEHIND = 59;
/** After a long outage the next try may be half a minute away. */
const patience = { timeout: 45_000, interval: 50 };
/** A write takes this long in the test of a slow server, ms; the long variant has 10,000. */
const SLOW_MS = Number(process.env.SLOW_MS ?? 700);
let buckets = 0;

/** The service as a process, a real InfluxDB behind a proxy that breaks as it is told, and a client. */
async function open(influxd: Influxd) {
  // A test that failed may have left it stopped.
  await influxd.start();
  await using opening = new AsyncDisposableStack();
  const dir = opening.use(await openTempDir());
  const batteries = Array.from({ length: ALERTS }, (_, n) => `battery-${n},kvarter,b2,,submeter\n`);
  await writeFile(join(dir.path, 'devices.csv'), `${devices}${batteries.join('')}`);
  const proxy = opening.use(await openFaultProxy(influxd.url));
  buckets += 1;
  const service = opening.use(
    await startService(dir.path, {
      KVARTER_STORE__KIND: 'influxdb',
      KVARTER_STORE__BATCHREADINGS: String(BATCH),
      KVARTER_STORE__INFLUXDB__URL: proxy.url,
      KVARTER_STORE__INFLUXDB__TOKEN: 'user:password',
      KVARTER_STORE__INFLUXDB__BUCKET: `faults${buckets}`,
      KVARTER_STORE__INFLUXDB__INTERVALSBUCKET: `quarters${buckets}`,
      // kvarter makes the buckets, and the readings are of another season.
      KVARTER_STORE__INFLUXDB__READINGSKEEPDAYS: '0',
      KVARTER_STORE__INFLUXDB__INTERVALSKEEPDAYS: '0',
    }),
  );
  const client = await connectAsync(`mqtt://127.0.0.1:${service.mqttPort}`);
  opening.defer(() => client.endAsync(true));
  const stack = opening.move();
  return { service, proxy, client, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** One after the other, so that each is a frame of the journal. */
async function publish(client: MqttClient, from: number, to: number): Promise<void> {
  for (let number = from; number < to; number += 1) {
    const payload = JSON.stringify({ time: isoTime(T0 + number * 1000), values: { activePowerW: number } });
    await client.publishAsync('kvarter/el-b1/up', payload, { qos: 1 });
  }
}

/** The n-th device's battery is low: that is told at once, once for each device. */
async function expectAlert({ service, client }: Awaited<ReturnType<typeof open>>, n: number): Promise<void> {
  const told = async () =>
    (await service.get<{ alerts: { subject: string }[] }>('/api/v1/alerts?rule=out-of-range&limit=99'))
      .alerts;
  const low = JSON.stringify({ time: isoTime(T0), values: { batteryPct: 1 } });
  await client.publishAsync(`kvarter/battery-${n}/up`, low, { qos: 1 });
  await expect
    .poll(async () => (await told()).map(({ subject }) => subject), { timeout: 10_000 })
    .toContain(`battery-${n}|batteryPct|`);
}

async function expectStored(service: ServiceProcess, proxy: FaultProxy, count: number): Promise<void> {
  const wanted = Array.from({ length: count }, (_, number) => number);
  const values = async () =>
    (await storedReadings(service, 'el-b1')).map(({ value }) => value).filter((value) => value >= 0);
  await expect.poll(async () => (await values()).length, { timeout: 60_000, interval: 200 }).toBe(count);
  expect(await values()).toEqual(wanted);
  expect(await service.metrics()).not.toMatch(/^kvarter_rejected_total\{.*\} [1-9]/m);
  // In the order of the journal: each value is taken for the first time after those before it.
  const taken = proxy.writes
    .filter(({ status }) => status === 204)
    .flatMap(({ lines }) => lines.map((line) => /^activePowerW,.* value=(\d+) /.exec(line)?.[1]))
    .filter((value) => value !== undefined);
  expect([...new Set(taken)].map(Number)).toEqual(wanted);
  expect(Math.max(...proxy.writes.map(({ lines }) => lines.length))).toBeLessThanOrEqual(BATCH + 10);
}

function residentMb({ running }: ServiceProcess): number {
  const status = readFileSync(`/proc/${running.child.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024;
}

describeWith('influxd', 'with a real InfluxDB, the service', (program) => {
  let influxd: Influxd;
  beforeAll(async () => {
    influxd = await startInfluxd(program);
  });
  afterAll(() => influxd[Symbol.asyncDispose]());

  it('catches up after a long outage in bounded batches, while it takes in and judges what comes', async () => {
    await using all = await open(influxd);
    const { service, proxy, client } = all;
    await publish(client, 0, 10);
    await influxd.stop('SIGTERM');
    await publish(client, 10, 3000);
    await expectAlert(all, 1);
    expect(await service.behind('rules')).toBe(0);
    expect(await service.behind('store')).toBeGreaterThan(100_000);
    const beforeMb = residentMb(service);
    // So slow that there is time to look while it catches up.
    proxy.handle(() => wait(150).then(() => undefined));
    await influxd.start();
    await expect
      .poll(() => proxy.writes.filter(({ status }) => status === 204).length, patience)
      .toBeGreaterThan(2);
    const atMs = performance.now();
    await publish(client, 3000, 3010);
    await expectAlert(all, 2);
    expect(performance.now() - atMs, 'live data is taken in and judged meanwhile').toBeLessThan(5000);
    await expectStored(service, proxy, 3010);
    expect(await service.behind('store')).toBe(0);
    expect(residentMb(service) - beforeMb).toBeLessThan(200);
  });

  it('stores every reading once when InfluxDB is killed while it writes, again and again', async () => {
    await using all = await open(influxd);
    const { service, proxy, client } = all;
    let stored = 0;
    for (let kill = 0; kill < 3; kill += 1) {
      const killed: Promise<void>[] = [];
      proxy.handle(() => {
        if (killed.length === 0) killed.push(influxd.stop('SIGKILL'));
        return undefined;
      });
      await publish(client, stored, stored + 200);
      stored += 200;
      await expect.poll(() => killed.length, patience).toBe(1);
      await killed[0];
      await expectAlert(all, kill);
      await influxd.start();
    }
    await expectStored(service, proxy, stored);
  });

  it(`stores every reading when a write takes ${SLOW_MS} ms, and lets nobody wait for it`, async () => {
    await using all = await open(influxd);
    const { service, proxy, client } = all;
    proxy.handle(() => wait(SLOW_MS).then(() => undefined));
    await publish(client, 0, 300);
    await expectAlert(all, 1);
    const waiting =
      300 - proxy.writes.reduce((sum, { lines, status }) => sum + (status ? lines.length : 0), 0);
    expect(waiting, 'they were acknowledged before they were stored').toBeGreaterThan(0);
    await expectStored(service, proxy, 300);
  });

  it('stores every reading once, in order, whatever errors InfluxDB answers, and waits as long as it asks', async () => {
    const seed = process.env.TEST_SEED ?? randomUUID();
    onTestFailed(() => console.error(`the same errors again: TEST_SEED=${seed}`));
    const chance = seededUniform(seed);
    await using all = await open(influxd);
    const { service, proxy, client } = all;
    const faults: Fault[] = [401, 404, 413, 422, 429, 500, 503].map((status) => ({
      status,
      headers: status === 429 ? { 'retry-after': '2' } : {},
    }));
    const order = [...faults, 'hang up' as const]
      .map((fault) => ({ fault, at: chance() }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ fault }) => fault);
    // The buckets are made at the first write, which is refused until they are there.
    await publish(client, 0, 1);
    await expect.poll(() => proxy.writes.some(({ status }) => status === 204), patience).toBe(true);
    let count = 1;
    for (const [n, fault] of order.entries()) {
      const held = Promise.withResolvers<undefined>();
      const first = count;
      const isFirst = (line: string) => line.startsWith('activePowerW,') && line.includes(` value=${first} `);
      let isDue = true;
      // Gathered behind a write that is held, because a single line that is refused is refused for good.
      proxy.handle(async ({ lines }) => {
        if (lines.some(isFirst)) await held.promise;
        if (!isDue || lines.length < BEHIND) return undefined;
        isDue = false;
        return fault;
      });
      await publish(client, count, count + 1);
      await expect.poll(() => proxy.writes.some(({ lines }) => lines.some(isFirst)), patience).toBe(true);
      await publish(client, count + 1, count + 1 + BEHIND);
      count += 1 + BEHIND;
      held.resolve(undefined);
      await expectAlert(all, n);
      await expect.poll(() => isDue, patience).toBe(false);
    }
    await expectStored(service, proxy, count);
    const asked = proxy.writes.findIndex(({ status }) => status === 429);
    const pauseMs = (proxy.writes[asked + 1]?.atMs ?? 0) - (proxy.writes[asked]?.atMs ?? 0);
    expect(pauseMs).toBeGreaterThanOrEqual(1900);
  });

  describe('of a batch with one poisoned line', () => {
    const POISON = 'illuminanceLux';
    /** 40 readings in one packet, one of them poisoned. */
    const packet = JSON.stringify(
      Array.from({ length: 40 }, (_, n) => ({
        time: isoTime(T0 + n * 1000),
        values: n === 17 ? { [POISON]: 666 } : { airTemperatureC: n },
      })),
    );
    const isPoisoned = (line: string) => line.startsWith(POISON);
    const garbled = (line: string) => (isPoisoned(line) ? line.replace('value=666', 'value= 6 66') : line);
    const json = (status: number, code: string, message: string): Fault => ({
      status,
      body: JSON.stringify({ code, message }),
    });

    /** What 1.8.10 itself answers, and as 2.9 answers: 400 and nothing stored, or 422 and the rest stored. */
    const kinds: Record<string, (influxd: Influxd, proxy: FaultProxy, bucket: string) => Promise<void>> = {
      'a type conflict, 1.8.10': async ({ url }, _proxy, bucket) => {
        await fetch(`${url}/query`, {
          method: 'POST',
          body: new URLSearchParams({ q: `CREATE DATABASE "${bucket}"` }),
        });
        const line = `${POISON},device=other value="dark" ${T0}`;
        const answer = await fetch(`${url}/api/v2/write?bucket=${bucket}&org=o&precision=ms`, {
          method: 'POST',
          body: line,
        });
        expect(answer.status).toBe(204);
      },
      'a malformed line, 1.8.10': async (_influxd, proxy) => {
        proxy.handle(async ({ lines }, send) => {
          if (!lines.some(isPoisoned)) return undefined;
          expect(await send(lines.map(garbled))).toBe(400);
          return json(400, 'invalid', "partial write: unable to parse 'illuminanceLux': invalid number");
        });
      },
      'a type conflict, 2.9': async (_influxd, proxy) => {
        proxy.handle(async ({ lines }, send) => {
          if (!lines.some(isPoisoned)) return undefined;
          const sound = lines.filter((line) => !isPoisoned(line));
          if (sound.length > 0) expect(await send(sound)).toBe(204);
          return json(422, 'unprocessable entity', 'partial write: field type conflict: dropped=1');
        });
      },
      'a malformed line, 2.9': async (_influxd, proxy) => {
        proxy.handle(({ lines }) =>
          lines.some(isPoisoned)
            ? json(400, 'invalid', "unable to parse 'illuminanceLux': invalid number")
            : undefined,
        );
      },
    };

    it.each(Object.entries(kinds))('quarantines it alone: %s', async (_, poison) => {
      await using all = await open(influxd);
      const { service, proxy, client } = all;
      await poison(influxd, proxy, `faults${buckets}`);
      await client.publishAsync('kvarter/el-b1/up', packet, { qos: 1 });
      await publish(client, 100, 110);
      const stored = async () => (await storedReadings(service, 'el-b1')).map(({ value }) => value);
      await expect.poll(async () => (await stored()).length, { timeout: 20_000 }).toBe(49);
      expect(await stored()).not.toContain(666);
      const { rows } = await service.get<{ rows: { code: string; device: string; text: string }[] }>(
        '/api/v1/quarantine',
      );
      expect(rows).toMatchObject([{ code: 'refused-by-store', device: 'el-b1' }]);
    });
  });
});

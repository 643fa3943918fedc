import { execFile } from 'node:child_process';
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, test } from 'vitest';
import { startInfluxd } from '../support/influxd.ts';
import { describeWith } from '../support/servers.ts';
import { devices, openService } from '../support/service.ts';
import { openTempDir } from '../support/temp-dir.ts';

const run = promisify(execFile);
const power = (time: string, watt: number) => JSON.stringify({ time, values: { activePowerW: watt } });
const recent = (minutesAgo: number) => new Date(Date.now() - minutesAgo * 60_000).toISOString();

/** Each store that the service can run on: its settings, and what has to run for it. */
type Backend = { readonly environment: Record<string, string> } & AsyncDisposable;
const duckdb = async (): Promise<Backend> => ({
  environment: {},
  [Symbol.asyncDispose]: async () => undefined,
});
const influxdb = (program: string) => async (): Promise<Backend> => {
  const server = await startInfluxd(program);
  return {
    environment: {
      KVARTER_STORE__KIND: 'influxdb',
      KVARTER_STORE__INFLUXDB__URL: server.url,
      KVARTER_STORE__INFLUXDB__TOKEN: 'user:password',
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
};

function suite(openBackend: () => Promise<Backend>): void {
  it('stores what is published over MQTT, once, and gives it back', async () => {
    await using dir = await openTempDir();
    await using backend = await openBackend();
    await using service = await openService(dir.path, backend.environment);
    for (const time of ['2026-01-15T07:00:00Z', '2026-01-15T07:05:00Z', '2026-01-15T07:05:00Z']) {
      await service.publish('kvarter/el-b1/up', power(time, 1200));
    }
    await service.app.settled();
    const { readings } = await service.get('/api/v1/readings?device=el-b1&quantity=activePowerW');
    expect(readings).toEqual([
      { device: 'el-b1', quantity: 'activePowerW', at: '2026-01-15T07:00:00.000Z', value: 1200 },
      { device: 'el-b1', quantity: 'activePowerW', at: '2026-01-15T07:05:00.000Z', value: 1200 },
    ]);
  });

  it('aggregates the load of an area, with missing as null', async () => {
    await using dir = await openTempDir();
    await using backend = await openBackend();
    await using service = await openService(dir.path, backend.environment);
    const element = (minute: number, watt: number) =>
      JSON.parse(power(`2026-01-15T07:${minute < 10 ? '0' : ''}${minute}:00Z`, watt));
    const hour = (watt: number) =>
      JSON.stringify(Array.from({ length: 13 }, (_, i) => element(i * 5 - (i === 12 ? 1 : 0), watt)));
    await service.publish('kvarter/el-b1/up', hour(4000));
    await service.publish('kvarter/el-b2/up', hour(8000));
    await service.app.settled();
    const { intervals } = await service.get(
      '/api/v1/load?scope=area:norrliden&from=2026-01-15T06:00:00Z&to=2026-01-15T08:00:00Z&resolution=PT1H',
    );
    expect(intervals).toEqual([
      {
        from: '2026-01-15T06:00:00.000Z',
        to: '2026-01-15T07:00:00.000Z',
        powerKw: null,
        energyKwh: null,
        coverage: 0,
        meters: 0,
      },
      {
        from: '2026-01-15T07:00:00.000Z',
        to: '2026-01-15T08:00:00.000Z',
        powerKw: 12,
        energyKwh: 12,
        coverage: 1,
        meters: 2,
      },
    ]);
  });

  describeWith('mosquitto_pub', 'a ChirpStack uplink by mosquitto_pub', (program) => {
    it('is in the API within two seconds', async () => {
      await using dir = await openTempDir();
      await using backend = await openBackend();
      await using service = await openService(dir.path, backend.environment);
      const uplink = {
        deduplicationId: '3ac7e3c4-4401-4b8d-9386-a5c902f9202d',
        time: recent(0),
        deviceInfo: { devEui: '0101010101010101', applicationId: 'a', deviceName: 'Test device' },
        fPort: 1,
        data: Buffer.from('0100E202290400270506', 'hex').toString('base64'),
      };
      const topic = 'application/17c82e96-be03-4f38-aef3-f83d48582d97/device/0101010101010101/event/up';
      await run(program, [
        '-p',
        String(service.app.mqttPort),
        '-q',
        '1',
        '-t',
        topic,
        '-m',
        JSON.stringify(uplink),
      ]);
      const until = Date.now() + 2000;
      let found: { quantity: string; value: number }[] = [];
      while (Date.now() < until && found.length < 4) {
        found = (await service.get('/api/v1/readings?device=0101010101010101')).readings;
      }
      expect(Object.fromEntries(found.map(({ quantity, value }) => [quantity, value]))).toEqual({
        airTemperatureC: 22.6,
        relativeHumidityPct: 41,
        illuminanceLux: 39,
        motionCount: 6,
      });
    });
  });
}

describe('on DuckDB, the service', () => suite(duckdb));
describeWith('influxd', 'on InfluxDB, the service', (program) => {
  suite(influxdb(program));

  it('takes in and tells alerts while the store is away, and stores when it is back', async () => {
    await using dir = await openTempDir();
    const away = { KVARTER_STORE__KIND: 'influxdb', KVARTER_STORE__INFLUXDB__TOKEN: 'user:password' };
    {
      await using service = await openService(dir.path, {
        ...away,
        KVARTER_STORE__INFLUXDB__URL: 'http://127.0.0.1:9',
      });
      await service.publish('kvarter/el-b1/up', power(recent(5), 1200));
      await expect
        .poll(() => service.get('/health'))
        .toMatchObject({ status: 'degraded', parts: { rules: { ok: true } } });
    }
    await using backend = await influxdb(program)();
    await using service = await openService(dir.path, backend.environment);
    await service.app.settled();
    expect((await service.get('/api/v1/readings?device=el-b1')).readings).toHaveLength(1);
  });
});

test('the running quarter-hour knows no more than has been', async () => {
  await using dir = await openTempDir();
  const clock = () => Date.parse('2026-01-15T07:05:00Z');
  await using service = await openService(dir.path, {}, { clock });
  for (const minute of ['00', '04'])
    await service.publish('kvarter/el-b1/up', power(`2026-01-15T07:${minute}:00Z`, 12_000));
  await service.app.settled();
  const { intervals } = await service.get(
    '/api/v1/load?scope=building:b1&from=2026-01-15T07:00:00Z&resolution=PT15M',
  );
  expect(intervals).toMatchObject([{ powerKw: 12, energyKwh: 1, coverage: 0.333333 }]);
});

describe('bad input', () => {
  it('is quarantined and counted, and disturbs neither its neighbours nor its sender', async () => {
    await using dir = await openTempDir();
    await using service = await openService(dir.path);
    const future = new Date(Date.now() + 3_600_000).toISOString();
    const mixed = JSON.stringify([
      { time: recent(3), values: { activePowerW: 'much' } },
      { time: recent(2), values: { activePowerW: 1, noSuchThing: 2 } },
      { time: recent(1), values: { activePowerW: 9e99 } },
      { time: future, values: { activePowerW: 3 } },
    ]);
    for (const [topic, payload] of [
      ['kvarter/el-b1/up', '{"values":'],
      ['kvarter/nobody/up', power(recent(1), 1)],
      ['some/other/topic', '\u0000\u0001'],
      ['kvarter/el-b1/up', mixed],
    ] as const) {
      await service.publish(topic, payload);
    }
    await service.app.settled();
    expect((await service.get('/api/v1/readings')).readings.map(({ value }) => value)).toEqual([1]);
    const metrics = await (await fetch(`http://127.0.0.1:${service.app.httpPort}/metrics`)).text();
    for (const code of [
      'malformed-payload',
      'unknown-device',
      'unknown-topic',
      'impossible-value',
      'unknown-quantity',
      'future-time',
    ]) {
      expect(metrics).toMatch(new RegExp(`kvarter_rejected_total\\{code="${code}"\\} [1-9]`));
    }
  });

  it.each([
    ['/api/v1/readings?from=yesterday', 400, /from/],
    ['/api/v1/readings?quantity=heat', 400, /quantity/],
    ['/api/v1/readings?limit=0', 400, /limit/],
    ['/api/v1/readings?next=x', 400, /next/],
    ['/api/v1/readings?devise=a', 400, /devise/],
    ['/api/v1/load?scope=building:b9', 404, /b9/],
    ['/api/v1/bill?scope=building:b9', 404, /b9/],
    ['/api/v1/load?scope=b1', 400, /building:ID/],
    ['/api/v1/peaks?scope=area:nowhere', 404, /nowhere/],
    ['/api/v1/load?scope=building:b1&from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z', 400, /before/],
    ['/api/v1/alerts?state=open', 400, /state/],
    ['/api/v2/readings', 404, /docs/],
  ])('of %s is told as problem details', async (path, status, detail) => {
    await using dir = await openTempDir();
    await using service = await openService(dir.path);
    const answer = await fetch(`http://127.0.0.1:${service.app.httpPort}${path}`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      status,
      expect.stringContaining('application/problem+json'),
    ]);
    expect(((await answer.json()) as { detail: string }).detail).toMatch(detail);
  });
});

test('the register is read again when it changes; a wrong one is refused and the old one stays', async () => {
  await using dir = await openTempDir();
  await using service = await openService(dir.path);
  const csv = join(dir.path, 'devices.csv');
  const publish = (device: string) => service.publish(`kvarter/${device}/up`, power(recent(0), 5));
  const known = async (device: string) => {
    await publish(device);
    await service.app.settled();
    return (await service.get(`/api/v1/readings?device=${device}`)).readings.length > 0;
  };
  expect(await known('new-1')).toBe(false);
  await appendFile(csv, 'new-1,kvarter,b1,,submeter\n');
  await expect.poll(() => known('new-1'), { timeout: 10_000 }).toBe(true);
  await writeFile(csv, `${devices}new-2,kvarter,no-such-building,,submeter\n`);
  await expect.poll(() => known('new-2'), { timeout: 2500 }).toBe(false);
  expect(await known('new-1')).toBe(true);
});

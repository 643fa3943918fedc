import { afterAll, beforeAll, expect, it } from 'vitest';
import { isoTime } from '../../src/domain/time.ts';
import { type Fault, openFaultProxy } from '../support/fault-proxy.ts';
import { type Influxd, startInfluxd } from '../support/influxd.ts';
import { describeWith } from '../support/servers.ts';
import { openService } from '../support/service.ts';
import { openTempDir } from '../support/temp-dir.ts';

const T0 = Date.UTC(2026, 0, 15);
const READINGS = 60;

describeWith('influxd', 'while InfluxDB misbehaves, the service', (program) => {
  let influxd: Influxd;
  beforeAll(async () => {
    influxd = await startInfluxd(program);
  });
  afterAll(() => influxd[Symbol.asyncDispose]());

  const again = (status: number, headers: Record<string, string> = {}): Fault[] =>
    Array.from({ length: 2 }, () => ({ status, headers }));
  const cases: [says: string, faults: Fault[]][] = [
    ['answers 401', again(401)],
    ['answers 403', again(403)],
    ['answers 404', again(404)],
    ['answers 413', again(413)],
    ['answers 429 and asks to wait', again(429, { 'retry-after': '1' })],
    ['answers 500', again(500)],
    ['answers 503', again(503)],
    ['answers 400 with a page of a proxy', [{ status: 400, body: '<html>no</html>' }]],
    ['hangs up', ['hang up', 'hang up']],
    ['says nothing', ['silence']],
  ];

  it.each(cases)('stores every reading once when it %s', async (says, faults) => {
    await using dir = await openTempDir();
    await using proxy = await openFaultProxy(influxd.url);
    const bucket = `b${says.replaceAll(/\W/g, '')}`;
    const environment = {
      KVARTER_STORE__KIND: 'influxdb',
      KVARTER_STORE__INFLUXDB__URL: proxy.url,
      KVARTER_STORE__INFLUXDB__TOKEN: 'user:password',
      KVARTER_STORE__INFLUXDB__BUCKET: bucket,
      KVARTER_STORE__INFLUXDB__TIMEOUTMS: '500',
      // kvarter makes the bucket, and the readings are of another season.
      KVARTER_STORE__INFLUXDB__READINGSKEEPDAYS: '0',
      KVARTER_STORE__INFLUXDB__INTERVALSKEEPDAYS: '0',
    };
    await using service = await openService(dir.path, environment);
    const publish = (number: number) =>
      service.publish(
        'kvarter/el-b1/up',
        JSON.stringify({ time: isoTime(T0 + number * 1000), values: { activePowerW: number } }),
      );
    await publish(0);
    await service.app.settled();
    proxy.inject(...faults);
    for (let number = 1; number < READINGS; number += 1) await publish(number);
    await service.app.settled();
    expect(proxy.left(), 'the faults have happened').toBe(0);
    const { readings } = await service.get('/api/v1/readings?device=el-b1&limit=1000');
    expect(readings.map(({ value }) => value)).toEqual(Array.from({ length: READINGS }, (_, n) => n));
    expect((await service.get<{ parts: object }>('/health')).parts).toMatchObject({ store: { ok: true } });
    const metrics = await (await fetch(`http://127.0.0.1:${service.app.httpPort}/metrics`)).text();
    expect(metrics).not.toMatch(/kvarter_rejected_total\{/);
    expect(metrics).toMatch(/kvarter_reader_behind_bytes\{reader="store"\} 0\n/);
  });
});

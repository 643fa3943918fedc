import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { post } from '../support/http.ts';
import { openService, type Service } from '../support/service.ts';
import { openTempDir } from '../support/temp-dir.ts';

const HEADER = 'time,device,quantity,value\n';
const at = (minute: number) => new Date(Date.UTC(2026, 0, 15, 7, minute)).toISOString();
const row = (minute: number, watt: number, device = 'el-b1') =>
  `${at(minute)},${device},activePowerW,${watt}\n`;
const csv = { 'content-type': 'text/csv; charset=utf-8' };
const ndjson = { 'content-type': 'application/x-ndjson' };
const send = (service: Service, body: string | Buffer, headers: Record<string, string> = csv) =>
  post(service, '/api/v1/import', body, headers);
const stored = async (service: Service) => {
  await service.app.settled();
  return (await service.get('/api/v1/readings?from=2026-01-01T00:00:00Z')).readings;
};
/** What is sent next is the only thing in the store: nothing of what was refused lies before it in the journal. */
const expectOnlyNext = async (service: Service) => {
  await service.publish('kvarter/el-b2/up', JSON.stringify({ time: at(59), values: { activePowerW: 9 } }));
  expect(await stored(service)).toEqual([
    { device: 'el-b2', quantity: 'activePowerW', at: at(59), value: 9 },
  ]);
};
const load = (service: Service) =>
  service.get(
    '/api/v1/load?scope=building:b1&from=2026-01-15T07:00:00Z&to=2026-01-15T08:00:00Z&resolution=PT15M',
  );

describe('POST /api/v1/import', () => {
  it('stores CSV through the journal, once however often it is sent', async () => {
    await using dir = await openTempDir();
    await using service = await openService(dir.path);
    const body = HEADER + row(0, 1000) + row(5, 2000) + row(0, 3000, 'el-b2');
    for (let i = 0; i < 2; i += 1) {
      expect(await send(service, body)).toEqual({ status: 200, answer: { packets: 2, readings: 3 } });
    }
    expect(await stored(service)).toEqual([
      { device: 'el-b1', quantity: 'activePowerW', at: at(0), value: 1000 },
      { device: 'el-b2', quantity: 'activePowerW', at: at(0), value: 3000 },
      { device: 'el-b1', quantity: 'activePowerW', at: at(5), value: 2000 },
    ]);
  });

  it('recomputes the intervals that late data changes', async () => {
    await using dir = await openTempDir();
    await using service = await openService(dir.path);
    for (const minute of [0, 15, 30, 45, 60]) {
      await service.publish(
        'kvarter/el-b1/up',
        JSON.stringify({ time: at(minute), values: { activePowerW: 1000 } }),
      );
    }
    await service.app.settled();
    expect((await load(service)).intervals.map(({ powerKw }) => powerKw)).toEqual([1, 1, 1, 1]);
    await send(service, HEADER + row(20, 4000) + row(25, 1000));
    await service.app.settled();
    expect((await load(service)).intervals.map(({ powerKw }) => powerKw)).toEqual([1, 2, 1, 1]);
  });

  it('takes raw packets as they are, undated readings as of their arrival', async () => {
    await using dir = await openTempDir();
    await using service = await openService(dir.path);
    const packet = {
      topic: 'kvarter/el-b1/up',
      payload: '{"values":{"activePowerW":700}}',
      receivedAt: at(3),
    };
    expect(await send(service, `${JSON.stringify(packet)}\n`, ndjson)).toEqual({
      status: 200,
      answer: { packets: 1 },
    });
    expect(await stored(service)).toEqual([
      { device: 'el-b1', quantity: 'activePowerW', at: at(3), value: 700 },
    ]);
  });

  it('takes nothing of a body with a wrong line, and names the line', async () => {
    await using dir = await openTempDir();
    await using service = await openService(dir.path);
    const { status, answer } = await send(service, `${HEADER}${row(0, 1)}${row(1, 2)}nonsense\n`);
    expect(status).toBe(400);
    expect(answer).toMatchObject({
      detail: expect.stringContaining('Nothing was imported: line 4:'),
      problems: [{ path: 'line 4', message: expect.stringContaining('time "nonsense"') }],
    });
    await expectOnlyNext(service);
  });

  it('unpacks gzip', async () => {
    await using dir = await openTempDir();
    await using service = await openService(dir.path);
    const { status } = await send(service, gzipSync(HEADER + row(0, 1)), {
      ...csv,
      'content-encoding': 'gzip',
    });
    expect(status).toBe(200);
    expect(await stored(service)).toHaveLength(1);
  });

  it('refuses what it cannot take, as problem details', async () => {
    await using dir = await openTempDir();
    await using service = await openService(dir.path, { KVARTER_HTTP__IMPORTMAXMB: '2' });
    const large = Buffer.alloc(2 * 1024 * 1024 + 1, 'x');
    const gzip = { ...csv, 'content-encoding': 'gzip' };
    expect(await send(service, large)).toMatchObject({
      status: 413,
      answer: { title: 'Content too large', detail: expect.stringContaining('http.importMaxMb') },
    });
    // Small on the way, large when unpacked.
    expect(await send(service, gzipSync(large), gzip)).toMatchObject({ status: 413 });
    expect(await send(service, 'no gzip', gzip)).toMatchObject({ status: 400 });
    expect(await send(service, '{}', { 'content-type': 'application/json' })).toMatchObject({ status: 415 });
    await expectOnlyNext(service);
  });
});

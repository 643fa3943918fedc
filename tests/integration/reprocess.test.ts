import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { reprocess } from '../../src/commands/reprocess.ts';
import { call } from '../support/command.ts';
import { post } from '../support/http.ts';
import { openService, type Service } from '../support/service.ts';
import { openTempDir } from '../support/temp-dir.ts';

const T0 = Date.UTC(2026, 0, 15, 7);
const at = (minute: number) => new Date(T0 + minute * 60_000).toISOString();
const power = (minute: number, watt: number) =>
  JSON.stringify({ time: at(minute), values: { activePowerW: watt } });
const values = async (service: Service, device: string) =>
  (await service.get(`/api/v1/readings?device=${device}`)).readings.map(({ value }) => value);
const load = async (service: Service) => {
  const { intervals } = await service.get(
    '/api/v1/load?scope=building:b1&from=2026-01-15T07:00:00Z&to=2026-01-15T08:00:00Z&resolution=PT15M',
  );
  return intervals.map(({ powerKw }) => powerKw);
};
/** The current transformer's ratio was forgotten: what the meter says is to be multiplied. */
const mended = `device,model,building,space,role,ratio
el-b1,kvarter,b1,,electricityMain,10
el-b2,kvarter,b2,,electricityMain,10
`;

it('writes readings and intervals again as the register has them now, beside what comes, and tells no alert', async () => {
  await using dir = await openTempDir();
  {
    await using service = await openService(dir.path);
    for (const minute of [0, 15, 30, 45, 60]) {
      await service.publish('kvarter/el-b1/up', power(minute, 1000));
      await service.publish('kvarter/el-b2/up', power(minute, 1000));
    }
    await service.app.settled();
    expect(await load(service)).toEqual([1, 1, 1, 1]);
  }
  await writeFile(join(dir.path, 'devices.csv'), mended);
  const told: unknown[] = [];
  await using service = await openService(dir.path, {}, { onAlert: (change) => told.push(change) });
  // The rules and the rollup know the hour as it was.
  await service.publish('kvarter/el-b1/up', power(61, 200));
  await service.app.settled();
  for (let i = 0; i < 2; i += 1) {
    const { code, printed } = await call(service, reprocess, [], {
      from: at(0),
      device: 'el-b1',
      json: true,
    });
    expect(code).toBe(0);
    expect(JSON.parse(printed.trim().split('\n').at(-1) ?? '')).toEqual({
      share: 1,
      packets: 11,
      readings: 6,
      rejects: 0,
      done: true,
    });
    expect(await values(service, 'el-b1')).toEqual([10_000, 10_000, 10_000, 10_000, 10_000, 2000]);
    expect(await values(service, 'el-b2')).toEqual([1000, 1000, 1000, 1000, 1000]);
    expect(await load(service)).toEqual([10, 10, 10, 10]);
  }
  // What comes later and late is reckoned with the mended readings.
  await service.publish('kvarter/el-b1/up', power(50, 4000));
  await service.app.settled();
  const [, , , last] = await load(service);
  expect(last).toBeCloseTo((5 * 10 + 10 * 40) / 15);
  expect(told).toEqual([]);
});

it('leaves out what came before', async () => {
  await using dir = await openTempDir();
  await using service = await openService(dir.path);
  const line = { topic: 'kvarter/el-b1/up', payload: power(0, 1), receivedAt: at(1) };
  const ndjson = { 'content-type': 'application/x-ndjson' };
  await post(service, '/api/v1/import', JSON.stringify(line), ndjson);
  await service.publish('kvarter/el-b1/up', power(2, 1));
  await service.app.settled();
  const { printed } = await call(service, reprocess, [], { from: at(2), json: true });
  expect(JSON.parse(printed)).toMatchObject({ packets: 1, readings: 1 });
});

it('refuses what cannot be', async () => {
  await using dir = await openTempDir();
  await using service = await openService(dir.path);
  expect(await service.get('/api/v1/reprocess')).toMatchObject({ status: 404 });
  const send = (body: object) => post(service, '/api/v1/reprocess', body);
  expect(await send({ from: 'yesterday' })).toMatchObject({ status: 400 });
  expect(await send({ from: at(0), device: 'nobody' })).toMatchObject({ status: 404 });
  // The first has only begun when the second comes.
  await service.publish('kvarter/el-b1/up', power(0, 1));
  const [first, second] = await Promise.all([send({ from: at(0) }), send({ from: at(0) })]);
  expect([first.status, second.status].toSorted()).toEqual([202, 409]);
  await expect(call(service, reprocess, [], {})).rejects.toMatchObject({ code: 'usage' });
});

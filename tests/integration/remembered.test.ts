import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeSparkplug } from '../../src/decode/sparkplug-payload.ts';
import { openService, type Service } from '../support/service.ts';
import { openTempDir } from '../support/temp-dir.ts';

const DOUBLE = 10;
const birth = (at: number) =>
  writeSparkplug([{ name: 'Power', alias: 1, datatype: DOUBLE, value: 1000 }], { atMs: at, seq: 0 });
const data = (at: number, seq: number, value: number) =>
  writeSparkplug([{ alias: 1, datatype: DOUBLE, value }], { atMs: at, seq });

async function publish(service: Service, type: string, payload: Uint8Array): Promise<void> {
  const client = await service.connect();
  await client.publishAsync(`spBv1.0/houses/${type}/gw`, Buffer.from(payload), { qos: 1 });
}
const powers = async (service: Service) => {
  await service.app.settled();
  const { readings } = await service.get('/api/v1/readings?device=houses/gw&quantity=activePowerW');
  return readings.map(({ value }) => value);
};

it('what a birth has named is known after a restart, and when the journal is decoded again', async () => {
  await using dir = await openTempDir();
  const now = Date.now() - 60_000;
  {
    await using first = await openService(dir.path);
    await first.app.settled();
  }
  await appendFile(join(dir.path, 'devices.csv'), 'houses/gw,sparkplug,b1,,submeter\n');
  {
    await using service = await openService(dir.path);
    await publish(service, 'NBIRTH', birth(now));
    expect(await powers(service)).toEqual([1000]);
  }
  await using service = await openService(dir.path);
  await publish(service, 'NDATA', data(now + 1000, 1, 1100));
  expect(await powers(service)).toEqual([1000, 1100]);

  // Only what came since the birth is asked for; its names are needed all the same.
  const from = new Date(Date.now() - 3_600_000).toISOString();
  const url = `http://127.0.0.1:${service.app.httpPort}/api/v1/reprocess`;
  const body = JSON.stringify({ from });
  const started = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  expect(started.status).toBe(202);
  await expect
    .poll(async () => (await service.get<{ state: string }>('/api/v1/reprocess')).state)
    .toBe('done');
  expect(await service.get('/api/v1/reprocess')).toMatchObject({ rejects: 0 });
});

it('a node whose birth is not known is asked to be born again', async () => {
  await using dir = await openTempDir();
  await using service = await openService(dir.path);
  const node = await service.connect();
  await node.subscribeAsync('spBv1.0/houses/NCMD/gw');
  const asked = Promise.withResolvers<Buffer>();
  node.on('message', (_topic, payload) => asked.resolve(payload));
  await publish(service, 'NDATA', data(Date.now(), 7, 1000));
  expect((await asked.promise).toString('latin1')).toContain('Node Control/Rebirth');
});

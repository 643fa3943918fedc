import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { post } from '../support/http.ts';
import { openService } from '../support/service.ts';
import { openTempDir } from '../support/temp-dir.ts';

type Row = {
  id: number;
  code: string;
  device?: string;
  payload?: string;
  payloadHex: string;
  receivedAt: string;
};
type Page = { rows: Row[]; next?: string };
const undated = '{"values":{"activePowerW":700}}';

describe('/api/v1/quarantine', () => {
  it('shows rejects with their reason and bytes, a page at a time', async () => {
    await using dir = await openTempDir();
    await using service = await openService(dir.path);
    await service.publish('kvarter/nobody/up', undated);
    await service.publish('kvarter/el-b1/up', '{');
    await service.publish('no/such/topic', 'x');
    await service.app.settled();
    const first = await service.get<Page>('/api/v1/quarantine?limit=2');
    const second = await service.get<Page>(`/api/v1/quarantine?limit=2&next=${first.next}`);
    expect([...first.rows, ...second.rows].map(({ code }) => code)).toEqual([
      'unknown-device',
      'malformed-payload',
      'unknown-topic',
    ]);
    expect(second.next).toBeUndefined();
    expect(await service.get('/api/v1/quarantine?code=unknown-device&device=nobody')).toMatchObject({
      rows: [{ device: 'nobody', payload: undated, payloadHex: Buffer.from(undated).toString('hex') }],
    });
    expect(await service.get('/api/v1/quarantine/counts')).toMatchObject({
      rows: 3,
      forgotten: 0,
      codes: [
        { code: 'malformed-payload', rows: 1 },
        { code: 'unknown-device', rows: 1 },
        { code: 'unknown-topic', rows: 1 },
      ],
    });
    expect(await service.get(`/api/v1/quarantine/${first.rows[0]!.id}`)).toEqual(first.rows[0]);
    expect(await service.get('/api/v1/quarantine/999')).toMatchObject({ status: 404 });
    expect(await service.get('/api/v1/quarantine?code=nonsense')).toMatchObject({ status: 400 });
  });

  it('gives bytes that are no text as hex alone', async () => {
    await using dir = await openTempDir();
    await using service = await openService(dir.path);
    const line = JSON.stringify({ topic: 'kvarter/el-b1/up', payloadBase64: 'AP8=' });
    await post(service, '/api/v1/import', line, { 'content-type': 'application/x-ndjson' });
    await service.app.settled();
    const { rows } = await service.get<Page>('/api/v1/quarantine');
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ payloadHex: '00ff' });
    expect(rows[0]).not.toHaveProperty('payload');
  });

  it('gives the readings once the device is in the register, at the time they came', async () => {
    await using dir = await openTempDir();
    let receivedAt: string;
    {
      await using service = await openService(dir.path);
      await service.publish('kvarter/el-new/up', undated);
      await service.app.settled();
      const replayed = await post(service, '/api/v1/quarantine/replay', { device: 'el-new' });
      expect(replayed).toEqual({ status: 200, answer: { packets: 1, rows: 1 } });
      await service.app.settled();
      const { rows } = await service.get<Page>('/api/v1/quarantine');
      // Rejected again: a new row with the time of the first.
      expect(rows).toMatchObject([{ id: 2, code: 'unknown-device' }]);
      receivedAt = rows[0]!.receivedAt;
    }
    await appendFile(join(dir.path, 'devices.csv'), 'el-new,kvarter,b1,,submeter\n');
    await using service = await openService(dir.path);
    for (let i = 0; i < 2; i += 1)
      await post(service, '/api/v1/quarantine/replay', { code: 'unknown-device' });
    await service.app.settled();
    expect((await service.get('/api/v1/readings?device=el-new')).readings).toEqual([
      { device: 'el-new', quantity: 'activePowerW', at: receivedAt, value: 700 },
    ]);
    expect(await service.get<Page>('/api/v1/quarantine')).toEqual({ rows: [] });
  });

  it('discards what is selected, and never everything by mistake', async () => {
    await using dir = await openTempDir();
    await using service = await openService(dir.path);
    for (const device of ['x', 'y', 'z']) await service.publish(`kvarter/${device}/up`, undated);
    await service.app.settled();
    const discard = (body: object) => post(service, '/api/v1/quarantine/discard', body);
    expect(await discard({})).toMatchObject({ status: 400 });
    expect(await discard({ devise: 'x' })).toMatchObject({ status: 400 });
    expect(await discard({ device: 'x' })).toEqual({ status: 200, answer: { rows: 1 } });
    expect(await discard({ ids: [2] })).toEqual({ status: 200, answer: { rows: 1 } });
    expect(await discard({ all: true })).toEqual({ status: 200, answer: { rows: 1 } });
    expect(await service.get('/api/v1/quarantine/counts')).toMatchObject({ rows: 0, codes: [] });
  });
});

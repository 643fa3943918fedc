import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openService, type Service } from '../support/service.ts';
import { openTempDir } from '../support/temp-dir.ts';

const AT_ONCE = { KVARTER_ALERTS__SERVICE__STOREMINUTES: '0', KVARTER_ALERTS__SERVICE__CLEARSECONDS: '0' };
const STORE_AWAY = {
  KVARTER_STORE__KIND: 'influxdb',
  KVARTER_STORE__INFLUXDB__URL: 'http://127.0.0.1:9',
  KVARTER_STORE__INFLUXDB__TOKEN: 'token',
};
type Told = { id: string; subject: string; state: string; title: string; detail: string };

const told = async (service: Service, state: string): Promise<Told[]> =>
  (await service.get<{ alerts: Told[] }>(`/api/v1/alerts?rule=service&state=${state}`)).alerts;

test('a store that is away is told to the operator, retained on MQTT, once over a restart; no replay has it', async () => {
  await using dir = await openTempDir();
  const ids: string[] = [];
  // Until it has tried, kvarter does not know after a restart whether the store is back.
  const patient = { ...AT_ONCE, KVARTER_ALERTS__SERVICE__CLEARSECONDS: '3' };
  for (let start = 0; start < 2; start += 1) {
    await using service = await openService(dir.path, { ...patient, ...STORE_AWAY });
    await service.publish('kvarter/el-b1/up', '{"values":{"activePowerW":1}}');
    const [alert] = await expect
      .poll(() => told(service, 'firing'), { timeout: 10_000 })
      .toHaveLength(1)
      .then(() => told(service, 'firing'));
    expect(alert).toMatchObject({ subject: 'store', detail: expect.stringContaining('127.0.0.1:9') });
    expect(alert).not.toHaveProperty('building');
    const retained = new Promise<string>((resolve) => {
      void service.connect().then((client) => {
        client.on('message', (topic) => resolve(topic));
        return client.subscribeAsync('kvarter/alerts/service/+', { qos: 1 });
      });
    });
    expect(await retained).toBe(`kvarter/alerts/service/${alert?.id}`);
    ids.push(alert?.id ?? '');
  }
  expect(ids[1]).toBe(ids[0]);
  await using service = await openService(dir.path, patient);
  await expect.poll(() => told(service, 'resolved'), { timeout: 10_000 }).toMatchObject([{ id: ids[0] }]);
});

test('a register that became wrong is told, and that it is right again', async () => {
  await using dir = await openTempDir();
  await using service = await openService(dir.path, AT_ONCE);
  const csv = join(dir.path, 'devices.csv');
  const right = await readFile(csv, 'utf8');
  await appendFile(csv, 'new,kvarter,no-such-building,,submeter\n');
  await expect
    .poll(() => told(service, 'firing'), { timeout: 10_000 })
    .toMatchObject([{ subject: 'register', detail: expect.stringContaining('no-such-building') }]);
  await writeFile(csv, right);
  await expect
    .poll(() => told(service, 'resolved'), { timeout: 10_000 })
    .toMatchObject([{ subject: 'register' }]);
});

test('a rule file that became wrong is told as that, with its line, while the rules before it go on', async () => {
  await using dir = await openTempDir();
  const file = join(dir.path, 'rules.yaml');
  await writeFile(file, 'rules:\n  - type: stale\n');
  await using service = await openService(dir.path, { ...AT_ONCE, KVARTER_RULES: file });
  await writeFile(file, 'rules:\n  - type: stale\n    for: 5 parsecs\n');
  await expect
    .poll(() => told(service, 'firing'), { timeout: 10_000 })
    .toMatchObject([
      {
        subject: 'rule file',
        title: 'The rule file is wrong and the rules before it are used',
        detail: expect.stringContaining('rules.yaml:3:10'),
      },
    ]);
});

test('a quarantine that is nearly full is told with what to do', async () => {
  await using dir = await openTempDir();
  await using service = await openService(dir.path, { ...AT_ONCE, KVARTER_INGEST__QUARANTINEROWS: '5' });
  for (let n = 0; n < 4; n += 1)
    await service.publish(`kvarter/nobody-${n}/up`, '{"values":{"activePowerW":1}}');
  await expect
    .poll(() => told(service, 'firing'), { timeout: 10_000 })
    .toMatchObject([
      {
        subject: 'quarantine',
        detail: expect.stringMatching(/4 of 5 rows .* replay/),
        evidence: { values: { rows: 4 }, expected: { maxRows: 5 } },
      },
    ]);
});

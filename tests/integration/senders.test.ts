import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deviceCredentials } from '../../src/commands/device-credentials.ts';
import { call } from '../support/command.ts';
import { type CredentialSeed, credentialsCsv, credentialsOf, loginOf } from '../support/credentials.ts';
import { post } from '../support/http.ts';
import { openService, type Service } from '../support/service.ts';
import { openTempDir } from '../support/temp-dir.ts';

const up = (time: string, activePowerW: number) => JSON.stringify({ time, values: { activePowerW } });
const seeds: Record<string, CredentialSeed> = {
  'el-b1': {},
  house: { kind: 'gateway', publish: ['kvarter/+/up'], devices: ['el-b1', 'bin*'] },
};
const patience = { timeout: 20_000, interval: 50 };

async function write(file: string, changed: Record<string, CredentialSeed>): Promise<void> {
  await writeFile(`${file}.new`, credentialsCsv(await credentialsOf(changed)));
  await rename(`${file}.new`, file);
}

async function openWith(dir: string, login: string): Promise<{ service: Service; file: string }> {
  const file = join(dir, 'credentials.csv');
  await write(file, seeds);
  const service = await openService(
    dir,
    { KVARTER_MQTT__CREDENTIALSFILE: file },
    {},
    { ...loginOf(login), reconnectPeriod: 20 },
  );
  return { service, file };
}

const valuesOf = async (service: Service, device: string) =>
  (await service.get(`/api/v1/readings?device=${device}`)).readings.map(({ value }) => value);
type Rejects = { rows: { code: string; device?: string; sender?: string; detail: string }[] };
const rejects = async (service: Service) => (await service.get<Rejects>('/api/v1/quarantine')).rows;

describe('what a sender says of devices that are not its own', () => {
  it('is rejected and kept, and its neighbours are stored', async () => {
    await using dir = await openTempDir();
    const { service, file } = await openWith(dir.path, 'house');
    await using _service = service;
    await service.publish('kvarter/el-b1/up', up('2026-01-15T07:00:00Z', 1));
    await service.publish('kvarter/el-b2/up', up('2026-01-15T07:00:00Z', 2));
    await service.publish('kvarter/el-b1/up', up('2026-01-15T07:01:00Z', 3));
    await service.app.settled();
    expect(await valuesOf(service, 'el-b1')).toEqual([1, 3]);
    expect(await valuesOf(service, 'el-b2')).toEqual([]);
    expect(await rejects(service)).toMatchObject([
      {
        code: 'foreign-device',
        device: 'el-b2',
        sender: 'house',
        detail: expect.stringMatching(/house may not/),
      },
    ]);

    // Taken in again it is still the same sender's word.
    await post(service, '/api/v1/quarantine/replay', { all: true });
    await service.app.settled();
    expect(await valuesOf(service, 'el-b2')).toEqual([]);
    expect(await rejects(service)).toHaveLength(1);

    // Once the gateway carries the device, it is a reading.
    await write(file, { ...seeds, house: { ...seeds.house, devices: ['*'] } });
    await expect
      .poll(async () => {
        await post(service, '/api/v1/quarantine/replay', { code: 'foreign-device' });
        await service.app.settled();
        return valuesOf(service, 'el-b2');
      }, patience)
      .toEqual([2]);
    expect(await rejects(service)).toEqual([]);
    expect(await (await fetch(`http://127.0.0.1:${service.app.httpPort}/metrics`)).text()).toMatch(
      /kvarter_mqtt_logins_total\{result="accepted"\} [1-9]/,
    );
  });

  it('counts when it is of itself, also after its credential is gone', async () => {
    await using dir = await openTempDir();
    const { service, file } = await openWith(dir.path, 'house');
    await using _service = service;
    await service.publish('kvarter/el-b1/up', up('2026-01-15T07:00:00Z', 1));
    const device = await service.connect(loginOf('el-b1'));
    await device.publishAsync('kvarter/el-b1/up', up('2026-01-15T07:01:00Z', 2), { qos: 1 });
    await service.app.settled();
    const ended = new Promise<void>((resolve) => device.once('close', () => resolve()));
    await write(file, { other: {} });
    await ended;
    // What is decoded again is judged by the rights of now.
    await post(service, '/api/v1/reprocess', { from: '2026-01-01T00:00:00Z' });
    await expect
      .poll(() => service.get<{ state: string; rejects: number }>('/api/v1/reprocess'), patience)
      .toMatchObject({ state: 'done', readings: 1, rejects: 1 });
    // What was stored before stays.
    expect(await valuesOf(service, 'el-b1')).toEqual([1, 2]);
  });

  it('a password that is rotated while the service runs ends the connections that it opened', async () => {
    await using dir = await openTempDir();
    const { service, file } = await openWith(dir.path, 'house');
    await using _service = service;
    const device = await service.connect(loginOf('el-b1'));
    const ended = new Promise<void>((resolve) => device.once('close', () => resolve()));
    const { printed } = await call(service, deviceCredentials, ['rotate', 'el-b1'], { file, json: true });
    await ended;
    const { password } = JSON.parse(printed) as { password: string };
    const again = await service.connect(loginOf('el-b1', password));
    await again.publishAsync('kvarter/el-b1/up', up('2026-01-15T07:00:00Z', 7), { qos: 1 });
    await expect(service.connect(loginOf('el-b1'))).rejects.toThrow(/bad user/i);
    await service.app.settled();
    expect(await valuesOf(service, 'el-b1')).toEqual([7]);
    const metrics = await (await fetch(`http://127.0.0.1:${service.app.httpPort}/metrics`)).text();
    expect(metrics).toMatch(/^kvarter_mqtt_revoked_total 1$/m);
    expect(metrics).toMatch(/^kvarter_mqtt_logins_total\{result="refused"\} 1$/m);
  });

  it('a service whose credentials are wrong does not start, and says why', async () => {
    await using dir = await openTempDir();
    const file = join(dir.path, 'credentials.csv');
    await expect(openService(dir.path, { KVARTER_MQTT__CREDENTIALSFILE: file })).rejects.toThrow(
      /cannot be read .*: kvarter device credentials set NAME makes it/,
    );
    await writeFile(file, 'name,kind,hash,publish,subscribe,devices\nx,device,plain text,,,\n');
    await expect(openService(dir.path, { KVARTER_MQTT__CREDENTIALSFILE: file })).rejects.toThrow(
      /credentials\.csv:2:3: hash: is not a hash/,
    );
  });
});

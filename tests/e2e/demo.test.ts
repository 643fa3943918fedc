import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kvarter, startKvarter } from '../support/kvarter.ts';
import { openTempDir } from '../support/temp-dir.ts';

const folders = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('kvarter-demo-'));

test('the demo shows readings and a peak alert, and ends cleanly without leaving anything', async () => {
  const before = await folders();
  await using running = startKvarter(['demo', '--days', '2', '--speed', '600']);
  await running.says(/[1-9]\d* readings\/s, [1-9]\d* stored/);
  const [, building] = await running.says(/ALERT {5}(.+): [\d.]+ kW this hour, budget [\d.]+ kW/);
  expect(building).toBeTruthy();
  await running.says(/SEK as the bill stands now/);
  expect(await running.end('SIGINT')).toBe(0);
  expect(running.output()).toMatch(/peak alerts; the data is deleted/);
  expect(await folders()).toEqual(before);
});

test('a fleet of invented buildings is taken in by a service that reads the register it wrote', async () => {
  await using dir = await openTempDir();
  const written = await kvarter(['simulate', '--buildings', '30', '--write-register', dir.path]);
  expect(written.code).toBe(0);
  await using service = startKvarter(['start'], {
    KVARTER_DATADIR: join(dir.path, 'data'),
    KVARTER_MQTT__PORT: '0',
    KVARTER_HTTP__PORT: '0',
    KVARTER_REGISTER__PLACES: join(dir.path, 'places.yaml'),
    KVARTER_REGISTER__DEVICES: join(dir.path, 'devices.csv'),
  });
  const [, mqttPort, httpPort] = await service.says(/"mqttPort":(\d+),"httpPort":(\d+)/);
  const url = `mqtt://127.0.0.1:${mqttPort}`;
  const fleet = await kvarter([
    'simulate',
    '--broker',
    url,
    '--buildings',
    '30',
    '--speed',
    '300',
    '--seconds',
    '3',
    '--json',
  ]);
  expect(fleet.code).toBe(0);
  const last = JSON.parse(fleet.stdout.trim().split('\n').at(-1) ?? '');
  expect(last.sent).toBeGreaterThan(1000);
  expect(last.acknowledged).toBe(last.sent);
  const metrics = await (await fetch(`http://127.0.0.1:${httpPort}/metrics`)).text();
  expect(metrics).not.toMatch(/kvarter_rejected_total\{/);
  expect(await service.end('SIGTERM')).toBe(0);
});

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { expect, test } from 'vitest';
import { type ServiceProcess, startService } from '../support/service-process.ts';
import { openTempDir } from '../support/temp-dir.ts';

const T0 = Date.parse('2026-01-15T08:00:00Z');
const MINUTE = 60_000;
const HEADER = 'device,model,building,space,role';
const rules = `rules:
  - { type: out-of-range, scope: { quantity: batteryPct }, parameters: { min: 15 }, for: 0, clear: 0 }
`;
type Alerts = { alerts: { device: string; state: string; closedBy?: string }[] };

const told = async ({ get }: ServiceProcess) =>
  (await get<Alerts>('/api/v1/alerts')).alerts
    .map(({ device, state, closedBy }) => `${device} ${state} ${closedBy ?? ''}`.trim())
    .toSorted();

async function say(service: ServiceProcess, device: string, minute: number, batteryPct: number) {
  const client = await connectAsync(`mqtt://127.0.0.1:${service.mqttPort}`);
  const time = new Date(T0 + minute * MINUTE).toISOString();
  await client.publishAsync(`kvarter/${device}/up`, JSON.stringify({ time, values: { batteryPct } }), {
    qos: 1,
  });
  await client.endAsync();
}

test('a kill -9 before what an edit of the register means is written down leaves nothing that fires for ever', async () => {
  await using dir = await openTempDir();
  const files = { devices: join(dir.path, 'devices.csv'), rules: join(dir.path, 'rules.yaml') };
  await writeFile(files.rules, rules);
  const rows = ['a', 'b', 'c'].map((device) => `${device},kvarter,b1,,room`);
  await writeFile(files.devices, [HEADER, ...rows, ''].join('\n'));
  const environment = { KVARTER_RULES: files.rules };
  {
    await using service = await startService(dir.path, environment);
    for (const device of ['a', 'b', 'c']) await say(service, device, 0, 5);
    await expect.poll(() => told(service)).toEqual(['a firing', 'b firing', 'c firing']);
    await service.running.end('SIGKILL');
  }
  await writeFile(files.devices, [HEADER, ...rows.slice(1), ''].join('\n'));
  await using service = await startService(dir.path, environment);
  await say(service, 'c', 1, 5);
  await expect
    .poll(() => told(service), { timeout: 5000 })
    .toEqual(['a resolved register', 'b firing', 'c firing']);
  await say(service, 'b', 2, 90);
  await expect.poll(() => told(service)).toEqual(['a resolved register', 'b resolved', 'c firing']);
}, 60_000);

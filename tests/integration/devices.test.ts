import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { deviceList, deviceShow } from '../../src/commands/device-list.ts';
import { call } from '../support/command.ts';
import { openService } from '../support/service.ts';
import { openTempDir } from '../support/temp-dir.ts';

const iso = (offsetMs: number) => new Date(Date.now() + offsetMs).toISOString();
const say = (values: object, offsetMs?: number) =>
  JSON.stringify({ ...(offsetMs === undefined ? {} : { time: iso(offsetMs) }), values });
type Devices = { devices: { device: string; clockAheadSeconds?: number }[]; next?: string };

it('lists the registered devices a page at a time, with how they are heard, also after a restart', async () => {
  await using dir = await openTempDir();
  {
    await using service = await openService(dir.path);
    await service.publish('kvarter/el-b1/up', say({ activePowerW: 700, batteryPct: 71, rssiDbm: -101 }));
    await service.publish('kvarter/el-b1/up', '{');
    await service.app.settled();
  }
  await using service = await openService(dir.path);
  const first = await service.get<Devices>('/api/v1/devices?limit=2');
  const second = await service.get<Devices>(`/api/v1/devices?limit=2&next=${first.next}`);
  expect([...first.devices, ...second.devices].map(({ device }) => device)).toEqual([
    '0101010101010101',
    'el-b1',
    'el-b2',
  ]);
  expect(second.next).toBeUndefined();
  expect(first.devices[1]).toMatchObject({
    rows: [{ model: 'kvarter', building: 'b1', role: 'electricityMain' }],
    lastSeenAt: expect.any(String),
    batteryPct: 71,
    rssiDbm: -101,
    rejects: { 'malformed-payload': 1 },
  });
  expect(first.devices[0]).not.toHaveProperty('lastSeenAt');
  const inB2 = await service.get<Devices>('/api/v1/devices?building=b2');
  expect(inB2.devices.map(({ device }) => device)).toEqual(['el-b2']);
  expect(await service.get('/api/v1/devices/nobody')).toMatchObject({ status: 404 });

  const list = await call(service, deviceList, []);
  expect(list.printed).toMatch(
    /^el-b1 +b1 +electricityMain +seen \S+ .*battery 71 % +signal -101 dBm +rejects 1 malformed/m,
  );
  expect(list.printed).toMatch(/^el-b2 .*seen never$/m);
  const shown = await call(service, deviceShow, ['el-b1']);
  expect(shown.printed).toMatch(
    /^el-b1\n {2}row {6}model kvarter, building b1, role electricityMain\n {2}seen/,
  );
  await expect(call(service, deviceShow, ['nobody'])).rejects.toThrow(/no device nobody/);
});

it('shows how far a clock is ahead, also when its times are refused, and corrects it where the register says so', async () => {
  await using dir = await openTempDir();
  await writeFile(
    join(dir.path, 'devices.csv'),
    `device,model,building,space,role,clockAheadS
hour-ahead,kvarter,b1,,submeter,
corrected,kvarter,b1,,submeter,3600
`,
  );
  await using service = await openService(dir.path);
  for (const device of ['hour-ahead', 'corrected']) {
    for (let i = 0; i < 3; i += 1) {
      await service.publish(`kvarter/${device}/up`, say({ activePowerW: i }, 3_600_000 + i));
    }
    await service.publish(`kvarter/${device}/up`, say({ voltageV: 230 }));
  }
  await service.app.settled();
  const { devices } = await service.get<Devices>('/api/v1/devices');
  for (const { clockAheadSeconds } of devices) expect(clockAheadSeconds).toBeCloseTo(3600, -1);
  expect(await service.get('/api/v1/devices/hour-ahead')).toMatchObject({ rejects: { 'future-time': 3 } });
  const { readings } = await service.get('/api/v1/readings?device=corrected&quantity=activePowerW');
  expect(readings).toHaveLength(3);
  for (const { at } of readings) expect(Math.abs(Date.parse(at) - Date.now())).toBeLessThan(600_000);
});

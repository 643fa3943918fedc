import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openService, type Service } from '../support/service.ts';
import { openTempDir } from '../support/temp-dir.ts';

const T0 = Date.UTC(2026, 0, 15, 7);
const MINUTE = 60_000;

/** Samples each minute of [from, to), as one packet. */
function send(
  service: Service,
  device: string,
  [from, to]: [number, number],
  values: (minute: number) => object,
) {
  const samples = Array.from({ length: to - from }, (_, i) => ({
    time: new Date(T0 + (from + i) * MINUTE).toISOString(),
    ...values(from + i),
  }));
  return service.publish(`kvarter/${device}/up`, JSON.stringify(samples));
}
const watts = (power: number) => () => ({ values: { activePowerW: power } });
const load = async (service: Service, scope: string, resolution = 'PT15M') =>
  (
    await service.get(
      `/api/v1/load?scope=${scope}&from=2026-01-15T07:00:00Z&to=2026-01-15T08:00:00Z&resolution=${resolution}`,
    )
  ).intervals.map(({ powerKw, energyKwh, coverage, meters }) => [powerKw, energyKwh, coverage, meters]);

it('goes on with the load of a building across the exchange of its meter: never both, never none', async () => {
  await using dir = await openTempDir();
  await writeFile(
    join(dir.path, 'devices.csv'),
    `device,model,building,space,role,replacedBy,replacedAt
old,kvarter,b1,,electricityMain,new,2026-01-15 08:20
new,kvarter,b1,,electricityMain,,
reg-old,kvarter,b2,,electricityMain,reg-new,2026-01-15T07:30:00Z
reg-new,kvarter,b2,,electricityMain,,
`,
  );
  await using service = await openService(dir.path);
  // The old one is still fed for a while, without load; the new one was tried on the bench before.
  await send(service, 'new', [5, 20], watts(99_000));
  await send(service, 'old', [0, 20], watts(5000));
  await send(service, 'old', [20, 40], watts(0));
  await send(service, 'new', [20, 75], watts(8000));
  // Registers: 6 kW all the time, from another reading each.
  await send(service, 'reg-old', [0, 31], (minute) => ({
    values: { activeEnergyWh: 9_000_000 + minute * 100 },
  }));
  await send(service, 'reg-new', [30, 75], (minute) => ({ values: { activeEnergyWh: (minute - 30) * 100 } }));
  await service.app.settled();
  expect(await load(service, 'building:b1')).toEqual([
    [5, 1.25, 1, 1],
    [7, 1.75, 1, 1],
    [8, 2, 1, 1],
    [8, 2, 1, 1],
  ]);
  expect(await load(service, 'building:b1', 'PT1H')).toEqual([[7, 7, 1, 1]]);
  expect(await load(service, 'building:b2', 'PT1H')).toEqual([[6, 6, 1, 1]]);
  expect(await load(service, 'organisation:exempelhem', 'PT1H')).toEqual([[13, 13, 1, 2]]);
  // What they said while they did not count is kept all the same.
  expect((await service.get('/api/v1/readings?device=new&to=2026-01-15T07:20:00Z')).readings).toHaveLength(
    15,
  );
});

it('has the channels of one meter in the buildings and roles of their rows, each with its own ratio', async () => {
  await using dir = await openTempDir();
  const channels = Array.from({ length: 12 }, (_, i) => i + 1);
  const rows = channels.map(
    (c) => `ct,kvarter,${c <= 6 ? 'b1' : 'b2'},,${c % 6 === 1 ? 'electricityMain' : 'submeter'},${c},${c}`,
  );
  await writeFile(
    join(dir.path, 'devices.csv'),
    `device,model,building,space,role,channel,ratio\n${rows.join('\n')}\n`,
  );
  await using service = await openService(dir.path);
  for (const minute of [0, 15, 30, 45, 60]) {
    const samples = [...channels, 13].map((c) => ({
      time: new Date(T0 + minute * MINUTE).toISOString(),
      channel: String(c),
      values: { activePowerW: 1000 },
    }));
    await service.publish('kvarter/ct/up', JSON.stringify(samples));
  }
  await service.app.settled();
  expect(await load(service, 'building:b1', 'PT1H')).toEqual([[1, 1, 1, 1]]);
  expect(await load(service, 'building:b2', 'PT1H')).toEqual([[7, 7, 1, 1]]);
  expect((await service.get('/api/v1/readings?device=ct&channel=12&limit=1')).readings).toMatchObject([
    { value: 12_000 },
  ]);
  expect(await service.get('/api/v1/devices/unknown')).toMatchObject({
    devices: [{ device: 'ct', channels: ['13'] }],
  });
});

it('has each meter behind a gateway as a device of its own', async () => {
  await using dir = await openTempDir();
  await writeFile(
    join(dir.path, 'devices.csv'),
    'device,model,building,space,role\n11111111,wmbusmeters,b1,,heatMain\n22222222,wmbusmeters,b2,,waterMain\n',
  );
  await using service = await openService(dir.path);
  const heat = {
    media: 'heat',
    meter: 'kamheat',
    name: 'b1',
    id: '11111111',
    total_energy_consumption_kwh: 1.5,
  };
  const water = { media: 'water', meter: 'multical21', name: 'b2', id: '22222222', total_m3: 2 };
  for (const [name, telegram] of [
    ['b1', heat],
    ['b2', water],
    ['b3', { ...water, id: '33333333' }],
  ] as const) {
    await service.publish(
      `wmbusmeters/${name}`,
      JSON.stringify({ ...telegram, timestamp: new Date().toISOString() }),
    );
  }
  await service.app.settled();
  const { readings } = await service.get('/api/v1/readings');
  expect(readings.map(({ device, quantity, value }) => [device, quantity, value]).toSorted()).toEqual([
    ['11111111', 'heatEnergyWh', 1500],
    ['22222222', 'waterVolumeL', 2000],
  ]);
  expect(await service.get('/api/v1/devices/unknown')).toMatchObject({ devices: [{ device: '33333333' }] });
});

it('has the load of a main meter with one row for all of its channels, and counts no part twice', async () => {
  await using dir = await openTempDir();
  await using service = await openService(dir.path);
  const samples = (channels: readonly object[]) =>
    JSON.stringify(
      [0, 15, 30, 45, 60].flatMap((minute) =>
        channels.map((channel) => ({
          time: new Date(T0 + minute * MINUTE).toISOString(),
          ...channel,
          values: { activePowerW: 1000 },
        })),
      ),
    );
  await service.publish('kvarter/el-b1/up', samples([{ channel: 'a' }, { channel: 'b' }, { channel: 'c' }]));
  await service.publish('kvarter/el-b2/up', samples([{}, { channel: 'a' }, { channel: 'b' }]));
  await service.app.settled();
  expect(await load(service, 'building:b1', 'PT1H')).toEqual([[3, 3, 1, 3]]);
  expect(await load(service, 'building:b2', 'PT1H')).toEqual([[1, 1, 1, 1]]);
});

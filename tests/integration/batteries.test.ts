import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createDistrict } from '../../simulators/district.ts';
import { startFleet } from '../../simulators/fleet.ts';
import { HOUR_MS } from '../../src/domain/interval.ts';
import { isoTime } from '../../src/domain/time.ts';
import { openService } from '../support/service.ts';
import { openTempDir } from '../support/temp-dir.ts';
import { registerOf } from '../unit/simulators/example.ts';

/** The third day after is in a new month, of which little is billed yet. */
const T0 = Date.parse('2026-01-30T00:00+01:00');
/** The hour of the daily peak begins. */
const HOUR = T0 + 3 * 24 * HOUR_MS + 17 * HOUR_MS;
const settings = {
  KVARTER_BATTERIES__STEPMINUTES: '60',
  KVARTER_BATTERIES__DELAYSECONDS: '60',
  KVARTER_BATTERIES__HISTORYDAYS: '4',
};

type Commands = {
  commands: { id: string; load: string; state: string; powerKw: number; gridKw: number; until: string }[];
  batteries: { building: string; battery: string; reason?: string }[];
};

/** A service that has heard three days with a peak at 17, and of what is in the battery; then the hour begins. */
async function openSite(
  dir: string,
  env: Record<string, string>,
  { says, tariff = 'goteborg-energi-2025' }: { says: boolean; tariff?: string },
) {
  await writeFile(
    join(dir, 'places.yaml'),
    `organisation: { id: o, name: O, timeZone: Europe/Stockholm }
areas: [{ id: a, name: A, buildings: [{ id: b, name: B, tariff: ${tariff},
  battery: { id: bat, capacityKwh: 40, chargeKw: 20, dischargeKw: 20, socDevice: bat-1 } }] }]
`,
  );
  await writeFile(
    join(dir, 'devices.csv'),
    'device,model,building,space,role\nmain,kvarter,b,,electricityMain\nbat-1,kvarter,b,,\n',
  );
  let nowMs = HOUR + 30_000;
  const service = await openService(dir, { ...settings, ...env }, { clock: () => nowMs });
  const readings = [];
  for (let at = T0; at <= HOUR; at += 300_000) {
    const hour = Math.floor((at - T0) / HOUR_MS) % 24;
    readings.push({
      time: isoTime(at),
      values: { activePowerW: hour === 17 && at < HOUR ? 70_000 : 30_000 },
    });
  }
  for (let at = 0; at < readings.length; at += 100) {
    await service.publish('kvarter/main/up', JSON.stringify(readings.slice(at, at + 100)));
  }
  if (says) await service.publish('kvarter/bat-1/up', JSON.stringify({ values: { stateOfChargePct: 80 } }));
  await service.app.settled();
  const begin = () => {
    nowMs = HOUR + 90_000;
  };
  return { service, begin, commands: () => service.get<Commands>('/api/v1/commands?scope=building:b') };
}

test('a battery is told over MQTT what to do in the hour, with a hard end', async () => {
  await using dir = await openTempDir();
  const { service, begin, commands } = await openSite(
    dir.path,
    { KVARTER_LOADCONTROL: 'on' },
    { says: true },
  );
  await using _ = service;
  const client = await service.connect();
  const heard: [topic: string, payload: Record<string, unknown>][] = [];
  client.on('message', (topic, payload) => heard.push([topic, JSON.parse(payload.toString())]));
  await client.subscribeAsync('kvarter/commands/b/+', { qos: 1 });
  begin();
  await expect.poll(() => heard, { timeout: 10_000 }).toHaveLength(1);
  expect(heard).toEqual([
    [
      'kvarter/commands/b/bat',
      {
        id: expect.stringMatching(/^command-/),
        powerKw: expect.any(Number),
        gridKw: expect.any(Number),
        until: isoTime(HOUR + HOUR_MS + 180_000),
      },
    ],
  ]);
  expect(heard[0]?.[1].powerKw).toBeLessThan(0);
  await client.publishAsync('kvarter/acks/b/bat', JSON.stringify({ accepted: true }), { qos: 1 });
  await expect
    .poll(commands, { timeout: 10_000 })
    .toMatchObject({ commands: [{ id: heard[0]?.[1].id, load: 'bat', state: 'accepted' }] });
  await client.endAsync();
});

test('a simulated battery obeys the planner, and its house draws what the planner wanted of it', async () => {
  await using dir = await openTempDir();
  const places = {
    file: 'places.yaml',
    text: `organisation: { id: o, name: O, timeZone: Europe/Stockholm }
areas: [{ id: a, name: A, buildings: [{ id: b, name: B, areaM2: 3000, tariff: goteborg-energi-2025,
  spaces: [{ id: one, kind: flat }],
  battery: { id: bat, capacityKwh: 40, chargeKw: 30, dischargeKw: 30, socDevice: bat-1 } }] }]
`,
  };
  const devices = {
    file: 'devices.csv',
    text: 'device,model,building,space,role\nmain,kvarter,b,,electricityMain\nbat-1,kvarter,b,,\n',
  };
  const register = registerOf(places, devices);
  for (const { file, text } of [places, devices]) await writeFile(join(dir.path, file), text);
  const district = createDistrict({ register, seed: 1, startMs: T0, leastPeriodMs: 300_000 });
  // Somebody has kept it full until the hour begins; by itself it would have nothing left of its house's sun.
  expect(district.world.command({ building: 'b', load: 'bat', powerKw: 15, untilMs: HOUR })).toMatchObject({
    accepted: true,
  });
  let nowMs = HOUR + 30_000;
  const clock = () => nowMs;
  await using service = await openService(dir.path, { ...settings, KVARTER_LOADCONTROL: 'on' }, { clock });
  const told: string[] = [];
  await using fleet = startFleet({
    district,
    broker: { url: `mqtt://127.0.0.1:${service.app.mqttPort}` },
    clock,
    fromMs: T0,
    onProblem: ({ message }) => told.push(message),
    onCommand: (says) => told.push(says),
  });
  await fleet.settled();
  await service.app.settled();
  nowMs = HOUR + 90_000;
  const commands = () => service.get<Commands>('/api/v1/commands?scope=building:b');
  await expect
    .poll(commands, { timeout: 10_000 })
    .toMatchObject({ commands: [{ load: 'bat', state: 'accepted' }], batteries: [{ battery: 'bat' }] });
  expect(told).toEqual([expect.stringMatching(/^b\/bat .*"gridKw":.*"accepted":true,"id":"command-/)]);

  // Within the hour the main meter counts what was asked for, but for the unrest of kettles, and not what the house draws.
  const [command] = (await commands()).commands;
  const countedWh = () =>
    district.world.read({ building: 'b', role: 'electricityMain' }, 'activeEnergyWh') ?? Number.NaN;
  const batteryW = () =>
    district.world.read({ building: 'b', role: 'submeter', device: 'bat-1' }, 'activePowerW') ?? Number.NaN;
  nowMs = HOUR + 20 * 60_000;
  await fleet.settled();
  const [fromWh, fromMs] = [countedWh(), district.world.atMs];
  nowMs = HOUR + 50 * 60_000;
  await fleet.settled();
  const meanKw = (countedWh() - fromWh) / 1000 / ((district.world.atMs - fromMs) / HOUR_MS);
  expect(Math.abs(meanKw - (command?.gridKw ?? Number.NaN))).toBeLessThan(1);
  expect(batteryW()).toBeLessThan(-4000);
  await service.app.settled();
  const { readings } = await service.get(
    `/api/v1/readings?device=bat-1&quantity=activePowerW&from=${isoTime(HOUR + 40 * 60_000)}`,
  );
  expect(readings.at(-1)?.value).toBeLessThan(-4000);
});

test('in a dry run the set-point is shown and not sent', async () => {
  await using dir = await openTempDir();
  const { service, begin, commands } = await openSite(dir.path, {}, { says: true });
  await using _ = service;
  const client = await service.connect();
  const heard: string[] = [];
  client.on('message', (topic) => heard.push(topic));
  await client.subscribeAsync('kvarter/commands/#', { qos: 1 });
  begin();
  await expect
    .poll(commands, { timeout: 10_000 })
    .toMatchObject({ commands: [{ load: 'bat', state: 'dryRun' }], batteries: [{ battery: 'bat' }] });
  await service.app.settled();
  expect(heard).toEqual([]);
  await client.endAsync();
});

test('a battery that does not say what is in it is not told anything, and the API says why', async () => {
  await using dir = await openTempDir();
  const { service, begin, commands } = await openSite(
    dir.path,
    { KVARTER_LOADCONTROL: 'on' },
    { says: false },
  );
  await using _ = service;
  begin();
  await expect.poll(commands, { timeout: 10_000 }).toMatchObject({
    commands: [],
    batteries: [{ building: 'b', battery: 'bat', reason: 'bat-1 has not said its stateOfChargePct' }],
  });
});

test('a tariff that bills a spot price is planned with prices of the day from an address, and not without', async () => {
  await using dir = await openTempDir();
  const folder = join(dir.path, 'tariffs');
  await mkdir(folder);
  const file = JSON.parse(await readFile('config/tariffs/goteborg-energi-2025.json', 'utf8'));
  file.tariffs[0].energyPrice = {
    costFunction: 'sum(energy(c)*price(c))',
    components: [
      { reference: 'spot', type: 'spot', unit: 'kWh', spotPriceSettings: { multiplier: 1, currency: 'SEK' } },
    ],
  };
  await writeFile(join(folder, 'spot.json'), JSON.stringify(file));
  const site = { says: true, tariff: 'spot' };
  {
    const { service, begin, commands } = await openSite(dir.path, { KVARTER_TARIFFS: folder }, site);
    await using _ = service;
    begin();
    await expect.poll(commands, { timeout: 10_000 }).toMatchObject({
      batteries: [{ reason: 'the tariff bills a spot price: set batteries.prices.source' }],
    });
  }
  await using again = await openTempDir();
  await using prices = await openPrices();
  const env = { KVARTER_TARIFFS: folder, KVARTER_BATTERIES__PRICES__SOURCE: prices.source };
  const { service, begin, commands } = await openSite(again.path, env, site);
  await using _ = service;
  begin();
  await expect.poll(commands, { timeout: 10_000 }).toMatchObject({ commands: [{ load: 'bat' }] });
  expect(prices.asked.toSorted().at(-1)).toBe('/2026/02-03_SE3.json');
  expect(prices.asked).toHaveLength(9);
});

/** Answers with the prices of each day, as Nordic ones are given away. */
async function openPrices() {
  const asked: string[] = [];
  const server = createServer(({ url = '' }, answer) => {
    asked.push(url);
    const [, year, month, day] = /^\/(\d+)\/(\d+)-(\d+)_SE3\.json$/.exec(url) ?? [];
    const rows = Array.from({ length: 24 }, (_, hour) => ({
      SEK_per_kWh: hour < 6 ? 0.3 : 1.2,
      time_start: `${year}-${month}-${day}T${String(hour).padStart(2, '0')}:00:00+01:00`,
    }));
    answer.end(JSON.stringify(rows));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    asked,
    source: `http://127.0.0.1:${port}/{yyyy}/{mm}-{dd}_SE3.json`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { obeyCommands } from '../../simulators/commands.ts';
import { HOUR_MS } from '../../src/domain/interval.ts';
import { isoTime } from '../../src/domain/time.ts';
import { openService } from '../support/service.ts';
import { openTempDir } from '../support/temp-dir.ts';
import { load, oneBuilding, worldOf } from '../unit/simulators/world/one-building.ts';

/** Midnight in Kalmar: three quiet days with morning peaks, then an evening that passes them. */
const T0 = Date.parse('2026-01-13T00:00+01:00');
const NOW = T0 + 3 * 24 * HOUR_MS + 17 * HOUR_MS + 40 * 60_000;
const ev = { ...load('ev', 44), automatic: true };

function powerKw(atMs: number): number {
  const hour = Math.floor((atMs - T0) / HOUR_MS);
  if (hour === 3 * 24 + 17) return 110;
  return hour % 24 === 7 ? 70 : 30;
}

test('a load that may be switched is switched off before the peak, over MQTT, and says so', async () => {
  await using dir = await openTempDir();
  const { flexibleLoads } = oneBuilding({ loads: [ev] }).buildings.get('b') ?? { flexibleLoads: [] };
  await writeFile(
    join(dir.path, 'places.yaml'),
    `organisation: { id: o, name: O, timeZone: Europe/Stockholm }
areas: [{ id: a, name: A, buildings: [{ id: b, name: B, tariff: goteborg-energi-2025, flexibleLoads: ${JSON.stringify(flexibleLoads)} }] }]
`,
  );
  await writeFile(
    join(dir.path, 'devices.csv'),
    'device,model,building,space,role\nmain,kvarter,b,,electricityMain\n',
  );
  await using service = await openService(dir.path, { KVARTER_LOADCONTROL: 'on' }, { clock: () => NOW });
  const world = worldOf({ loads: [ev], startMs: NOW - HOUR_MS });
  world.advance(NOW);
  const heard: string[] = [];
  const loads = obeyCommands({
    broker: { url: `mqtt://127.0.0.1:${service.app.mqttPort}` },
    world,
    onProblem: ({ message }) => heard.push(message),
    onCommand: (says) => heard.push(says),
  });
  const readings = [];
  for (let at = T0; at < NOW; at += 300_000) {
    readings.push({ time: isoTime(at), values: { activePowerW: powerKw(at) * 1000 } });
  }
  for (let at = 0; at < readings.length; at += 100) {
    await service.publish('kvarter/main/up', JSON.stringify(readings.slice(at, at + 100)));
  }
  await service.app.settled();
  type Commands = {
    loadControl: string;
    commands: { load: string; state: string; until: string; cause: string }[];
  };
  const commands = () => service.get<Commands>('/api/v1/commands?scope=building:b');
  await expect.poll(commands, { timeout: 10_000 }).toMatchObject({
    loadControl: 'on',
    commands: [{ load: 'ev', state: 'accepted', cause: expect.stringMatching(/^peak-guard-/) }],
  });
  const [command] = (await commands()).commands;
  expect(Date.parse(command?.until ?? '')).toBeGreaterThan(NOW);
  expect(Date.parse(command?.until ?? '')).toBeLessThanOrEqual(NOW + HOUR_MS);
  expect(heard).toEqual([expect.stringMatching(/^b\/ev .*"accepted":true/)]);
  const { peaks } = await service.get<{ peaks: { shed: { load: string }[] }[] }>('/api/v1/peaks');
  expect(peaks[0]?.shed).toMatchObject([{ load: 'ev' }]);
  await loads.close();
});

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isoTime } from '../../src/domain/time.ts';
import { openService, type Service } from '../support/service.ts';
import { openTempDir } from '../support/temp-dir.ts';

const T0 = Date.UTC(2026, 0, 15, 12);
const [MINUTE_MS, HOUR_MS] = [60_000, 3_600_000];

/** Three in each of two buildings that come through a bridge, and one that speaks for itself. */
const rows = ['b1', 'b2'].flatMap((building) =>
  ['el', 'zb-1', 'zb-2', 'zb-3'].map((name) => ({ device: `${name}-${building}`, building })),
);
const bridged = rows.filter(({ device }) => device.startsWith('zb'));
const own = rows.filter(({ device }) => device.startsWith('el'));

const told = async (service: Service) =>
  (await service.get('/api/v1/alerts?rule=stale')).alerts
    .map(({ facts, building, state }) => `${building} ${facts.source ?? facts.device} ${state}`)
    .toSorted();

it('a bridge that is down is one alert, over a restart too, until its devices speak, and one that stays away is told then', async () => {
  await using dir = await openTempDir();
  const lines = rows.map(({ device, building }) => `${device},kvarter,${building},,`);
  await writeFile(join(dir.path, 'devices.csv'), `device,model,building,space,role\n${lines.join('\n')}\n`);
  let nowMs = T0;
  const minutes = async (service: Service, count: number, speaking: readonly string[]) => {
    for (let minute = 0; minute < count; minute += 1) {
      nowMs += MINUTE_MS;
      for (const { device } of own) {
        const packet = { time: isoTime(nowMs), values: { activePowerW: 12_000 } };
        await service.publish(`kvarter/${device}/up`, JSON.stringify(packet));
      }
      for (const device of speaking)
        await service.publish(`zigbee2mqtt/${device}`, JSON.stringify({ temperature: 20 }));
    }
    await service.app.settled();
  };
  const all = bridged.map(({ device }) => device);
  const alert = 'organisation:exempelhem zigbee2mqtt';
  {
    await using service = await openService(dir.path, {}, { clock: () => nowMs });
    await minutes(service, 15, all);
    expect(await told(service)).toEqual([]);
    await minutes(service, 60, []);
    expect(await told(service)).toEqual([`${alert} firing`]);
  }
  nowMs += HOUR_MS;
  await using service = await openService(dir.path, {}, { clock: () => nowMs });
  await minutes(service, 10, []);
  expect(await told(service)).toEqual([`${alert} firing`]);
  await minutes(service, 15, all.slice(1));
  expect(await told(service)).toEqual(['b1 zb-1-b1 firing', `${alert} resolved`]);
});

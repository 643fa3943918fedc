import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { guardReportCommand } from '../../src/commands/guard-report.ts';
import { HOUR_MS } from '../../src/domain/interval.ts';
import { isoTime } from '../../src/domain/time.ts';
import { openService } from '../support/service.ts';
import { openTempDir } from '../support/temp-dir.ts';

const packageDir = join(import.meta.dirname, '../..');
/** Midnight in Kalmar. */
const T0 = Date.parse('2026-01-13T00:00+01:00');
const NOW = T0 + 4 * 24 * HOUR_MS;

function powerKw(atMs: number): number {
  const hour = Math.floor((atMs - T0) / HOUR_MS);
  if (hour === 3 * 24 + 17) return 110;
  return hour % 24 === 7 ? 70 : 30;
}

test('kvarter guard-report asks the running service what it told, and what its loads came to, by building and area', async () => {
  await using dir = await openTempDir();
  await writeFile(
    join(dir.path, 'places.yaml'),
    `organisation: { id: o, name: O, timeZone: Europe/Stockholm }
areas:
  - { id: a, name: A, tariff: goteborg-energi-2025, buildings: [{ id: b, name: B, tariff: goteborg-energi-2025 }, { id: c, name: C, heatTariff: hedemora-heat-2024 }] }
`,
  );
  await writeFile(
    join(dir.path, 'devices.csv'),
    'device,model,building,space,role\nm1,kvarter,b,,electricityMain\nm2,kvarter,c,,electricityMain\nh1,kvarter,c,,heatMain\n',
  );
  await using service = await openService(dir.path, {}, { clock: () => NOW });
  const readings = Array.from({ length: (NOW - T0) / 300_000 }, (_, n) => T0 + n * 300_000).flatMap((at) => [
    ['m1', at, powerKw(at)] as const,
    ['m2', at, 10] as const,
    ['h1', at, at < T0 + 3 * 24 * HOUR_MS ? 20 : 35] as const,
  ]);
  for (const meter of ['m1', 'm2', 'h1']) {
    const said = readings
      .filter(([device]) => device === meter)
      .map(([, at, kw]) => ({
        time: isoTime(at),
        values: { [meter === 'h1' ? 'heatPowerW' : 'activePowerW']: kw * 1000 },
      }));
    for (let at = 0; at < said.length; at += 100) {
      await service.publish(`kvarter/${meter}/up`, JSON.stringify(said.slice(at, at + 100)));
    }
  }
  await service.app.settled();
  const environment = { KVARTER_REGISTER__PLACES: 'places.yaml', KVARTER_REGISTER__DEVICES: 'devices.csv' };
  const report = async (values: Record<string, string>) => {
    const printed: string[] = [];
    const code = await guardReportCommand.run(
      {
        places: { cwd: dir.path, packageDir, environment },
        version: '0.0.0',
        clock: () => NOW,
        print: (text) => printed.push(text),
        complain: () => undefined,
        taken: async () => {},
        inputChunks: async function* () {},
        terminal: undefined,
        stop: new AbortController().signal,
      },
      { files: [], values: { url: `http://127.0.0.1:${service.app.httpPort}`, json: true, ...values } },
    );
    expect(code).toBe(0);
    return JSON.parse(printed.join(''));
  };
  const { buildings } = await report({});
  const seen = buildings.map(({ building, billed }: { building: string; billed: { kw: number }[] }) => [
    building,
    billed.map(({ kw }) => Math.round(kw)),
  ]);
  expect(seen).toEqual([
    ['area:a', [120, 80, 80]],
    ['b', [110, 70, 70]],
    ['c', [10, 10, 10]],
  ]);
  const evening = isoTime(T0 + (3 * 24 + 17) * HOUR_MS);
  for (const { building, billed } of buildings.slice(0, 2)) {
    const high = billed.find(({ from }: { from: string }) => from === evening);
    expect([building, high?.inTime, high?.toldAt !== null]).toEqual([building, true, true]);
  }

  // Of heat the two coldest days so far: the last, told in the afternoon, and the first of the others, which nothing was known before.
  const heat = await report({ carrier: 'heat' });
  expect(heat.buildings.map(({ building }: { building: string }) => building)).toEqual(['c']);
  const cold = heat.buildings[0].billed.find(
    ({ from }: { from: string }) => from === isoTime(T0 + 3 * 24 * HOUR_MS),
  );
  expect(cold).toMatchObject({ kw: 35, inTime: true });
  expect(heat.total).toMatchObject({ peaks: 2, alerts: 1, trueAlerts: 1 });
});

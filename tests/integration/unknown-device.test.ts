import { appendFile, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { kvarter } from '../support/kvarter.ts';
import { openService } from '../support/service.ts';
import { openTempDir } from '../support/temp-dir.ts';

const root = join(import.meta.dirname, '../..');

/** Does what README.md says, word for word: its blocks are the files and commands. */
it('a device that kvarter does not know is read after README’s section on it', async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const section = readme.split('\n## A device that kvarter does not know yet\n')[1]?.split('\n## ')[0] ?? '';
  const [payload = '', mapping = '', command = '', row = '', publish = ''] = blocksOf(section);

  await using dir = await openTempDir();
  const config = join(dir.path, 'config');
  await mkdir(join(config, 'mappings'), { recursive: true });
  await mkdir(join(config, 'register'));
  for (const file of ['register/places.yaml', 'register/devices.csv']) {
    await copyFile(join(root, 'config', file), join(config, file));
  }
  await using service = await openService(dir.path, {
    KVARTER_DECODE__MAPPINGS: join(config, 'mappings'),
    KVARTER_REGISTER__PLACES: join(config, 'register/places.yaml'),
    KVARTER_REGISTER__DEVICES: join(config, 'register/devices.csv'),
  });

  await writeFile(join(dir.path, 'acme.json'), payload);
  await writeFile(join(config, 'mappings/acme-room.yaml'), mapping);
  const [, kvarterWord, ...words] = command.trim().split(/\s+/);
  expect(kvarterWord).toBe('kvarter');
  const tried = await kvarter(words, { cwd: dir.path });
  expect(tried).toMatchObject({ code: 0, stderr: '' });
  expect(tried.stdout).toContain('row for devices.csv: room-7,acme-room,BUILDING,');

  await appendFile(join(config, 'register/devices.csv'), row);
  const topic = /-t (\S+) -f acme\.json/.exec(publish)?.[1] ?? '';
  const path = /(\/api\/v1\/readings[^']+)/.exec(publish)?.[1] ?? '';
  // Register and mapping are read again within a second or two; until then the packet is kept in quarantine.
  await expect
    .poll(
      async () => {
        await service.publish(topic, payload);
        await service.app.settled();
        return (await service.get(path)).readings.length;
      },
      { timeout: 15_000 },
    )
    .toBe(5);
  const { readings } = await service.get(path);
  expect(
    readings.map(({ quantity, channel, value, at }) => [quantity, channel, value, at]).toSorted(),
  ).toEqual([
    ['activeEnergyWh', undefined, 6_678_394, '2026-01-15T07:15:00.000Z'],
    ['airTemperatureC', undefined, 21.5, '2026-01-15T07:15:00.000Z'],
    ['open', undefined, 1, '2026-01-15T07:15:00.000Z'],
    ['probeTemperatureC', '1', 19.5, '2026-01-15T07:15:00.000Z'],
    ['relativeHumidityPct', undefined, 41, '2026-01-15T07:15:00.000Z'],
  ]);
});

/** The fenced blocks, in order. */
function blocksOf(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^```\w*\n(.*?)^```$/gms)].map(([, block]) => block ?? '');
}

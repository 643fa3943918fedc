import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { importFiles } from '../../src/commands/import.ts';
import { quarantine } from '../../src/commands/quarantine.ts';
import { call } from '../support/command.ts';
import { openService } from '../support/service.ts';
import { openTempDir } from '../support/temp-dir.ts';

const HEADER = 'time,device,quantity,value\n';
const T0 = Date.UTC(2026, 0, 15);
const rows = (count: number, device = 'el-b1') =>
  Array.from(
    { length: count },
    (_, i) => `${new Date(T0 + i * 1000).toISOString()},${device},activePowerW,${i}\n`,
  );

describe('kvarter import', () => {
  it('sends files in parts, each reading once', async () => {
    await using dir = await openTempDir();
    await using service = await openService(dir.path);
    const [first, second] = [join(dir.path, '1.csv'), join(dir.path, '2.csv.gz')];
    await writeFile(first, HEADER + rows(30_000).join(''));
    await writeFile(second, gzipSync(HEADER + rows(10, 'el-b2').join('')));
    for (let i = 0; i < 2; i += 1) {
      const { code, printed } = await call(service, importFiles, [first, second], { json: true });
      expect(code).toBe(0);
      expect(JSON.parse(printed.trim().split('\n').at(-1) ?? '')).toMatchObject({
        share: 1,
        lines: 30_012,
        readings: 30_010,
        done: true,
      });
    }
    await service.app.settled();
    const last = new Date(T0 + 29_999_000).toISOString();
    expect((await service.get(`/api/v1/readings?device=el-b1&from=${last}`)).readings).toEqual([
      { device: 'el-b1', quantity: 'activePowerW', at: last, value: 29_999 },
    ]);
    expect((await service.get('/api/v1/readings?device=el-b2')).readings).toHaveLength(10);
  });

  it('names wrong rows by their lines in the file, and says what is taken already', async () => {
    await using dir = await openTempDir();
    await using service = await openService(dir.path);
    const file = join(dir.path, 'a.csv');
    const lines = rows(30_000);
    lines[28_000] = 'nonsense\n';
    await writeFile(file, HEADER + lines.join(''));
    await expect(call(service, importFiles, [file])).rejects.toMatchObject({
      code: 'input-invalid',
      message: expect.stringMatching(/a\.csv:28002: time "nonsense".*\nLines 1 to \d+ are imported; send/),
    });
  });

  it.each([
    ['a file that is not there', 'nowhere.csv', {}, 'input-invalid'],
    ['a service that is not there', 'devices.csv', { url: 'http://127.0.0.1:1' }, 'service-unavailable'],
    ['a URL that is none', 'devices.csv', { url: 'localhost' }, 'usage'],
  ])('tells %s', async (_says, name, values, code) => {
    await using dir = await openTempDir();
    await using service = await openService(dir.path);
    await expect(call(service, importFiles, [join(dir.path, name)], values)).rejects.toMatchObject({ code });
  });
});

describe('kvarter quarantine', () => {
  it('lists, counts, shows, replays and discards', async () => {
    await using dir = await openTempDir();
    await using service = await openService(dir.path);
    await service.publish('kvarter/nobody/up', '{"values":{"activePowerW":1}}');
    await service.publish('kvarter/el-b1/up', 'a\u001b[31m');
    await service.app.settled();
    const list = await call(service, quarantine, ['list'], { device: 'nobody' });
    expect(list.printed).toMatch(
      /^ +1 {2}\S+Z {2}unknown-device +nobody {2}kvarter\/nobody\/up .*add a row.*\n$/,
    );
    const json = await call(service, quarantine, ['list'], { json: true, limit: '1' });
    expect(JSON.parse(json.printed)).toMatchObject({ id: 1, code: 'unknown-device' });
    expect(json.complained).toContain('There are more');
    expect((await call(service, quarantine, ['counts'])).printed).toMatch(
      /1 {2}malformed-payload(.|\n)*2 {2}in all/,
    );
    const shown = await call(service, quarantine, ['show', '2']);
    expect(shown.printed).toContain('  text  a\\x1b[31m\n  hex   61 1b 5b 33 31 6d\n');
    expect((await call(service, quarantine, ['replay', '1'])).printed).toMatch(/^1 packets of 1 rows/);
    await service.app.settled();
    const discarded = await call(service, quarantine, ['discard'], { all: true, json: true });
    expect(JSON.parse(discarded.printed)).toEqual({ rows: 2 });
    expect((await call(service, quarantine, ['list'])).printed).toBe('');
  });

  it.each([
    ['an action that is none', ['mend'], {}],
    ['discard of nothing in particular', ['discard'], {}],
    ['a reason that is none', ['list'], { code: 'nonsense' }],
    ['an id that is none', ['show', 'x'], {}],
    ['a row that is not there', ['show', '99'], {}],
  ])('tells %s', async (_says, files, values) => {
    await using dir = await openTempDir();
    await using service = await openService(dir.path);
    await expect(call(service, quarantine, files, values)).rejects.toMatchObject({ code: 'usage' });
  });
});

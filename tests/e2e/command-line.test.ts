import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, test } from 'vitest';
import { commands } from '../../src/commands/commands.ts';
import { kvarter, startKvarter } from '../support/kvarter.ts';
import { devices, places } from '../support/service.ts';
import { openTempDir } from '../support/temp-dir.ts';

async function openSite() {
  const dir = await openTempDir();
  const files = { places: join(dir.path, 'places.yaml'), devices: join(dir.path, 'devices.csv') };
  await writeFile(files.places, places);
  await writeFile(files.devices, devices);
  const environment = {
    KVARTER_DATADIR: join(dir.path, 'data'),
    KVARTER_MQTT__PORT: '0',
    KVARTER_HTTP__PORT: '0',
    KVARTER_REGISTER__PLACES: files.places,
    KVARTER_REGISTER__DEVICES: files.devices,
  };
  return { ...dir, environment, path: dir.path, files };
}

/** Hourly readings of a meter: quiet days, and a peak on the last. */
const rows = (device: string) =>
  Array.from({ length: 24 * 4 * 12 }, (_, step) => {
    const hour = Math.floor(step / 12);
    const kw = hour % 24 === 7 ? 70 : hour === 3 * 24 + 17 ? 110 : 30;
    return `${new Date(Date.UTC(2026, 0, 12) + step * 300_000).toISOString()},${device},activePowerW,${kw * 1000}`;
  });

describe('kvarter replay', () => {
  it('prints the same bytes for the same files, one alert change per line', async () => {
    await using site = await openSite();
    const file = join(site.path, 'a.csv');
    await writeFile(file, `time,device,quantity,value\n${rows('el-b1').join('\n')}\n`);
    const [first, second] = await Promise.all([1, 2].map(() => kvarter(['replay', file], site)));
    expect(first?.code).toBe(0);
    expect(second?.stdout).toBe(first?.stdout);
    const lines =
      first?.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)) ?? [];
    expect(lines.map(({ state }) => state)).toContain('firing');
    expect(Object.keys(lines[0])).toEqual(
      expect.arrayContaining([
        'at',
        'id',
        'rule',
        'severity',
        'state',
        'building',
        'subject',
        'startsAt',
        'title',
        'detail',
        'facts',
      ]),
    );
  });

  it('reads several files as one series in order of time', async () => {
    await using site = await openSite();
    const header = 'time,device,quantity,value';
    const all = rows('el-b1').map((row, i) => [row, rows('el-b2')[i] ?? '']);
    const files = {
      one: join(site.path, '1.csv'),
      two: join(site.path, '2.csv'),
      both: join(site.path, 'both.csv'),
    };
    await writeFile(files.one, `${header}\n${all.map(([row]) => row).join('\n')}\n`);
    await writeFile(files.two, `${header}\n${all.map(([, row]) => row).join('\n')}\n`);
    await writeFile(files.both, `${header}\n${all.flat().join('\n')}\n`);
    const apart = await kvarter(['replay', files.one, files.two], site);
    const together = await kvarter(['replay', files.both], site);
    expect(apart.stdout).toBe(together.stdout);
    expect(apart.stdout).toContain('"building":"b2"');
  });

  it.each([
    ['a header that is another', 'time,device,value', ':1: the header is'],
    [
      'a time without offset',
      'time,device,quantity,value\n2026-01-01 00:00,el-b1,activePowerW,1',
      ':2: time',
    ],
    [
      'a quantity that is none',
      'time,device,quantity,value\n2026-01-01T00:00Z,el-b1,power,1',
      ':2: quantity "power"',
    ],
    [
      'a value that is none',
      'time,device,quantity,value\n2026-01-01T00:00Z,el-b1,activePowerW,1,5',
      ':2: the line has 5',
    ],
    ['an empty value', 'time,device,quantity,value\n\n2026-01-01T00:00Z,el-b1,activePowerW,', ':3: value ""'],
    ['an empty file', '', 'is empty'],
  ])('refuses %s, and prints nothing', async (_, text, says) => {
    await using site = await openSite();
    const file = join(site.path, 'a.csv');
    await writeFile(file, text);
    const { code, stdout, stderr } = await kvarter(['replay', file], site);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(says);
    expect(stderr).toContain(file);
  });

  it('counts what ingest refuses and goes on', async () => {
    await using site = await openSite();
    const file = join(site.path, 'a.csv');
    const header = 'time,device,quantity,value,channel';
    await writeFile(
      file,
      `${header}\n2026-01-01T00:00Z,nobody,activePowerW,1,\n2026-01-01T00:00Z,el-b1,activePowerW,1,\n`,
    );
    const { code, stderr } = await kvarter(['replay', file, '--json'], site);
    expect(code).toBe(0);
    expect(JSON.parse(stderr)).toMatchObject({
      readings: 1,
      refused: { [Object.keys(JSON.parse(stderr).refused)[0] ?? '']: 1 },
    });
    expect(stderr).toContain('nobody is not in the register');
  });
});

describe('kvarter config check', () => {
  it('says that all is well', async () => {
    await using site = await openSite();
    const { code, stdout } = await kvarter(['config', 'check', '--json'], site);
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { buildings: 2, devices: 3, areas: 1 }]);
  });

  it.each([
    ['a setting', 'kvarter.yaml', 'log: { level: loud }', /kvarter\.yaml:1:15: log\.level/],
    ['places', 'places.yaml', places.replace('areas:', 'aeras:'), /places\.yaml:2:\d+: aeras: unknown key/],
    [
      'a tariff name',
      'places.yaml',
      places.replace('goteborg-energi-2025', 'none'),
      /places\.yaml:8:\d+: .*no tariff file none/,
    ],
    [
      'a device',
      'devices.csv',
      `${devices}x,kvarter,b9,,room\n`,
      /devices\.csv:5:3: building: b9 is not in places/,
    ],
    [
      'a tariff',
      'tariffs/a.json',
      '{"tariffs": []}',
      /a\.json:1:\d+: tariffs: a tariff file holds one tariff/,
    ],
  ])('names file, line and column of %s that is wrong', async (_, name, text, says) => {
    await using site = await openSite();
    await mkdir(join(site.path, 'tariffs'));
    await writeFile(join(site.path, name), text);
    const config = join(site.path, 'kvarter.yaml');
    if (name !== 'kvarter.yaml')
      await writeFile(config, name.startsWith('tariffs') ? `tariffs: ${site.path}/tariffs\n` : '');
    const { code, stdout, stderr } = await kvarter(['config', 'check', '--config', config], site);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(says);
  });
});

describe('kvarter start says in one sentence', () => {
  it('that the data folder is locked, and that a port is in use', async () => {
    await using site = await openSite();
    await using running = startKvarter(['start'], site.environment);
    const [, mqttPort] = await running.says(/"mqttPort":(\d+)/);
    const locked = await kvarter(['start'], site);
    expect([locked.code, locked.stderr.trim().split('\n')]).toEqual([
      1,
      [expect.stringMatching(/is locked by a running kvarter/)],
    ]);
    const environment = {
      ...site.environment,
      KVARTER_DATADIR: join(site.path, 'other'),
      KVARTER_MQTT__PORT: mqttPort ?? '',
    };
    const inUse = await kvarter(['start'], { environment });
    expect([inUse.code, inUse.stderr.trim().split('\n')]).toEqual([
      1,
      [expect.stringMatching(new RegExp(`port ${mqttPort} .* in use`))],
    ]);
    expect(await running.end('SIGTERM')).toBe(0);
  });

  it('that the data folder cannot be written', async () => {
    await using site = await openSite();
    const file = join(site.path, 'a-file');
    await writeFile(file, '');
    const { code, stderr } = await kvarter(['start'], {
      environment: { ...site.environment, KVARTER_DATADIR: join(file, 'data') },
    });
    expect([code, stderr.trim().split('\n')]).toEqual([
      1,
      [expect.stringMatching(/cannot be written.*set dataDir/)],
    ]);
  });
});

test.each(Object.keys(commands))('kvarter %s --help shows an example', async (name) => {
  const { code, stdout } = await kvarter([...name.split(' '), '--help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`\\n {2}.*kvarter ${name}`));
});

const ellevio = join(import.meta.dirname, '../../config/tariffs/ellevio-2025.json');
const battery = 'capacityKwh=40,chargeKw=20,dischargeKw=20';

test.each([
  [['nonsense'], /no command nonsense/],
  [['replay'], /usage: kvarter replay FILE/],
  [['start', '--prot', '1'], /--prot/],
  [['simulate', '--buildings', 'many'], /--buildings many/],
  [['detect', 'a.csv', '--json', '--json'], /--json is given twice: say it once\nsee kvarter detect --help/],
  [['simulate', '--out', ''], /--out is empty: give it a value, or leave it out/],
  [['fill', '/dev/null', '--threshold', '0x50'], /--threshold 0x50: must be a number from 1 to 100/],
  [['bill', '--tariff', 'y'.repeat(3000), '--load', 'a.csv'], /^kvarter: y+…?/],
  [
    ['shave', '--tariff', ellevio, '--load', '-', '--battery', battery, '--price-per-kwh', '5000'],
    /--price-per-kwh: only with --sizes/,
  ],
  [
    ['shave', '--tariff', ellevio, '--load', '-', '--battery', battery, '--sizes', '10', '--out', 'out.csv'],
    /--out is of one battery: not with --sizes/,
  ],
  [
    ['shave', '--tariff', ellevio, '--load', '-', '--battery', battery, '--out', '/nowhere/out.csv'],
    /--out \/nowhere\/out\.csv: cannot be written/,
  ],
  [['bill', '--tariff', '\u001b[2J.json', '--load', 'a.csv'], /^kvarter: \\x1b\[2J\.json: cannot be read/],
])('kvarter %j is refused with exit code 2', async (words, says) => {
  const input = 'time,kw\n2025-01-15T06:00Z,1\n2025-01-15T07:00Z,2\n';
  const { code, stderr } = await kvarter(words, { input });
  expect(code).toBe(2);
  expect(stderr).toMatch(says);
});

describe('kvarter device credentials', () => {
  it('keeps the file that the configuration names, with a password from standard input', async () => {
    await using site = await openSite();
    const file = join(site.path, 'credentials.csv');
    const environment = { ...site.environment, KVARTER_MQTT__CREDENTIALSFILE: file };
    const run = (words: string[], input = '') =>
      kvarter(['device', 'credentials', ...words], { environment, input });
    expect(await run(['set', 'el-b1', '--password-stdin'], 'correct horse\n')).toMatchObject({
      code: 0,
      stdout: 'el-b1 is made.\n',
    });
    expect(await run(['check'])).toMatchObject({ code: 0, stdout: `${file}: all is well. 1 credentials.\n` });
    expect((await run(['list'])).stdout).toMatch(/^el-b1 +device +password/);
    const checked = await kvarter(['config', 'check', '--json'], { environment });
    expect(JSON.parse(checked.stdout)).toMatchObject({ credentials: 1, warnings: [] });
    expect(await run(['set', 'other'])).toMatchObject({ code: 0 });
    expect((await kvarter(['config', 'check'], { environment })).stderr).toMatch(
      /other is no device of the register/,
    );
    await writeFile(file, 'nonsense');
    expect(await kvarter(['config', 'check'], { environment })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/credentials\.csv:1: the header lacks/),
    });
  });

  it('is hinted at by its first word, and asks for a file where none is named', async () => {
    await using site = await openSite();
    expect(await kvarter(['device'], site)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/did you mean .*device adopt, device credentials\?/),
    });
    expect(await kvarter(['device', 'credentials', 'list'], site)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/set mqtt\.credentialsFile/),
    });
  });
});

describe('a signal', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('%s ends a command in the midst of its work', async (signal) => {
    await using dir = await openTempDir();
    const file = join(dir.path, 'load.csv');
    const rows = Array.from({ length: 24 * 365 }, (_, hour) => {
      return `${new Date(Date.UTC(2025, 0, 1, hour)).toISOString()},${20 + 10 * Math.sin(hour / 4)}`;
    });
    await writeFile(file, `time,kw\n${rows.join('\n')}\n`);
    const words = ['--tariff', ellevio, '--load', file, '--battery', battery, '--out', '/dev/null', '--json'];
    await using running = startKvarter(['shave', ...words]);
    await setTimeout(1000);
    expect(await running.end(signal)).toBe(signal);
  });
});

describe('starting', () => {
  it('keeps what it compiled, in the cache of who runs it, and starts without one as well', async () => {
    await using site = await openSite();
    const run = (XDG_CACHE_HOME: string) =>
      kvarter(['--version'], { ...site, environment: { ...site.environment, XDG_CACHE_HOME } });
    const first = await run(join(site.path, 'cache'));
    expect(first.code).toBe(0);
    expect((await readdir(join(site.path, 'cache/kvarter'))).length).toBeGreaterThan(0);
    expect(await run(join(site.path, 'cache'))).toEqual(first);
    expect(await run(site.files.places)).toEqual(first);
  });
});

describe('files', () => {
  it('may be standard input, for each of several tariffs', async () => {
    const load = ['time,kw', '2025-01-15T06:00Z,1', '2025-01-15T07:00Z,2', ''].join('\n');
    const tariffs = join(import.meta.dirname, '../../config/tariffs');
    const ranked = await kvarter(['bill', '--compare', tariffs, '--load', '-'], { input: load });
    expect(ranked).toMatchObject({ code: 0, stderr: '' });
    expect(ranked.stdout).toMatch(/norway-steps-2024 .* NOK/);
    expect(ranked.stdout).toMatch(/ellevio-2025 .* SEK/);
  });

  it('that are full are told in a sentence', async () => {
    // As `kvarter --help > /dev/full`; only Linux has one.
    const ended = await toFullDisk();
    if (ended === undefined)
      return console.warn('not checked: standard output on a full disk (no /dev/full)');
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/^kvarter: standard output cannot be written: ENOSPC[^\n]*\n$/);
  });
});

async function toFullDisk() {
  if (!existsSync('/dev/full')) return undefined;
  await using full = await open('/dev/full', 'w');
  const program = join(import.meta.dirname, '../../bin/kvarter.js');
  const child = spawn(process.execPath, [program, '--help'], { stdio: ['ignore', full.fd, 'pipe'] });
  const [stderr, [code]] = await Promise.all([
    child.stderr === null ? '' : text(child.stderr),
    once(child, 'close'),
  ]);
  return { code, stderr };
}

import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { kvarter, startKvarter } from '../support/kvarter.ts';
import { openTempDir } from '../support/temp-dir.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

/** Packs the project as npm does and puts it where npm would, with the packages it depends on beside it. */
async function install(dir: string): Promise<string> {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', dir], { cwd: root });
  const packed: unknown = JSON.parse(stdout.slice(stdout.search(/^[[{]/m)));
  const [tarball] = (await readdir(dir)).filter((name) => name.endsWith('.tgz'));
  expect(packed).toBeTruthy();
  const place = join(dir, 'node_modules/kvarter');
  await mkdir(place, { recursive: true });
  await run('tar', ['-xzf', join(dir, tarball ?? ''), '-C', place, '--strip-components=1']);
  const { dependencies } = JSON.parse(await readFile(join(place, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  for (const name of Object.keys(dependencies)) {
    const link = join(dir, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(root, 'node_modules', name), link, 'dir');
  }
  return place;
}

test('a packed tarball that is installed elsewhere starts, and knows its example district', async () => {
  await using dir = await openTempDir();
  const place = await install(dir.path);
  expect((await readdir(place)).toSorted()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'bin',
    'config',
    'dist',
    'package.json',
    'simulators',
  ]);
  const program = join(place, 'bin/kvarter.js');
  const check = await kvarter(['config', 'check', '--json'], { cwd: dir.path, program });
  expect(check.stderr).toBe('');
  expect(JSON.parse(check.stdout)).toMatchObject({ buildings: 12 });
  await using running = startKvarter(
    ['start'],
    { KVARTER_DATADIR: join(dir.path, 'data'), KVARTER_MQTT__PORT: '0', KVARTER_HTTP__PORT: '0' },
    program,
  );
  const [, port] = await running.says(/"httpPort":(\d+)/);
  expect(await (await fetch(`http://127.0.0.1:${port}/health`)).json()).toMatchObject({ status: 'ok' });
  expect(await running.end('SIGTERM')).toBe(0);
});

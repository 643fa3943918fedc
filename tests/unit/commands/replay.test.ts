import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { CommandContext } from '../../../src/commands/command.ts';
import { replay } from '../../../src/commands/replay.ts';
import { openTempDir } from '../../support/temp-dir.ts';

it('a long replay says on standard error how far it is', async () => {
  const { code, complained } = await replayed(['2026-01-15T07:15:00Z,nobody,activePowerW,1']);
  expect(code).toBe(0);
  expect(complained[0]).toBe('100 %  2026-01-15T07:15Z, 0 changes of alerts\n');
});

it('a line of a wrong clock, years ahead, is refused as live, and those after it are read', async () => {
  const days = [15, 16, 17].map((day) => `2026-01-${day}T07:15:00Z,el-b1,activePowerW,1000`);
  const { complained } = await replayed([...days, '2062-01-18T07:15:00Z,el-b1,activePowerW,1000', ...days]);
  expect(complained.join('')).toContain(
    'refused 1×: future-time: 2062-01-18T07:15:00.000Z arrived at 2026-01-17T07:15:00.000Z\n6 readings',
  );
});

it('a pause of years loses the first line after it only, and says so', async () => {
  const days = [2023, 2026].flatMap((year) =>
    [15, 16, 17].map((day) => `${year}-01-${day}T07:15:00Z,el-b1,activePowerW,1000`),
  );
  const { complained } = await replayed(days);
  expect(complained.join('')).toContain(
    'refused 1×: future-time: 2026-01-15T07:15:00.000Z arrived at 2023-01-17T07:15:00.000Z\n5 readings',
  );
});

it('readings may name what they came through', async () => {
  const { code, complained } = await replayed(
    ['2026-01-15T07:15:00Z,el-b1,activePowerW,1000,cloud', '2026-01-15T07:16:00Z,el-b1,activePowerW,1000,'],
    'time,device,quantity,value,source',
  );
  expect([code, complained.join('')]).toEqual([0, expect.stringContaining('2 readings')]);
});

async function replayed(rows: readonly string[], header = 'time,device,quantity,value') {
  await using dir = await openTempDir();
  const file = join(dir.path, 'readings.csv');
  writeFileSync(file, `${header}\n${rows.join('\n')}\n`);
  const packageDir = join(import.meta.dirname, '../../..');
  const complained: string[] = [];
  let nowMs = 0;
  const context: CommandContext = {
    places: { cwd: packageDir, packageDir, environment: {} },
    version: '0',
    // Each look at the clock is ten seconds later.
    clock: () => {
      nowMs += 10_000;
      return nowMs;
    },
    print: () => undefined,
    complain: (text) => complained.push(text),
    taken: async () => {},
    inputChunks: async function* () {},
    terminal: undefined,
    stop: new AbortController().signal,
  };
  return { code: await replay.run(context, { values: {}, files: [file] }), complained };
}

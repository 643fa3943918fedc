import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { CommandContext } from '../../../src/commands/command.ts';
import { replay } from '../../../src/commands/replay.ts';
import { openTempDir } from '../../support/temp-dir.ts';

it('a long replay says on standard error how far it is', async () => {
  await using dir = await openTempDir();
  const file = join(dir.path, 'readings.csv');
  writeFileSync(file, 'time,device,quantity,value\n2026-01-15T07:15:00Z,nobody,activePowerW,1\n');
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
    readInput: async () => '',
    taken: async () => {},
    inputChunks: async function* () {},
    terminal: undefined,
    stop: new AbortController().signal,
  };
  expect(await replay.run(context, { values: {}, files: [file] })).toBe(0);
  expect(complained[0]).toBe('100 %  2026-01-15T07:15Z, 0 changes of alerts\n');
});

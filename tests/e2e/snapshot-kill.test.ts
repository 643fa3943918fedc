import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFailed, test } from 'vitest';
import { openCheckpoints } from '../../src/journal/checkpoints.ts';
import { openStateDb } from '../../src/journal/state-db.ts';
import { openSnapshotFiles } from '../../src/workers/snapshot-files.ts';
import { seededUniform } from '../support/chance.ts';
import { openTempDir } from '../support/temp-dir.ts';

const KILLS = Number(process.env.TEST_KILLS ?? 8);

test(
  `kill -9 at ${KILLS} random moments of snapshots: the one that is named is whole, and of its place`,
  async () => {
    const seed = process.env.TEST_SEED ?? randomUUID();
    onTestFailed(() => console.error(`the same kills again: TEST_SEED=${seed}`));
    const chance = seededUniform(seed);
    await using dir = await openTempDir();
    const places: number[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      const child = fork(join(import.meta.dirname, '../support/snapshot-writer.ts'), [dir.path]);
      // However slow the machine is, there is a new one in each life.
      await once(child, 'message');
      await wait(chance() * 150);
      child.kill('SIGKILL');
      await once(child, 'exit');
      places.push(await wholePlace(dir.path));
    }
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places.at(-1)).toBeGreaterThanOrEqual(KILLS);
  },
  20_000 + KILLS * 5000,
);

/** The saved place; throws unless all parts of its snapshot are there, and of it. */
async function wholePlace(dir: string): Promise<number> {
  using state = openStateDb(dir);
  const { cursor, snapshot: text } = openCheckpoints(state.db).load('rules') ?? {};
  const number = Number(cursor ?? 0);
  const names: string[] = [];
  for await (const [of] of openSnapshotFiles({ ...state, text }).kept()) names.push(of);
  const count = number === 0 ? 0 : 60 + (number % 7) * 10;
  expect(names).toEqual(Array.from({ length: count }, () => `rule ${number}`));
  return number;
}

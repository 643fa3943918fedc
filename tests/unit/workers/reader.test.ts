import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Cursor, Frame } from '../../../src/journal/journal.ts';
import { startWorker } from '../../../src/workers/reader.ts';

const FRAMES = 100;
const cursor = (n: number) => String(n).padStart(3, '0') as Cursor;

/** Frames that are all in memory, as those of a chunk of the journal are. */
async function* inMemory(): AsyncGenerator<Frame> {
  for (let n = 0; n < FRAMES; n += 1) yield { at: cursor(n), next: cursor(n + 1), records: [] };
}

it('a reader that catches up lets who publishes have a turn', async () => {
  let handled = 0;
  const failed: Error[] = [];
  await using worker = startWorker({
    journal: { read: inMemory, head: () => cursor(FRAMES), sizeBytes: () => 1 },
    from: cursor(0),
    handle: () => {
      const untilMs = performance.now() + 2;
      while (performance.now() < untilMs);
      handled += 1;
      return Promise.resolve(true);
    },
    onTrouble: (error) => failed.push(error),
    onDead: (error) => failed.push(error),
  });
  await nextTurn();
  expect(handled).toBeLessThan(FRAMES);
  await worker.settled();
  expect(handled).toBe(FRAMES);
  expect(failed).toEqual([]);
});

import { expect } from 'vitest';
import { filterMatches } from '../../../src/domain/topic-filter.ts';
import { openFileJournal } from '../../../src/journal/file-journal.ts';
import { readRecords } from '../journal.ts';
import { openTempDir } from '../temp-dir.ts';
import { fuzzSockets } from './sockets.ts';
import { mole } from './streams.ts';

const MB = 2 ** 20;

/** Holds against the real broker what must hold under any stream: see the expectations. */
export async function expectUnhurt(options: {
  readonly seed: string;
  readonly streams: number;
  readonly atOnce: number;
}): Promise<void> {
  await using dir = await openTempDir();
  const report = await fuzzSockets(dir.path, options);

  // The client beside them was served throughout, with every message once, in order, and with nothing of others.
  expect(report.served).toBeGreaterThan(0);
  expect(report.returned).toEqual(Array.from({ length: report.served }, (_, n) => `served ${n}`));
  expect(report.strange).toEqual([]);

  // Memory is flat, and no connection is left over.
  const [, first, , , last] = report.states;
  if (!first || !last) throw new Error('the broker has not told how it is');
  expect(last.connections).toBe(1);
  expect((last.heapBytes - first.heapBytes) / MB).toBeLessThan(32);
  expect((last.rssBytes - first.rssBytes) / MB).toBeLessThan(128);

  // What was acknowledged is in the journal, and nothing is there that its sender may not publish.
  await using journal = await openFileJournal({ dir: dir.path, segmentBytes: 2 ** 26 });
  const packets = (await readRecords(journal)).filter((record) => record.kind === 'packet');
  const own = packets.filter(({ topic }) => filterMatches('kvarter/bystander/#', topic));
  expect(own.map(({ payload }) => Buffer.from(payload).toString())).toEqual(report.returned);
  expect(new Set(own.map(({ sender }) => sender))).toEqual(new Set(['bystander']));
  const others = packets.filter(({ sender }) => sender !== 'bystander');
  expect(
    others.filter(({ sender, topic }) => sender !== mole || !filterMatches('kvarter/mole/#', topic)),
  ).toEqual([]);
  expect(others.length).toBeGreaterThanOrEqual(report.acknowledged);
  expect(report.acknowledged).toBeGreaterThan(options.streams / 50);
}

import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { openCheckpoints } from '../../../src/journal/checkpoints.ts';
import { openFileJournal } from '../../../src/journal/file-journal.ts';
import type { Cursor, JournalRecord } from '../../../src/journal/journal.ts';
import { watchRoom } from '../../../src/journal/watch-room.ts';
import { readRecords } from '../../support/journal.ts';
import { openTempDir } from '../../support/temp-dir.ts';

const packet = (n: number): JournalRecord => ({
  kind: 'packet',
  receivedAtMs: n,
  topic: 't',
  payload: Buffer.alloc(100, n),
});

/** Appends until one waits; gives the one that does, as a promise that may be awaited. */
async function fill(journal: Awaited<ReturnType<typeof openFileJournal>>) {
  for (let n = 0; ; n += 1) {
    const waiting = journal.append(packet(n)).then(() => 'stored');
    waiting.catch(() => undefined);
    while ((await Promise.race([waiting, new Promise((r) => setImmediate(r))])) !== 'stored') {
      if (journal.isFull()) return { count: n, waiting };
    }
  }
}

describe('at its bound the journal', () => {
  it('lets appending wait until trimming has made room, and loses nothing', async () => {
    await using dir = await openTempDir();
    await using journal = await openFileJournal({ dir: dir.path, segmentBytes: 1 << 20, maxBytes: 4000 });
    const { count, waiting } = await fill(journal);
    expect(journal.sizeBytes()).toBeGreaterThanOrEqual(4000);
    expect(journal.sizeBytes()).toBeLessThan(4200);
    const more = Array.from({ length: 20 }, (_, n) => journal.append(packet(100 + n)));
    await journal.trim(journal.head());
    expect(await waiting).toBe('stored');
    await Promise.all(more);
    expect(journal.isFull()).toBe(false);
    expect((await readRecords(journal)).slice(-21)).toEqual([
      packet(count),
      ...Array.from({ length: 20 }, (_, n) => packet(100 + n)),
    ]);
  });

  it('makes room although one frame is larger than the bound', async () => {
    await using dir = await openTempDir();
    await using journal = await openFileJournal({ dir: dir.path, segmentBytes: 1 << 20, maxBytes: 4000 });
    await journal.append({ kind: 'packet', receivedAtMs: 1, topic: 't', payload: Buffer.alloc(9000) });
    const end = journal.head();
    const { waiting, count } = await fill(journal);
    expect(count).toBe(0);
    await journal.trim(end);
    expect(await waiting).toBe('stored');
    expect(await readRecords(journal, end)).toEqual([packet(0)]);
  });

  it('rejects what waits when it closes', async () => {
    await using dir = await openTempDir();
    const journal = await openFileJournal({ dir: dir.path, segmentBytes: 1 << 20, maxBytes: 2000 });
    const { waiting } = await fill(journal);
    await journal[Symbol.asyncDispose]();
    await expect(waiting).rejects.toThrow('closed');
  });
});

describe('trimming with a retention', () => {
  async function openLog(dir: string) {
    const journal = await openFileJournal({ dir, segmentBytes: 500 });
    for (let n = 0; n < 40; n += 1) await journal.append(packet(n));
    return journal;
  }
  const HOUR_MS = 3_600_000;

  it('keeps what is young, judged by the files, also after a restart', async () => {
    await using dir = await openTempDir();
    await (await openLog(dir.path))[Symbol.asyncDispose]();
    const names = (await readdir(dir.path)).sort();
    const nowMs = Date.now();
    for (const [i, name] of names.entries()) {
      const writtenS = (nowMs - (names.length - i) * HOUR_MS) / 1000;
      await utimes(join(dir.path, name), writtenS, writtenS);
    }
    await using journal = await openFileJournal({ dir: dir.path, segmentBytes: 500 });
    await journal.trim(journal.head(), { sinceMs: nowMs - 3.5 * HOUR_MS, bytes: 1e9 });
    expect((await readdir(dir.path)).sort()).toEqual(names.slice(-3));
  });

  it('gives up the oldest when its room is needed, and never what is still needed', async () => {
    await using dir = await openTempDir();
    await using journal = await openLog(dir.path);
    const size = journal.sizeBytes();
    await journal.trim(journal.head(), { sinceMs: 0, bytes: size - 1 });
    expect(journal.sizeBytes()).toBeLessThan(size);
    expect(journal.sizeBytes()).toBeGreaterThan(size - 600);
    const kept = await readRecords(journal);
    await journal.trim('0000000003:000000000000' as Cursor, { sinceMs: 0, bytes: 0 });
    expect((await readRecords(journal)).slice(-3)).toEqual(kept.slice(-3));
    expect((await readdir(dir.path)).sort()[0]).toBe('0000000003.journal');
  });
});

it('a reader whose place is older than what is kept is told of the gap; one that had read all of it is not', async () => {
  await using dir = await openTempDir();
  const gaps: string[] = [];
  await using journal = await openFileJournal({
    dir: dir.path,
    segmentBytes: 300,
    onGap: (from, oldest) => gaps.push(`${from} to ${oldest}`),
  });
  for (let n = 0; n < 10; n += 1) await journal.append(packet(n));
  const segments = (await readdir(dir.path)).length;
  await journal.trim(journal.head());
  const oldest = `${String(segments).padStart(10, '0')}:000000000000`;
  await readRecords(journal, `${String(segments - 1).padStart(10, '0')}:000000000300` as Cursor);
  expect(gaps).toEqual([]);
  const first = '0000000001:000000000000' as Cursor;
  await readRecords(journal, first);
  expect(gaps).toEqual([`${first} to ${oldest}`]);
});

it('nothing is needless before every reader has saved its place', () => {
  using db = new DatabaseSync(':memory:');
  const checkpoints = openCheckpoints(db);
  expect(checkpoints.oldest(['store', 'rules'])).toBeUndefined();
  checkpoints.save('store', '0000000009:000000000000' as Cursor);
  expect(checkpoints.oldest(['store', 'rules'])).toBeUndefined();
  checkpoints.save('rules', '0000000003:000000000000' as Cursor);
  expect(checkpoints.oldest(['store', 'rules'])).toBe('0000000003:000000000000');
});

it('room that gets short is told once, and once when it is back', async () => {
  await using dir = await openTempDir();
  const said: string[] = [];
  let size = 0;
  using room = watchRoom({
    dir: dir.path,
    journal: { sizeBytes: () => size },
    // So small that the disk of the test always has room for it.
    maxBytes: 1000,
    lowShare: 0.8,
    onLow: (detail) => said.push(detail),
    onEased: () => said.push('eased'),
  });
  const steps: readonly [number, number][] = [
    [799, 0],
    [800, 1],
    [900, 1],
    [760, 1],
    [740, 2],
    [799, 2],
  ];
  for (const [bytes, times] of steps) {
    size = bytes;
    await room.look();
    expect(said).toHaveLength(times);
  }
  expect(said[0]).toMatch(/^the journal is 80 % full .* a reader is behind/);
  expect(said[1]).toBe('eased');
  expect(room.low()).toBeUndefined();
});

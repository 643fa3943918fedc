import { appendFile, open, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFileJournal } from '../../src/journal/file-journal.ts';
import type { Cursor, Frame, Journal, JournalRecord } from '../../src/journal/journal.ts';
import type { Damage } from '../../src/journal/segments.ts';
import { readAll } from '../support/journal.ts';
import { openTempDir } from '../support/temp-dir.ts';

const adapters: Record<string, (dir: string, segmentBytes?: number) => Promise<Journal>> = {
  files: (dir, segmentBytes = 1 << 20) => openFileJournal({ dir, segmentBytes }),
};

const packet = (n: number): JournalRecord => ({
  kind: 'packet',
  receivedAtMs: n,
  topic: `kvarter/d${n}/up`,
  payload: Buffer.from(`payload ${n}`),
});

const recordsOf = (frames: readonly Frame[]) => frames.flatMap((frame) => frame.records);

describe.each(Object.entries(adapters))('journal: %s', (_name, openJournal) => {
  it('gives back what was appended, in order, also after it was opened again', async () => {
    await using dir = await openTempDir();
    const all = Array.from({ length: 500 }, (_, n) => packet(n));
    {
      await using journal = await openJournal(dir.path);
      await Promise.all(all.map((record) => journal.append(record)));
      expect(recordsOf(await readAll(journal))).toEqual(all);
    }
    await using again = await openJournal(dir.path);
    expect(recordsOf(await readAll(again))).toEqual(all);
  });

  it('commits records that come together as one frame', async () => {
    await using dir = await openTempDir();
    await using journal = await openJournal(dir.path);
    await Promise.all(Array.from({ length: 200 }, (_, n) => journal.append(packet(n))));
    expect((await readAll(journal)).length).toBeLessThan(5);
  });

  it('goes on from any cursor', async () => {
    await using dir = await openTempDir();
    await using journal = await openJournal(dir.path);
    for (let n = 0; n < 20; n += 1) await journal.append(packet(n));
    const frames = await readAll(journal);
    for (const [index, frame] of frames.entries()) {
      expect(recordsOf(await readAll(journal, frame.next))).toEqual(recordsOf(frames.slice(index + 1)));
    }
  });

  it('gives a waiting reader what is appended later, and ends when it is told to', async () => {
    await using dir = await openTempDir();
    await using journal = await openJournal(dir.path);
    const stop = new AbortController();
    const seen: JournalRecord[] = [];
    const reader = (async () => {
      for await (const frame of journal.read(undefined, stop.signal)) {
        seen.push(...frame.records);
        if (seen.length === 3) stop.abort();
      }
    })();
    for (let n = 0; n < 3; n += 1) await journal.append(packet(n));
    await reader;
    expect(seen).toEqual([0, 1, 2].map(packet));
  });

  it('reads across segments and forgets whole ones when it is trimmed', async () => {
    await using dir = await openTempDir();
    await using journal = await openJournal(dir.path, 500);
    for (let n = 0; n < 60; n += 1) await journal.append(packet(n));
    const frames = await readAll(journal);
    expect(recordsOf(frames)).toHaveLength(60);
    const before = journal.sizeBytes();
    await journal.trim(frames[40]!.at);
    expect(journal.sizeBytes()).toBeLessThan(before);
    const rest = await readAll(journal, frames[40]!.at);
    expect(recordsOf(rest)).toEqual(Array.from({ length: 20 }, (_, n) => packet(40 + n)));
    expect(recordsOf(await readAll(journal, frames[0]!.at)).at(-1)).toEqual(packet(59));
  });

  it('knows how much there is to read behind a place, also where older files are forgotten', async () => {
    await using dir = await openTempDir();
    await using journal = await openJournal(dir.path, 500);
    expect(journal.bytesBehind(undefined)).toBe(0);
    for (let n = 0; n < 60; n += 1) await journal.append(packet(n));
    const frames = await readAll(journal);
    const whole = journal.sizeBytes();
    expect(journal.bytesBehind(undefined)).toBe(whole);
    const behind = frames.map(({ next }) => journal.bytesBehind(next));
    expect(journal.bytesBehind(journal.head())).toBe(0);
    expect(behind.every((bytes, index) => bytes < (behind[index - 1] ?? whole))).toBe(true);
    await journal.trim(frames[40]!.at);
    expect(journal.bytesBehind(frames[0]!.next)).toBe(journal.sizeBytes());
    expect(journal.bytesBehind(frames[49]!.next)).toBe(behind[49]);
  });

  it('keeps every whole frame before a torn tail, at whichever byte it is torn', async () => {
    await using dir = await openTempDir();
    {
      await using journal = await openJournal(dir.path);
      for (let n = 0; n < 4; n += 1) await journal.append(packet(n));
    }
    const [name] = (await readdir(dir.path)).filter((file) => file.endsWith('.journal'));
    const path = join(dir.path, name!);
    const whole = await readFile(path);
    const frameLength = whole.length / 4;
    for (let cut = whole.length; cut >= 0; cut -= 7) {
      await using copy = await openTempDir();
      await writeFile(join(copy.path, name!), whole);
      await truncate(join(copy.path, name!), cut);
      await using journal = await openJournal(copy.path);
      const kept = Math.floor(cut / frameLength);
      expect(recordsOf(await readAll(journal))).toEqual(Array.from({ length: kept }, (_, n) => packet(n)));
    }
  });

  it('says what it cut, keeps the bytes, and goes on appending behind the last whole frame', async () => {
    await using dir = await openTempDir();
    {
      await using journal = await openJournal(dir.path);
      await journal.append(packet(1));
    }
    const [name] = await readdir(dir.path);
    await appendFile(join(dir.path, name!), 'not a frame');
    let said = '';
    await using journal = await openFileJournal({
      dir: dir.path,
      segmentBytes: 1 << 20,
      onCut: (cut) => {
        said = `${cut.bytes} bytes kept as ${cut.keptAs}`;
      },
    });
    expect(said).toMatch(/^11 bytes kept as .*cut-at-/);
    await journal.append(packet(2));
    expect(recordsOf(await readAll(journal))).toEqual([packet(1), packet(2)]);
  });

  it('serves no damaged frame of an older segment: it says where the damage is, and goes on behind it', async () => {
    await using dir = await openTempDir();
    const said: string[] = [];
    const options = {
      dir: dir.path,
      segmentBytes: 200,
      onDamage: ({ offset, keptAs }: Damage) => said.push(`byte ${offset}, kept as ${keptAs}`),
    };
    {
      await using journal = await openFileJournal(options);
      for (let n = 0; n < 10; n += 1) await journal.append(packet(n));
    }
    const [oldest] = (await readdir(dir.path)).sort();
    await using file = await open(join(dir.path, oldest!), 'r+');
    await file.write(Buffer.from([0xff]), 0, 1, 30);
    await using journal = await openFileJournal(options);
    expect(recordsOf(await readAll(journal))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map(packet));
    expect(said).toEqual([expect.stringMatching(/^byte 0, kept as .*damaged-at-0$/)]);
  });

  it('refuses a cursor from behind its end: the data folder was mixed up', async () => {
    await using dir = await openTempDir();
    await using journal = await openJournal(dir.path);
    const beyond = '0000000009:000000000000' as Cursor;
    await expect(readAll(journal, beyond)).rejects.toThrow(/not of the same age/);
  });
});

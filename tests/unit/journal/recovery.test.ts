import { cp, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openFileJournal } from '../../../src/journal/file-journal.ts';
import { HEADER_BYTES } from '../../../src/journal/frame.ts';
import type { Frame, JournalRecord } from '../../../src/journal/journal.ts';
import { type Damage, placeOf } from '../../../src/journal/segments.ts';
import { readAll, readRecords } from '../../support/journal.ts';
import { openTempDir } from '../../support/temp-dir.ts';

const packet = (n: number, bytes = 10): JournalRecord => ({
  kind: 'packet',
  receivedAtMs: n,
  topic: `kvarter/d${n}/up`,
  payload: Buffer.alloc(bytes, n),
});

/** A log of frames of one to five records, closed; gives the frames of its newest segment, and those before. */
async function writeLog(dir: string, batches: readonly number[], segmentBytes = 1 << 20) {
  await using journal = await openFileJournal({ dir, segmentBytes });
  let n = 0;
  for (const batch of batches) {
    await Promise.all(Array.from({ length: (batch % 5) + 1 }, () => journal.append(packet(++n, batch))));
  }
  const { segment } = placeOf(journal.head());
  const frames: Frame[] = [];
  const stop = new AbortController();
  for await (const frame of journal.read(undefined, stop.signal)) {
    frames.push({ ...frame, records: frame.records });
    if (frame.next === journal.head()) stop.abort();
  }
  const name = `${String(segment).padStart(10, '0')}.journal`;
  const isNewest = (frame: Frame) => placeOf(frame.at).segment === segment;
  return {
    name,
    newest: frames.filter(isNewest),
    older: frames.filter((frame) => !isNewest(frame)),
    bytes: await readFile(join(dir, name)),
  };
}

/** Opens the log again and tells what it says and what it serves, before and after it was opened once more. */
async function recover(dir: string) {
  const cuts: Damage[] = [];
  const damages: Damage[] = [];
  const listen = {
    onCut: (cut: Damage) => cuts.push(cut),
    onDamage: (damage: Damage) => damages.push(damage),
  };
  let records: JournalRecord[];
  const more = packet(9999);
  {
    await using journal = await openFileJournal({ dir, segmentBytes: 1 << 20, ...listen });
    await journal.append(more);
    records = await readRecords(journal);
  }
  await using again = await openFileJournal({ dir, segmentBytes: 1 << 20 });
  expect(await readRecords(again)).toEqual(records);
  expect(records.at(-1)).toEqual(more);
  return { records: records.slice(0, -1), cuts, damages };
}

const recordsOf = (frames: readonly Frame[]) => frames.flatMap((frame) => frame.records);
const offsets = (frame: Frame) => ({ from: placeOf(frame.at).offset, to: placeOf(frame.next).offset });

const batches = fc.array(fc.nat({ max: 300 }), { minLength: 3, maxLength: 12 });

describe('the newest segment, cut', () => {
  it('at every byte: what was whole before the cut is kept, the rest is told', async () => {
    await using dir = await openTempDir();
    const log = await writeLog(join(dir.path, 'log'), [3, 1, 30, 7]);
    for (let cut = 0; cut <= log.bytes.length; cut += 1) {
      await using copy = await openTempDir();
      await cp(join(dir.path, 'log'), copy.path, { recursive: true });
      await truncate(join(copy.path, log.name), cut);
      const whole = log.newest.filter((frame) => offsets(frame).to <= cut);
      const end = Math.max(0, ...whole.map((frame) => offsets(frame).to));
      const { records, cuts, damages } = await recover(copy.path);
      expect(records, `cut at ${cut}`).toEqual(recordsOf(whole));
      expect(cuts.map(({ offset, bytes }) => ({ offset, bytes }))).toEqual(
        cut === end ? [] : [{ offset: end, bytes: cut - end }],
      );
      expect(damages).toEqual([]);
    }
  });

  it('at any byte of a log of several segments', async () => {
    await fc.assert(
      fc.asyncProperty(batches, fc.nat(), async (sizes, nat) => {
        await using dir = await openTempDir();
        const log = await writeLog(dir.path, sizes, 2000);
        const cut = nat % (log.bytes.length + 1);
        await truncate(join(dir.path, log.name), cut);
        const whole = log.newest.filter((frame) => offsets(frame).to <= cut);
        const end = Math.max(0, ...whole.map((frame) => offsets(frame).to));
        const { records, cuts } = await recover(dir.path);
        expect(records).toEqual(recordsOf([...log.older, ...whole]));
        expect(cuts.map(({ bytes }) => bytes)).toEqual(cut === end ? [] : [cut - end]);
        for (const { keptAs } of cuts) {
          expect(await readFile(keptAs!)).toEqual(log.bytes.subarray(end, cut));
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('a flipped bit', () => {
  it('anywhere in the newest segment costs that frame alone, and is told with its bytes', async () => {
    await fc.assert(
      fc.asyncProperty(batches, fc.nat(), async (sizes, nat) => {
        await using dir = await openTempDir();
        const log = await writeLog(dir.path, sizes, 4000);
        const bit = nat % (log.bytes.length * 8);
        const damaged = Buffer.from(log.bytes);
        damaged[bit >> 3]! ^= 1 << (bit & 7);
        await writeFile(join(dir.path, log.name), damaged);
        const hit = log.newest.find((frame) => offsets(frame).to > bit >> 3)!;
        const { records, cuts, damages } = await recover(dir.path);
        expect(records).toEqual(recordsOf([...log.older, ...log.newest.filter((frame) => frame !== hit)]));
        const isLast = hit === log.newest.at(-1);
        const { from, to } = offsets(hit);
        const told = [...cuts, ...damages];
        expect(told.map(({ offset, bytes }) => ({ offset, bytes }))).toEqual([
          { offset: from, bytes: to - from },
        ]);
        expect(cuts).toHaveLength(isLast ? 1 : 0);
        expect(await readFile(told[0]!.keptAs!)).toEqual(damaged.subarray(from, to));
      }),
      { numRuns: 150 },
    );
  });

  it.each([0, 4, 8, 12, HEADER_BYTES + 3])(
    'at byte %d of a frame of an older segment is passed over and told once, to two readers',
    async (at) => {
      await using dir = await openTempDir();
      const log = await writeLog(
        dir.path,
        Array.from({ length: 20 }, (_, n) => n * 5),
        1000,
      );
      const hit = log.older[5]!;
      const path = join(dir.path, `${String(placeOf(hit.at).segment).padStart(10, '0')}.journal`);
      const bytes = await readFile(path);
      bytes[offsets(hit).from + at]! ^= 0x10;
      await writeFile(path, bytes);
      const damages: Damage[] = [];
      await using journal = await openFileJournal({
        dir: dir.path,
        segmentBytes: 1000,
        onDamage: (damage) => damages.push(damage),
      });
      const left = recordsOf([...log.older, ...log.newest].filter((frame) => frame !== hit));
      expect(await readRecords(journal)).toEqual(left);
      expect(await readRecords(journal)).toEqual(left);
      expect(damages).toMatchObject([
        { file: path, offset: offsets(hit).from, bytes: offsets(hit).to - offsets(hit).from },
      ]);
    },
  );

  it('in the newest frame, which a reader has passed: the reader misses nothing that comes after', async () => {
    await using dir = await openTempDir();
    const log = await writeLog(dir.path, [1, 2, 3]);
    log.bytes[log.bytes.length - 1]! ^= 1;
    await writeFile(join(dir.path, log.name), log.bytes);
    await using journal = await openFileJournal({ dir: dir.path, segmentBytes: 1 << 20 });
    const more = Array.from({ length: 30 }, (_, n) => packet(n, n));
    for (const record of more) await journal.append(record);
    expect(await readRecords(journal, log.newest.at(-1)!.next)).toEqual(more);
  });

  it('does not let a frame that somebody sent as a payload pass for one of the journal', async () => {
    await using dir = await openTempDir();
    const forged = (await writeLog(join(dir.path, 'forged'), [4])).bytes;
    const path = join(dir.path, 'log');
    const carrier: JournalRecord = { kind: 'packet', receivedAtMs: 1, topic: 't', payload: forged };
    {
      await using journal = await openFileJournal({ dir: path, segmentBytes: 1 << 20 });
      await journal.append(carrier);
      await journal.append(packet(2));
    }
    const [name = ''] = await readdir(path);
    const bytes = await readFile(join(path, name));
    bytes[HEADER_BYTES + 1]! ^= 1;
    await writeFile(join(path, name), bytes);
    expect((await recover(path)).records).toEqual([packet(2)]);
  });
});

it('frames that lie across what is read at once, or are larger than that, are whole, and one that is not is told', async () => {
  await using dir = await openTempDir();
  const log = await writeLog(dir.path, [300_000, 800_000, 1_200_000, 10], 1 << 24);
  expect(await recover(dir.path)).toEqual({ records: recordsOf(log.newest), cuts: [], damages: [] });
  const large = log.newest[2]!;
  const { from, to } = offsets(large);
  log.bytes[to - 1]! ^= 1;
  await writeFile(join(dir.path, log.name), log.bytes);
  const { records, cuts, damages } = await recover(dir.path);
  expect(records.slice(0, 3)).toEqual(recordsOf(log.newest.filter((frame) => frame !== large)));
  expect(damages.map(({ offset, bytes }) => ({ offset, bytes }))).toEqual([
    { offset: from, bytes: to - from },
  ]);
  expect(cuts).toEqual([]);
});

it('a torn tail full of what looks like beginnings is given up in time', async () => {
  await using dir = await openTempDir();
  const log = await writeLog(dir.path, [1, 2, 3]);
  const tail = Buffer.alloc(8 << 20);
  for (let at = 0; at < tail.length; at += HEADER_BYTES) {
    log.bytes.copy(tail, at, 0, 4);
    tail.writeUInt32LE(tail.length >> 1, at + 4);
  }
  await writeFile(join(dir.path, log.name), Buffer.concat([log.bytes, tail]));
  const { records, cuts } = await recover(dir.path);
  expect(records).toEqual(recordsOf(log.newest));
  expect(cuts).toMatchObject([{ offset: log.bytes.length, bytes: tail.length }]);
});

it('a journal whose newest segment is empty still recovers the one before', async () => {
  await using dir = await openTempDir();
  const log = await writeLog(dir.path, [1, 2, 3]);
  await truncate(join(dir.path, log.name), log.bytes.length - 1);
  await writeFile(join(dir.path, '0000000002.journal'), '');
  const { records, cuts } = await recover(dir.path);
  expect(records).toEqual(recordsOf(log.newest.slice(0, -1)));
  expect(cuts).toHaveLength(1);
});

it('a newest segment of nothing but a torn write leaves the head behind the last whole frame', async () => {
  await using dir = await openTempDir();
  const log = await writeLog(dir.path, [3, 1]);
  await writeFile(join(dir.path, '0000000002.journal'), log.bytes.subarray(0, 20));
  await using journal = await openFileJournal({ dir: dir.path, segmentBytes: 1 << 20 });
  expect(journal.head()).toBe(log.newest.at(-1)?.next);
});

it('a segment that was moved away is passed over', async () => {
  await using dir = await openTempDir();
  const log = await writeLog(dir.path, [10, 20, 30, 40, 50, 60], 200);
  const gone = log.older[1]!;
  await truncate(join(dir.path, `${String(placeOf(gone.at).segment).padStart(10, '0')}.journal`), 0);
  await using journal = await openFileJournal({ dir: dir.path, segmentBytes: 200 });
  const frames = await readAll(journal, gone.next);
  expect(recordsOf(frames)).toEqual(
    recordsOf(
      [...log.older, ...log.newest].filter((frame) => placeOf(frame.at).segment > placeOf(gone.at).segment),
    ),
  );
});

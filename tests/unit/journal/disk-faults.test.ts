import { readdir } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openFileJournal } from '../../../src/journal/file-journal.ts';
import type { JournalRecord } from '../../../src/journal/journal.ts';
import { type Call, type Fault, faultyFiles } from '../../support/faulty-files.ts';
import { readRecords } from '../../support/journal.ts';
import { openTempDir } from '../../support/temp-dir.ts';

const packet = (n: number): JournalRecord => ({
  kind: 'packet',
  receivedAtMs: n,
  topic: `kvarter/d${n}/up`,
  payload: Buffer.alloc(n % 10, n),
});

/** Appends in batches of up to three, and gives what resolved and what was rejected. */
async function appendAll(
  dir: string,
  faults: readonly Fault[],
  { count = 60, segmentBytes = 600 }: { count?: number; segmentBytes?: number } = {},
) {
  const faulty = faultyFiles(faults);
  await using journal = await openFileJournal({ dir, segmentBytes, files: faulty.files });
  const stored: JournalRecord[] = [];
  const rejected: { record: JournalRecord; error: unknown }[] = [];
  for (let n = 0; n < count; n += 3) {
    await Promise.all(
      [n, n + 1, n + 2].map(packet).map((record) =>
        journal.append(record).then(
          () => stored.push(record),
          (error: unknown) => rejected.push({ record, error }),
        ),
      ),
    );
  }
  return { stored, rejected, served: await readRecords(journal), calls: faulty.calls };
}

async function served(dir: string): Promise<JournalRecord[]> {
  const cuts: unknown[] = [];
  await using journal = await openFileJournal({
    dir,
    segmentBytes: 600,
    onCut: (cut) => cuts.push(cut),
    onDamage: (damage) => cuts.push(damage),
  });
  const records = await readRecords(journal);
  expect(cuts).toEqual([]);
  return records;
}

describe('a disk that fails and is well again', () => {
  const cases: readonly [string, readonly Fault[], number][] = [
    ['is full at the first write', [{ call: 'write', nth: 0, times: 1, error: 'ENOSPC' }], 3],
    ['is full at a write', [{ call: 'write', nth: 4, times: 1, error: 'ENOSPC' }], 3],
    ['is full for five writes', [{ call: 'write', nth: 4, times: 5, error: 'ENOSPC' }], 15],
    ['writes only half', [{ call: 'write', nth: 4, times: 3, short: true }], 0],
    ['fails a sync', [{ call: 'datasync', nth: 4, times: 1, error: 'EIO' }], 3],
    // The cut must be synced, too: each batch tries it before it is written, and again when it is rejected.
    ['fails syncs', [{ call: 'datasync', nth: 4, times: 4, error: 'EIO' }], 6],
    [
      'can neither sync nor cut',
      [
        { call: 'datasync', nth: 4, times: 1, error: 'EIO' },
        { call: 'truncate', nth: 0, times: 5, error: 'EROFS' },
      ],
      9,
    ],
    [
      'has no room for the next segment',
      [
        { call: 'write', nth: 4, times: 1, error: 'ENOSPC' },
        { call: 'open', nth: 2, times: 3, error: 'ENOSPC' },
      ],
      Number.NaN,
    ],
  ];
  it.each(cases)(
    '%s: nothing rejected is served, all that resolved is, and it heals',
    async (_is, faults, lost) => {
      await using dir = await openTempDir();
      const run = await appendAll(dir.path, faults);
      if (Number.isNaN(lost)) expect(run.rejected.length).toBeGreaterThan(0);
      else expect(run.rejected).toHaveLength(lost);
      for (const { error } of run.rejected) {
        expect(error).toMatchObject({ code: 'journal-write-failed', retryable: true });
      }
      expect(run.served).toEqual(run.stored);
      expect(run.stored.at(-1)).toEqual(packet(59));
      expect(await served(dir.path)).toEqual(run.stored);
    },
  );

  it('holds for faults of any kind at any calls', async () => {
    const fault: fc.Arbitrary<Fault> = fc.oneof(
      fc.record({
        call: fc.constantFrom<Call>('open', 'write', 'datasync', 'truncate'),
        // The first open is the start itself; the last fault is over before the last batch.
        nth: fc.integer({ min: 1, max: 10 }),
        times: fc.integer({ min: 1, max: 6 }),
        error: fc.constantFrom('ENOSPC' as const, 'EIO' as const, 'EROFS' as const),
      }),
      fc.record({
        call: fc.constant('write' as const),
        nth: fc.nat({ max: 20 }),
        times: fc.integer({ min: 1, max: 6 }),
        short: fc.constant(true as const),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { maxLength: 5 }), async (faults) => {
        await using dir = await openTempDir();
        const run = await appendAll(dir.path, faults, { count: 300 });
        expect(run.served).toEqual(run.stored);
        expect(run.stored.length + run.rejected.length).toBe(300);
        expect(run.stored.at(-1)).toEqual(packet(299));
        expect(await served(dir.path)).toEqual(run.stored);
      }),
      { numRuns: 60 },
    );
  });

  it('has its head behind the newest frame also when the segment after it is empty', async () => {
    await using dir = await openTempDir();
    const { files } = faultyFiles([{ call: 'write', nth: 1, times: 1, error: 'ENOSPC' }]);
    await using journal = await openFileJournal({ dir: dir.path, segmentBytes: 600, files });
    await journal.append(packet(1));
    const head = journal.head();
    await expect(journal.append(packet(2))).rejects.toThrow('ENOSPC');
    expect(journal.head()).toBe(head);
    await journal.append(packet(3));
    expect(await readRecords(journal, head)).toEqual([packet(3)]);
  });

  it('goes on in a new segment, and never writes behind what failed', async () => {
    await using dir = await openTempDir();
    await appendAll(dir.path, [{ call: 'datasync', nth: 2, times: 1, error: 'EIO' }], {
      count: 12,
      segmentBytes: 1 << 20,
    });
    expect((await readdir(dir.path)).filter((name) => name.endsWith('.journal'))).toHaveLength(2);
  });
});

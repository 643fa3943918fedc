import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { JournalRecord } from '../../../src/journal/journal.ts';
import { openJournal } from '../../../src/journal/open-journal.ts';
import { readRecords } from '../../support/journal.ts';
import { openTempDir } from '../../support/temp-dir.ts';

const tick = (n: number): JournalRecord => ({ kind: 'tick', atMs: n * 60_000 });

function listener() {
  const said: string[] = [];
  const say = (level: string) => (fields: object, message: string) =>
    said.push(`${level}: ${message} ${JSON.stringify(fields)}`);
  return { said, log: { error: say('error'), warn: say('warn'), info: say('info') } };
}

it('damage is an error in the log, a detail in the health, and counted', async () => {
  await using dir = await openTempDir();
  const { said, log } = listener();
  const options = { dir: dir.path, segmentMb: 1, maxGb: 0.01, lowShare: 0.8, log };
  {
    await using journal = await openJournal(options);
    for (let n = 0; n < 3; n += 1) await journal.append(tick(n));
    expect(journal.health().ok).toBe(true);
    expect(journal.maxBytes()).toBe(0.01 * 1024 ** 3);
  }
  const [name = ''] = await readdir(dir.path);
  const bytes = await readFile(join(dir.path, name));
  bytes[Math.floor(bytes.length / 2)]! ^= 1;
  await writeFile(join(dir.path, name), bytes);
  await using journal = await openJournal(options);
  expect(await readRecords(journal)).toEqual([tick(0), tick(2)]);
  expect(said.filter((line) => line.startsWith('error'))).toEqual([
    expect.stringMatching(/a journal file is damaged.*"offset":25,"bytes":25,"keptAs":/),
  ]);
  expect(journal.damagedBytes()).toBe(25);
  expect(journal.health()).toEqual({ ok: true, detail: expect.stringMatching(/^25 bytes of damage/) });
});

it('a torn end is a warning', async () => {
  await using dir = await openTempDir();
  const { said, log } = listener();
  const options = { dir: dir.path, segmentMb: 1, maxGb: 0.01, lowShare: 0.8, log };
  {
    await using journal = await openJournal(options);
    await journal.append(tick(1));
  }
  const [name = ''] = await readdir(dir.path);
  await writeFile(join(dir.path, name), 'torn', { flag: 'a' });
  await using journal = await openJournal(options);
  expect(said).toEqual([expect.stringMatching(/^warn: the newest journal file .* was cut .*"bytes":4,/)]);
  expect(journal.damagedBytes()).toBe(0);
});

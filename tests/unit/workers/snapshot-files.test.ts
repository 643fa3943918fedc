import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Part } from '../../../src/rules/engine.ts';
import { openSnapshotFiles } from '../../../src/workers/snapshot-files.ts';
import { openTempDir } from '../../support/temp-dir.ts';

const synced = async () => undefined;
const partsOf = (name: string): Part[] => [
  ['rules', { name }],
  ['rule å', ['b1', { note: 'a line\nand another\u2028and one more' }]],
];

/** Files, and the text as the state database has it. */
function open(dir: string, text?: string, whenSynced = synced) {
  const files = openSnapshotFiles({ dir, text, synced: whenSynced });
  let named = text;
  return {
    keep: (parts: Iterable<Part>) =>
      files.keep(parts, (next) => {
        named = next;
      }),
    refuse: (parts: Iterable<Part>) =>
      files.keep(parts, () => {
        throw new Error('not committed');
      }),
    named: () => named,
  };
}

async function keptAt(dir: string, text: string | undefined): Promise<Part[]> {
  const parts: Part[] = [];
  for await (const part of openSnapshotFiles({ dir, text, synced }).kept()) parts.push(part);
  return parts;
}

it('what is kept is read again, and a file that is named is never written to', async () => {
  await using dir = await openTempDir();
  const files = open(dir.path);
  expect(await keptAt(dir.path, undefined)).toEqual([]);
  const named: (string | undefined)[] = [];
  for (const name of ['first', 'second', 'third']) {
    await files.keep(partsOf(name));
    expect(await keptAt(dir.path, files.named())).toEqual(partsOf(name));
    named.push(files.named());
    // A power cut undid the newest commit.
    if (name === 'second') expect(await keptAt(dir.path, named[0])).toEqual(partsOf('first'));
  }
  expect(named.map((text) => JSON.parse(text ?? '').file)).toEqual([
    'rules-0.jsonl',
    'rules-1.jsonl',
    'rules-0.jsonl',
  ]);
});

it('the file that was named before is safe until it is certain that the other one is named', async () => {
  await using dir = await openTempDir();
  const before = open(dir.path);
  await before.keep(partsOf('first'));
  const first = before.named();
  await before.keep(partsOf('second'));
  const isSynced = Promise.withResolvers<undefined>();
  const files = open(dir.path, before.named(), () => isSynced.promise);
  const keeping = files.keep(partsOf('third'));
  expect(await keptAt(dir.path, first)).toEqual(partsOf('first'));
  isSynced.resolve(undefined);
  await keeping;
  expect(await keptAt(dir.path, files.named())).toEqual(partsOf('third'));
});

it('what cannot be written or committed leaves what was kept, and the next one is kept', async () => {
  await using dir = await openTempDir();
  const files = open(dir.path);
  await files.keep(partsOf('first'));
  const first = files.named();
  function* failing(): Iterable<Part> {
    for (let n = 0; n < 50; n += 1) yield ['rule x', 'y'.repeat(20_000)];
    throw new Error('in the midst of it');
  }
  await expect(files.keep(failing())).rejects.toMatchObject({ code: 'state-write-failed', retryable: true });
  expect((await readFile(join(dir.path, 'rules-1.jsonl'))).length).toBe(0);
  await expect(files.refuse(partsOf('second'))).rejects.toThrow('not committed');
  expect(files.named()).toBe(first);
  expect(await keptAt(dir.path, first)).toEqual(partsOf('first'));
  await files.keep(partsOf('third'));
  expect(await keptAt(dir.path, files.named())).toEqual(partsOf('third'));
});

it('a file that cannot be opened is tried again', async () => {
  await using dir = await openTempDir();
  const files = open(dir.path);
  const path = join(dir.path, 'rules-0.jsonl');
  await mkdir(path);
  await expect(files.keep(partsOf('first'))).rejects.toMatchObject({
    code: 'state-write-failed',
    message: expect.stringContaining(path),
  });
  await rm(path, { recursive: true });
  await files.keep(partsOf('first'));
  expect(await keptAt(dir.path, files.named())).toEqual(partsOf('first'));
});

it('a file that is not as it was written is refused', async () => {
  await using dir = await openTempDir();
  const files = open(dir.path);
  await files.keep(partsOf('first'));
  const path = join(dir.path, 'rules-0.jsonl');
  const text = await readFile(path, 'utf8');
  await truncate(path, text.indexOf('\n') + 1);
  await expect(keptAt(dir.path, files.named())).rejects.toThrow('bytes');
  await writeFile(path, text.replace('["rule', '{"rule'));
  await expect(keptAt(dir.path, files.named())).rejects.toThrow();
  await rm(path);
  await expect(keptAt(dir.path, files.named())).rejects.toThrow('ENOENT');
});

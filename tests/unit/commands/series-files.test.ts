import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readLoadFile, readSeriesFile } from '../../../src/commands/series-files.ts';
import { openTempDir } from '../../support/temp-dir.ts';

const timeZone = 'Europe/Stockholm';
const inputChunks = async function* () {};

it('reads a load, and tells on standard error where it has gaps', async () => {
  await using dir = await openTempDir();
  const file = join(dir.path, 'load.csv');
  writeFileSync(file, 'time,kw\n2026-01-15T06:00Z,1\n2026-01-15T07:00Z,2\n2026-01-15T09:00Z,3\n');
  const said: string[] = [];
  const load = await readLoadFile(file, { timeZone }, { complain: (text) => said.push(text), inputChunks });
  expect([...load.kw]).toEqual([1, 2, Number.NaN, 3]);
  expect(said).toEqual([`note: ${file}:4: an interval is missing before this line: carried as missing\n`]);
});

it('names file and line of what is wrong', async () => {
  await using dir = await openTempDir();
  const file = join(dir.path, 'price.csv');
  writeFileSync(file, 'time,price\n2026-01-15T06:00Z,cheap\n');
  const options = { timeZone, columns: ['price'], required: [['price']] };
  const read = (path: string) => readSeriesFile(path, options, { complain: () => undefined, inputChunks });
  await expect(read(file)).rejects.toThrow(`${file}:2: price "cheap" is not a number`);
  await expect(read(join(dir.path, 'none.csv'))).rejects.toThrow('cannot be read');
});

it('reads what Excel saves as Unicode text', async () => {
  await using dir = await openTempDir();
  const file = join(dir.path, 'load.txt');
  const text = '\uFEFFtime\tkw\r\n2026-01-15 06:00\t1,5\r\n2026-01-15 07:00\t2\r\n';
  writeFileSync(file, Buffer.from(text, 'utf16le'));
  const load = await readLoadFile(file, { timeZone }, { complain: () => undefined, inputChunks });
  expect([...load.kw]).toEqual([1.5, 2]);
});

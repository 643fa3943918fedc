import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { type FileChunk, fileChunks } from '../../../src/commands/file-chunks.ts';
import { openTempDir } from '../../support/temp-dir.ts';

const HEADER = 'time,device\n';
const csv = (rows: number) => HEADER + Array.from({ length: rows }, (_, i) => `row ${i + 2}\n`).join('');

async function chunksOf(name: string, content: string | Buffer, chunkBytes?: number): Promise<FileChunk[]> {
  await using dir = await openTempDir();
  const file = join(dir.path, name);
  await writeFile(file, content);
  return all(fileChunks(file, chunkBytes));
}

it.each([
  ['plain', 'a.csv', (text: string) => text],
  ['gzipped', 'a.csv.gz', (text: string) => gzipSync(text)],
])(
  'each chunk of CSV has the header and whole lines, and knows where they stand in the file: %s',
  async (_says, name, pack) => {
    const chunks = await chunksOf(name, pack(csv(50_000)), 100_000);
    expect(chunks.length).toBeGreaterThan(3);
    const rows: string[] = [];
    for (const { content, lineOf, type } of chunks) {
      expect(type).toBe('text/csv');
      const [first, ...lines] = content.toString().trimEnd().split('\n');
      expect(`${first}\n`).toBe(HEADER);
      lines.forEach((line, i) => {
        expect(line).toBe(`row ${lineOf(i + 2)}`);
        rows.push(line);
      });
    }
    expect(rows).toHaveLength(50_000);
    expect(chunks.reduce((sum, { lines }) => sum + lines, 0)).toBe(50_001);
  },
);

it('NDJSON has no header', async () => {
  const chunks = await chunksOf('a.ndjson', '{"n":1}\n'.repeat(20_000), 50_000);
  expect(chunks.map(({ type }) => type)).toContain('application/x-ndjson');
  expect(Buffer.concat(chunks.map(({ content }) => content)).toString()).toBe('{"n":1}\n'.repeat(20_000));
  expect(chunks[1]?.lineOf(1)).toBe((chunks[0]?.lines ?? 0) + 1);
});

it.each([
  ['an empty file is one empty chunk, for the service to refuse', '', ['']],
  ['the last line may lack its end', 'a\nb', ['a\nb']],
])('%s', async (_says, text, contents) => {
  const chunks = await chunksOf('a.csv', text);
  expect(chunks.map(({ content }) => content.toString())).toEqual(contents);
});

it.each([
  ['missing', 'nowhere.csv', undefined],
  ['not gzip', 'a.csv.gz', 'time,device'],
])('a file that is %s is the user’s to mend', async (_says, name, content) => {
  await using dir = await openTempDir();
  const file = join(dir.path, name);
  if (content !== undefined) await writeFile(file, content);
  await expect(all(fileChunks(file))).rejects.toMatchObject({ code: 'input-invalid' });
});

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

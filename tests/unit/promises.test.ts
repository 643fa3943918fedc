import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const TITLE = 'What kvarter promises, and how it is tested';

test('each promise of the README names tests that exist', () => {
  const rows = promises(readFileSync(join(root, 'README.md'), 'utf8'));
  expect(rows.length).toBeGreaterThan(8);
  for (const { text, files } of rows) {
    expect(files.length, text).toBeGreaterThan(0);
    expect(
      files.filter((file) => !existsSync(join(root, file))),
      text,
    ).toEqual([]);
  }
});

test('the check is awake', () => {
  const rows = promises(
    `## ${TITLE}\n| When | holds | shown by |\n| --- | --- | --- |\n| a | b | [c](tests/c.ts) |\n| d | e | |\n`,
  );
  expect(rows.map(({ files }) => files)).toEqual([['tests/c.ts'], []]);
});

/** The rows of the table, with the files that each links to. */
function promises(markdown: string): { readonly text: string; readonly files: string[] }[] {
  const section = markdown.split(/^## /m).find((part) => part.startsWith(TITLE)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(2).map((text) => ({
    text,
    files: [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, file]) => file ?? ''),
  }));
}

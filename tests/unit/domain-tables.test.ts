import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { errorCodes } from '../../src/domain/errors.ts';
import { quantities } from '../../src/domain/quantity.ts';
import { rejectCodes } from '../../src/domain/reading.ts';
import { ruleTypes } from '../../src/rules/definitions.ts';

const root = join(import.meta.dirname, '../..');
const source = globSync('src/**/*.ts', { cwd: root })
  .filter((file) => !/domain\/(errors|reading)\.ts$/.test(file))
  .map((file) => readFileSync(join(root, file), 'utf8'))
  .join('\n');
const used = (code: string) => source.includes(`'${code}'`);
const text = (file: string) => readFileSync(join(root, file), 'utf8');

test('each error code is used somewhere, and CONTRIBUTING.md lists exactly those', () => {
  expect(Object.keys(errorCodes).filter((code) => !used(code))).toEqual([]);
  expect(listed(text('CONTRIBUTING.md'), 'Error codes')).toEqual(Object.keys(errorCodes).toSorted());
});

test('each reject code is used somewhere, and the README lists exactly those', () => {
  expect(Object.keys(rejectCodes).filter((code) => !used(code))).toEqual([]);
  expect(listed(text('README.md'), 'Rejects')).toEqual(Object.keys(rejectCodes).toSorted());
});

test('the README lists exactly the quantities that kvarter measures', () => {
  expect(listed(text('README.md'), 'Quantities')).toEqual(Object.keys(quantities).toSorted());
});

test('the README lists exactly the types of rules', () => {
  expect(listed(text('README.md'), 'Rules')).toEqual(ruleTypes.map(({ type }) => type).toSorted());
});

test('the check is awake', () => {
  expect(used('no-such-code')).toBe(false);
  expect(listed('## A\n| `x` | 1 |\n| `b` | 2 |\n## B\n| `c` | 3 |', 'A')).toEqual(['b', 'x']);
});

/** What stands in backticks in the first column of the table under a heading. */
function listed(markdown: string, heading: string): string[] {
  const section = markdown.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name ?? '').toSorted();
}

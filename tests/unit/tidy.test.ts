import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { breaches, houseRules } from './tidy/check.ts';
import { importTable } from './tidy/import-table.ts';
import { innocent, seeds } from './tidy/seeds.ts';
import { readTree } from './tidy/source.ts';

const house = readTree(join(import.meta.dirname, '../..'), ['src', 'simulators', 'tests']);

// It reads every file, which takes its time on a machine that runs the other tests meanwhile.
test('the house keeps its own rules', { timeout: 120_000 }, () => {
  expect(breaches(house)).toEqual([]);
});

describe('the check is awake', () => {
  test.each(seeds)('$rule: $says', ({ rule, tree }) => {
    expect(breaches(tree)).toEqual([expect.stringContaining(`: ${rule}: `)]);
  });

  test('each rule has a seeded breach', () => {
    expect(new Set(seeds.map(({ rule }) => rule))).toEqual(new Set(Object.keys(houseRules)));
  });

  test('what only looks like a breach is none', () => {
    expect(breaches(innocent)).toEqual([]);
  });

  test('a breach says where it is and what to do', () => {
    const tree = { 'src/domain/a.ts': "\nimport { b } from '../store/b.ts';\nexport const a = b;" };
    expect(breaches(tree)).toEqual([
      'src/domain/a.ts:2: imports: domain may not import src/store/b.ts (see the import table)',
    ]);
  });

  test('the whole house is read', () => {
    const tops = new Set(Object.keys(house).map((path) => path.split('/').slice(0, 2).join('/')));
    expect([...tops]).toEqual(expect.arrayContaining(['src/domain', 'src/journal', 'tests/unit']));
  });
});

test('the import table is one way: no room can be reached from itself', () => {
  const reach = (room: string, path: readonly string[]): void => {
    expect(path, `${[...path, room].join(' → ')} is a circle`).not.toContain(room);
    for (const entry of importTable[room] ?? []) reach(roomIn(entry), [...path, room]);
  };
  for (const room of Object.keys(importTable)) reach(room, []);
});

/** A port stands for its room: `journal/journal.ts` → journal. */
function roomIn(entry: string): string {
  return entry.split('/')[0] ?? entry;
}

import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { watchRules } from '../../../src/config/rules.ts';
import { registerOf } from '../../support/readings.ts';
import { openTempDir } from '../../support/temp-dir.ts';

const RULES = 'rules:\n  - type: stale\n';

describe('rules that are followed', () => {
  it.each([
    ['a mistake', 'rules:\n  - type: stael\n', /rules\.yaml:2:11: rules\.0\.type: there is no type stael/],
    [
      'nothing, as while an editor writes it',
      '',
      /rules\.yaml: is empty: for no rules at all write rules: \[\]/,
    ],
  ])('stay when their file has %s, and say why', async (_what, text, message) => {
    await using dir = await openTempDir();
    const file = join(dir.path, 'rules.yaml');
    await writeFile(file, RULES);
    const errors: object[] = [];
    const log = { info: () => {}, warn: () => {}, error: (fields: object) => void errors.push(fields) };
    const places = { register: () => registerOf([{ id: 'b1' }], []), recipients: () => [] };
    using rules = watchRules(file, places, log, 10);
    const write = async (given: string, second: number) => {
      await writeFile(file, given);
      await utimes(file, second, second);
    };
    await write(text, 1);
    await vi.waitFor(() => expect(rules.problem()).toMatch(message));
    expect(rules.current().entries).toHaveLength(1);
    expect(errors).toHaveLength(1);
    await write('rules: []\n', 2);
    await vi.waitFor(() => expect(rules.current().entries).toEqual([]));
    expect(rules.problem()).toBeUndefined();
  });
});

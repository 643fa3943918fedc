import { expect, test } from 'vitest';
import { commands } from '../../../src/commands/commands.ts';

test.each(Object.entries(commands))(
  'the usage of kvarter %s names each option that it takes',
  async (_, { load }) => {
    const { usage, options } = await load();
    const named = [...usage.matchAll(/--([a-zA-Z][a-zA-Z-]*)/g)].map(([, name]) => name);
    expect(new Set(named)).toEqual(new Set(Object.keys(options)));
  },
);

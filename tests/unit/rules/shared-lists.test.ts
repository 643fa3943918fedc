import { expect, it } from 'vitest';
import { createShared } from '../../../src/rules/shared-lists.ts';

it('lists of the same objects in the same order are one list, others are their own', () => {
  const [a, b] = [{ n: 1 }, { n: 1 }];
  const shared = createShared<{ n: number }>();
  const first = shared([a, b]);
  expect(shared([a, b])).toBe(first);
  expect(shared([b, a])).toEqual([b, a]);
  expect(shared([b, a])).not.toBe(first);
  expect(shared([a])).not.toBe(first);
  expect(shared([])).toEqual([]);
});

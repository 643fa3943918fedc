import { expect, it } from 'vitest';
import { type AddedUp, addDay } from '../../../src/anomaly/added-up.ts';

const after = (days: readonly number[]) =>
  days.reduce<AddedUp | undefined>((before, z) => addDay(before, z, { most: 8, slack: 1 }), undefined)?.sum;

it('adds up to the most that tells', () => {
  expect(after([4, 4, 4, 4])).toBe(8);
});

it('is over with two days that have come back more than half of the way, or are ordinary', () => {
  const much = [15, 14, 16, 15];
  expect(after([...much, 2])).toBe(8);
  expect(after([...much, 2, 2])).toBe(0);
  expect(after([...much, 2, 12, 2])).toBe(8);
  expect(after([3, 3, 3, 3, 3, 2, 2])).toBe(8);
  expect(after([3, 3, 3, 3, 3, 0.9, 0.9])).toBe(0);
});

import { expect, it } from 'vitest';
import { cusum } from '../../../src/anomaly/cusum.ts';

const sumOf = (days: readonly number[]) => days.reduce((sum, z) => cusum(sum, z, 1), 0);

it('adds up what is a little above for many days, and forgets it below', () => {
  expect(sumOf(Array.from({ length: 8 }, () => 2))).toBe(8);
  expect(sumOf([2, 2, 2, -4])).toBe(0);
});

it('is not moved far by one strange day, nor by ordinary ones', () => {
  expect(sumOf([50])).toBe(3);
  expect(sumOf([0.5, -0.5, 0.9, -1, 0.2])).toBe(0);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstNotBelow, nearestOf, nearestSorted } from '../../../src/anomaly/nearest.ts';

const number = fc.integer({ min: -50, max: 50 });

test('the nearest of sorted numbers is the one that looking at all of them finds', () => {
  fc.assert(
    fc.property(fc.array(number, { minLength: 1 }), number, (numbers, value) => {
      const sorted = numbers.toSorted((a, b) => a - b);
      const { index, squares } = nearestSorted(sorted, value);
      expect(squares).toBe(Math.min(...sorted.map((each) => (each - value) ** 2)));
      expect(((sorted[index] ?? 0) - value) ** 2).toBe(squares);
      const place = firstNotBelow(sorted, value);
      expect(sorted.toSpliced(place, 0, value)).toEqual([...sorted, value].toSorted((a, b) => a - b));
    }),
  );
});

test('the nearest point is found wherever the search begins', () => {
  const points = fc.array(fc.tuple(number, number, number), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(points, fc.tuple(number, number, number), fc.nat(25), (all, point, near) => {
      const distances = all.map((each) =>
        each.reduce((sum, value, i) => sum + (value - (point[i] ?? 0)) ** 2, 0),
      );
      const { index, squares } = nearestOf(all.flat(), point, near);
      expect(squares).toBe(Math.min(...distances));
      expect(distances[index]).toBe(squares);
    }),
  );
});

test('among no points there is no nearest', () => {
  expect(nearestSorted([], 1).index).toBe(-1);
  expect(nearestOf([], [1, 2], 0).index).toBe(-1);
});

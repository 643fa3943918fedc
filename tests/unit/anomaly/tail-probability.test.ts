import { describe, expect, test } from 'vitest';
import { addToTail, emptyTail, surpriseAt } from '../../../src/anomaly/tail-probability.ts';
import { seededUniform } from '../../support/chance.ts';

const MEMORY = 100_000;

function tailOf(values: readonly number[]) {
  const tail = emptyTail();
  for (const value of values) addToTail(tail, value, MEMORY);
  return tail;
}

/** Pareto: one in ten is ten times as large to the power of the index. */
function pareto(index: number, count = 5000): number[] {
  const uniform = seededUniform(`pareto ${index}`);
  return Array.from({ length: count }, () => 0.01 * (1 - uniform()) ** -index);
}

describe('the surprise at a value', () => {
  test('is that of its share where values are many', () => {
    const tail = tailOf(pareto(0.5));
    expect(surpriseAt(tail, 0.01 * 10 ** 0.5)).toBeCloseTo(1, 0);
  });

  test.each([0.2, 0.5, 1])('goes on as the tail goes, index %s', (index) => {
    const tail = tailOf(pareto(index));
    expect(Math.abs(surpriseAt(tail, 0.01 * 10 ** (index * 5)) - 5)).toBeLessThan(0.8);
  });

  test('is less in a series that has outliers of all sizes', () => {
    expect(surpriseAt(tailOf(pareto(1)), 1)).toBeLessThan(surpriseAt(tailOf(pareto(0.2)), 1));
  });

  test('is none of 0, nor while little is known', () => {
    expect(surpriseAt(tailOf(pareto(1)), 0)).toBe(0);
    expect(surpriseAt(tailOf([1, 2, 3]), 1000)).toBe(0);
  });

  test('of the first value that is not 0 grows with how many were', () => {
    const [few, many] = [100, 5000].map((count) =>
      surpriseAt(tailOf(Array.from({ length: count }, () => 0)), 1),
    );
    expect(few).toBeGreaterThan(2);
    expect(many).toBeGreaterThan(few ?? 0);
  });

  test('never falls as the value rises', () => {
    const tail = tailOf(pareto(0.5));
    const surprises = Array.from({ length: 200 }, (_, i) => surpriseAt(tail, 0.01 * 1.08 ** i));
    for (const [i, surprise] of surprises.entries())
      expect(surprise + 0.2).toBeGreaterThan(surprises[i - 1] ?? 0);
  });

  test('forgets by halves above its memory', () => {
    const tail = emptyTail();
    for (let i = 0; i < 10_000; i += 1) addToTail(tail, 1, 1000);
    expect(tail.total).toBeLessThanOrEqual(1000);
  });
});

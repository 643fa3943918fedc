import { expect, test } from 'vitest';
import { evenNumbers } from '../../../src/energy/even-numbers.ts';

test('the same seed gives the same numbers, another one others, and all of them are spread evenly', () => {
  const draw = (seed: number): number[] => {
    const next = evenNumbers(seed);
    return Array.from({ length: 4000 }, next);
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(8)[0]).not.toBe(draw(7)[0]);
  const tenths = new Array(10).fill(0);
  for (const one of draw(7)) tenths[Math.floor(one * 10)] += 1;
  for (const count of tenths) expect(Math.abs(count - 400)).toBeLessThan(60);
});

import { expect, test } from 'vitest';
import { transitionsOf } from '../../../../src/energy/storage/transitions.ts';

const weights = [0.1, 0.25, 0.3, 0.25, 0.09, 0.01];

test.each([0, 0.5, 0.95])(
  'with a persistence of %d each outcome stays as likely as its weight',
  (persistence) => {
    const rows = transitionsOf(weights, persistence);
    for (const row of rows) expect(row.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
    for (const [to, weight] of weights.entries()) {
      const share = rows.reduce((sum, row, from) => sum + (weights[from] ?? 0) * (row[to] ?? 0), 0);
      expect(share).toBeCloseTo(weight, 2);
    }
  },
);

test('without persistence an outcome says nothing of the next, with it the same one is likeliest', () => {
  for (const row of transitionsOf(weights, 0)) expect(row[4]).toBeCloseTo(0.09, 2);
  const [low, , , , high] = transitionsOf(weights, 0.9);
  expect(low?.[4]).toBeLessThan(0.001);
  expect(high?.[4]).toBeGreaterThan(0.4);
  expect(low?.[0]).toBeGreaterThan(0.6);
});

import { expect, it } from 'vitest';
import { type Drift, driftKey, learnDrift, withDrift } from '../../../../src/energy/guard/drift.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const price = {
  dayAt: (atMs: number) => ({
    fromMs: Math.floor(atMs / DAY) * DAY,
    toMs: (Math.floor(atMs / DAY) + 1) * DAY,
  }),
  isFreeDay: (atMs: number) => Math.floor(atMs / DAY) % 7 > 4,
};
const hour = (day: number, n: number) => ({ fromMs: day * DAY + n * HOUR, toMs: day * DAY + (n + 1) * HOUR });

it('knows the hours of working and of free days apart, and nothing of windows that are days', () => {
  expect(driftKey(price, hour(0, 7))).toBe('work7');
  expect(driftKey(price, hour(5, 7))).toBe('free7');
  expect(driftKey(price, { fromMs: 7 * HOUR, toMs: 7.25 * HOUR })).toBe('work7');
  expect(driftKey(price, { fromMs: 0, toMs: DAY })).toBeUndefined();
});

it('learns by how much an hour usually ends above what it was heading for, and takes no fault for a habit', () => {
  const drift: Drift = {};
  expect(withDrift(drift, 'work7', 0.5, 100)).toBe(100);
  for (let i = 0; i < 60; i += 1) learnDrift(drift, 'work7', 2, 100, 105);
  expect(withDrift(drift, 'work7', 0.6, 100)).toBeCloseTo(103.5, 1);
  expect(withDrift(drift, 'work7', 0.1, 100)).toBe(100);
  expect(withDrift(drift, 'work8', 0.6, 100)).toBe(100);
  expect(withDrift(drift, undefined, 0.6, 100)).toBe(100);
  for (let i = 0; i < 60; i += 1) learnDrift(drift, 'work9', 0, 100, 5);
  expect(withDrift(drift, 'work9', 0.1, 100)).toBeGreaterThan(89);
  learnDrift(drift, 'work10', 0, 0, 5);
  expect(drift.work10).toBeUndefined();
});

import { expect, it } from 'vitest';
import {
  type Drift,
  driftKey,
  driftSchema,
  learnDrift,
  withDrift,
} from '../../../../src/energy/guard/drift.ts';

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
  expect(driftKey(price, hour(0, 7))).toBe(7);
  expect(driftKey(price, hour(5, 7))).toBe(32);
  expect(driftKey(price, { fromMs: 7 * HOUR, toMs: 7.25 * HOUR })).toBe(7);
  expect(driftKey(price, { fromMs: 0, toMs: DAY })).toBeUndefined();
});

it('learns by how much an hour usually ends above what it was heading for, and takes no fault for a habit', () => {
  const drift: Drift = [];
  expect(withDrift(drift, 7, 0.5, 100)).toBe(100);
  for (let i = 0; i < 60; i += 1) learnDrift(drift, 7, 2, 100, 105);
  expect(withDrift(drift, 7, 0.6, 100)).toBeCloseTo(103.5, 1);
  expect(withDrift(drift, 7, 0.1, 100)).toBe(100);
  expect(withDrift(drift, 8, 0.6, 100)).toBe(100);
  expect(withDrift(drift, undefined, 0.6, 100)).toBe(100);
  for (let i = 0; i < 60; i += 1) learnDrift(drift, 9, 0, 100, 5);
  expect(withDrift(drift, 9, 0.1, 100)).toBeGreaterThan(89);
  learnDrift(drift, 10, 0, 0, 5);
  expect(withDrift(drift, 10, 0.1, 100)).toBe(100);
});

it('reads what was kept before December 2026', () => {
  const drift = driftSchema.parse({ work7: [null, 0.1, null, -0.05], free0: [0.02, null, null, null] });
  expect(withDrift(drift, 7, 0.3, 100)).toBe(100 * Math.exp(0.7 * 0.1));
  expect(withDrift(drift, 7, 0.9, 100)).toBe(100 * Math.exp(0.7 * -0.05));
  expect(withDrift(drift, 7, 0.1, 100)).toBe(100);
  expect(withDrift(drift, 25, 0.1, 100)).toBe(100 * Math.exp(0.7 * 0.02));
  expect(driftSchema.parse({})).toEqual([]);
  expect(driftSchema.parse(drift)).toEqual(drift);
});

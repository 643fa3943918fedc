import { describe, expect, it } from 'vitest';
import { type CollectionContainer, collectionOf } from '../../../src/waste/collection.ts';
import { dailyLevels } from '../../../src/waste/daily-levels.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const now = Date.UTC(2026, 0, 15);

function container(
  id: string,
  levelPct: number,
  passage: readonly number[],
  ageMs = HOUR_MS,
): CollectionContainer {
  const fullAtMs = { p10: undefined, p50: undefined, p90: undefined };
  const estimate = { ratePctPerDay: 5, overChances: [], fullAtMs, passage, emptiedAtMs: undefined };
  return { id, newest: { atMs: now - ageMs, levelPct, estimate } };
}

const options = {
  nowMs: now,
  beforeMs: now + 2 * DAY_MS,
  thresholdPct: 80,
  chance: 0.1,
  silentMs: 3 * DAY_MS,
};

describe('a collection', () => {
  it('takes what is full, what will be, and what is not known; the rest lasts', () => {
    const containers = [
      container('lasts', 20, [0, 0.02, 0.5]),
      container('filling', 60, [0.1, 0.6]),
      container('full', 85, []),
      container('lost', 20, [0, 0, 0.5], 4 * DAY_MS),
      { id: 'never' },
    ];
    const { entries, ...summary } = collectionOf(containers, options);
    expect(entries.map(({ container: { id }, reason, collect }) => [id, reason, collect])).toEqual([
      ['full', 'full', true],
      ['lost', 'silent', true],
      ['never', 'silent', true],
      ['filling', 'filling', true],
      ['lasts', 'lasts', false],
    ]);
    expect(summary).toEqual({ containers: 5, toCollect: 4, skipped: 1, kg: undefined });
  });

  it('weighs what is to be collected, where volume and density are known', () => {
    const heavy = { ...container('a', 90, []), volumeL: 660, kgPerL: 0.1 };
    const { entries, kg } = collectionOf([heavy, container('b', 90, [])], options);
    expect(entries.map((entry) => entry.kg)).toEqual([0.9 * 660 * 0.1, undefined]);
    expect(kg).toBeCloseTo(59.4);
  });

  it('of nothing is nothing', () => {
    expect(collectionOf([], options)).toEqual({
      entries: [],
      containers: 0,
      toCollect: 0,
      skipped: 0,
      kg: undefined,
    });
  });
});

describe('daily levels', () => {
  const level = (hours: number, value: number) => ({
    atMs: hours * HOUR_MS,
    quantity: 'fillLevelPct' as const,
    value,
  });
  const tilt = (hours: number, value: number) => ({
    atMs: hours * HOUR_MS,
    quantity: 'tilted' as const,
    value,
  });
  const days = (...samples: Parameters<typeof dailyLevels>[0]) =>
    dailyLevels(samples, (atMs) => Math.floor(atMs / DAY_MS)).map(({ levelPct }) => levelPct);

  it('are the last of each day', () => {
    expect(days(level(6, 10), level(30, 20), level(54, 0))).toEqual([10, 20, 0]);
  });

  it('pass over one wrong echo', () => {
    expect(days(level(1, 10), level(3, 11), level(5, 99))).toEqual([11]);
  });

  it('leave out what a tilted sensor says', () => {
    expect(days(level(1, 10), tilt(2, 1), level(3, 100), level(5, 100), tilt(25, 0), level(26, 12))).toEqual([
      10, 12,
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { expectedSaving } from '../../../../src/energy/guard/expected-saving.ts';
import {
  calibratedChance,
  computedChance,
  learnOutcome,
  newReliability,
} from '../../../../src/energy/guard/reliability.ts';
import { expectation, learnError, newSpread, spreadKw } from '../../../../src/energy/guard/spread.ts';
import { usuallyUntilMs } from '../../../../src/energy/guard/watch-until.ts';

describe('a chance that is told', () => {
  it('can be turned back into what was computed', () => {
    const reliability = newReliability();
    for (const chance of [0.01, 0.1, 0.5, 0.9]) {
      expect(computedChance(calibratedChance(reliability, chance))).toBeCloseTo(chance, 9);
    }
    expect(calibratedChance(reliability, 0)).toBe(0);
  });

  it('learns from what became of the windows', () => {
    const reliability = newReliability();
    const before = calibratedChance(reliability, 0.5);
    for (let i = 0; i < 50; i += 1) learnOutcome(reliability, calibratedChance(reliability, 0.5), true);
    expect(calibratedChance(reliability, 0.5)).toBeGreaterThan(before);
    expect(reliability.bins.reduce((sum, [count]) => sum + count, 0)).toBe(50);
  });
});

describe('what a window costs in expectation', () => {
  it('is price over N for each kW, where it is sure to be billed', () => {
    const costOf = (kw: number) => (45 * kw) / 3;
    expect(expectedSaving(costOf, () => 1, { fromKw: 120, toKw: 80 })).toBeCloseTo((45 * 40) / 3, 9);
    expect(expectedSaving(costOf, () => 0, { fromKw: 120, toKw: 80 })).toBe(0);
    expect(expectedSaving(costOf, () => 1, { fromKw: 80, toKw: 120 })).toBe(0);
  });

  it('is the whole of a step that it passes, as likely as it is billed there', () => {
    const costOf = (kw: number) => (kw > 100 ? 200 : 50);
    expect(expectedSaving(costOf, () => 0.5, { fromKw: 120, toKw: 80 })).toBeCloseTo(75, 9);
    expect(expectedSaving(costOf, () => 0.5, { fromKw: 99, toKw: 80 })).toBe(0);
  });
});

describe('the spread of projections', () => {
  it('is less the less of the window is left, and becomes what it was', () => {
    const spread = newSpread();
    expect(spreadKw(spread, 0.9, 100)).toBeGreaterThan(spreadKw(spread, 0.1, 100));
    for (let i = 0; i < 500; i += 1) learnError(spread, 0, 100, i % 2 === 0 ? 101 : 99);
    expect(spreadKw(spread, 0.1, 100)).toBeCloseTo(1, 1);
  });

  it('gives the mean of what is straight', () => {
    expect(expectation(100, 10, (kw) => 2 * kw)).toBeCloseTo(200, 9);
  });
});

describe('a day is watched', () => {
  const HOUR = 3_600_000;
  const DAY = 24 * HOUR;
  const price = {
    dayAt: (atMs: number) => ({
      fromMs: Math.floor(atMs / DAY) * DAY,
      toMs: (Math.floor(atMs / DAY) + 1) * DAY,
    }),
    windowAt: (atMs: number) => ({
      fromMs: Math.floor(atMs / HOUR) * HOUR,
      toMs: (Math.floor(atMs / HOUR) + 1) * HOUR,
    }),
    isFreeDay: (atMs: number) => Math.floor(atMs / DAY) % 7 > 4,
  };

  it('until days like it have usually had their highest windows', () => {
    const days = Array.from({ length: 14 }, (_, day) => ({
      fromMs: day * DAY,
      isFree: day % 7 > 4,
      top: [[day * DAY + (day % 7 > 4 ? 19 : 11) * HOUR, 50] as const],
    }));
    expect(usuallyUntilMs(days, price, 14 * DAY + 8 * HOUR)).toBe(14 * DAY + 12 * HOUR);
    expect(usuallyUntilMs(days, price, 19 * DAY + 8 * HOUR)).toBe(19 * DAY + 20 * HOUR);
    expect(usuallyUntilMs([], price, 0)).toBeUndefined();
  });
});

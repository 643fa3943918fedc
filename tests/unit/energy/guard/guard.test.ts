import { describe, expect, it } from 'vitest';
import { recordPeak } from '../../../../src/energy/bills/peaks.ts';
import { expectedSaving } from '../../../../src/energy/guard/expected-saving.ts';
import { type Guarded, newGuarded } from '../../../../src/energy/guard/guarded.ts';
import { noteOutcome, outcomesOf, rowsOf } from '../../../../src/energy/guard/outcome-rows.ts';
import { settleOutcomes } from '../../../../src/energy/guard/outcomes.ts';
import {
  calibratedChance,
  computedChance,
  learnOutcome,
  newReliability,
} from '../../../../src/energy/guard/reliability.ts';
import { expectation, learnError, newSpread, spreadKw } from '../../../../src/energy/guard/spread.ts';
import { usuallyUntilMs } from '../../../../src/energy/guard/watch-until.ts';
import { shipped } from '../bills/bills.ts';

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
    // Outcomes as often as was said teach nothing; none at all lower what is said, as far as that goes.
    const even = newReliability();
    for (const isBilled of [true, false]) learnOutcome(even, 0.5, isBilled);
    expect(calibratedChance(even, 0.5)).toBe(before);
    const never = newReliability();
    for (let i = 0; i < 1000; i += 1) learnOutcome(never, 0.5, false);
    expect(calibratedChance(never, 0.5)).toBeLessThan(before);
    const much = newReliability();
    for (let i = 0; i < 1000; i += 1) learnOutcome(much, 0.5, true);
    const odds = (of: typeof much) => {
      const chance = calibratedChance(of, 0.5);
      return Math.log(chance / (1 - chance));
    };
    expect([odds(much) - odds(even), odds(even) - odds(never)]).toEqual([
      expect.closeTo(1.5, 6),
      expect.closeTo(1.5, 6),
    ]);
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

describe('what became of told windows', () => {
  const [price] = shipped.get('goteborg-energi-2025')?.power ?? [];
  if (!price) throw new Error('the tariff ships');
  const at = (text: string) => price.windowAt(Date.parse(`${text}:00+01:00`));
  const told = (text: string, chance: number) => {
    const { fromMs, toMs } = at(text);
    return { fromMs, toMs, toldAtMs: fromMs + 1_800_000, chance, projectedKw: 60, budgetKw: 45 };
  };
  const billedOf = (guarded: Guarded) => outcomesOf(guarded.outcomes).map(({ isBilled }) => isBilled);

  it('is known when the month is over, and learned from once', () => {
    const guarded = newGuarded(at('2025-02-10T12'));
    // The three highest hours of January are billed: 60, 50 and 40 kW.
    for (const [hour, kw] of [
      ['2025-01-07T08', 60],
      ['2025-01-08T08', 50],
      ['2025-01-09T08', 40],
      ['2025-01-10T08', 30],
      ['2025-02-03T08', 20],
    ] as const)
      recordPeak(guarded.peaks, price, at(hour), kw);
    const all = [told('2025-01-07T08', 1), told('2025-01-10T08', 0.63), told('2025-02-03T08', 0.7)];
    guarded.outcomes = rowsOf(all);
    noteOutcome(guarded.outcomes, at('2025-01-10T08').fromMs, { meanKw: 30, saved: 12 });
    const endOfJanuary = Date.parse('2025-02-01T00:00+01:00');
    settleOutcomes(guarded, price, endOfJanuary - 1);
    expect(billedOf(guarded)).toEqual([undefined, undefined, undefined]);
    for (const nowMs of [endOfJanuary, Date.parse('2025-02-10T12:00+01:00')]) {
      settleOutcomes(guarded, price, nowMs);
      expect(billedOf(guarded)).toEqual([true, false, undefined]);
    }
    expect(outcomesOf(guarded.outcomes)[1]).toEqual({ ...all[1], meanKw: 30, saved: 12, isBilled: false });
    // By tenths of the chance that was told: how many, the sum of their chances, and how many were billed.
    expect([guarded.reliability.bins[9], guarded.reliability.bins[6]]).toEqual([
      [1, 1, 1],
      [1, 0.63, 0],
    ]);
    expect(guarded.reliability.bins.reduce((sum, [count]) => sum + count, 0)).toBe(2);
  });

  it('is kept of the newest hundred', () => {
    const guarded = newGuarded(at('2025-02-10T12'));
    const hours = Array.from({ length: 102 }, (_, hour) => ({
      ...told('2025-01-01T00', 0.5),
      fromMs: at('2025-01-01T00').fromMs + hour * 3_600_000,
    }));
    guarded.outcomes = rowsOf([...hours, told('2025-02-03T08', 0.7)]);
    settleOutcomes(guarded, price, Date.parse('2025-02-10T12:00+01:00'));
    const kept = outcomesOf(guarded.outcomes);
    expect([kept.length, kept[0]?.fromMs]).toEqual([101, hours[2]?.fromMs]);
  });
});

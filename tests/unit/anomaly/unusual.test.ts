import { describe, expect, it } from 'vitest';
import { nothingUsual, unusualAt } from '../../../src/anomaly/unusual.ts';
import { seededNormal } from '../../support/chance.ts';

const HOURS = { clipSpreads: 2.5, odd: 0 };

/** So many days of hours that vary in proportion to themselves: nights of 1, noons of 100. */
function learnt(days: number) {
  const state = nothingUsual();
  const normal = seededNormal('unusual');
  for (let hour = 0; hour < days * 24; hour += 1) {
    const usual = hour % 24 === 12 ? 100 : 1;
    unusualAt(state, hour % 24, usual * Math.exp(0.05 * normal()), HOURS);
  }
  return state;
}

describe('what is unusual', () => {
  it('is a night that takes as much again, as a noon that does', () => {
    const night = unusualAt(learnt(60), 3, 2, HOURS);
    const noon = unusualAt(learnt(60), 12, 200, HOURS);
    expect(Math.min(night, noon)).toBeGreaterThan(5);
    expect(unusualAt(learnt(60), 3, 1.05, HOURS)).toBeLessThan(2);
  });

  it('is a first value below zero, and after it what was before', () => {
    const state = learnt(60);
    expect(unusualAt(state, 11, -5, HOURS)).toBeGreaterThan(5);
    expect(unusualAt(state, 12, 100, HOURS)).toBeLessThan(2);
    expect(unusualAt(state, 12, 200, HOURS)).toBeGreaterThan(5);
    expect(unusualAt(state, 13, 1, HOURS)).toBeLessThan(2);
    expect(state.slow.usual[12]).toBeCloseTo(100, -1);
  });

  it('stays unusual for longer the odder the values are, month after month', () => {
    const spreadsAfterTwoMonths = (odd: number) => {
      const state = learnt(60);
      let spreads = 0;
      for (let day = 0; day < 60; day += 1) spreads = unusualAt(state, 12, 40, { ...HOURS, odd });
      return spreads;
    };
    expect(spreadsAfterTwoMonths(3)).toBeGreaterThan(1.5 * spreadsAfterTwoMonths(0));
  });
});

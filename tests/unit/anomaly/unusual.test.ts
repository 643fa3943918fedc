import { describe, expect, it } from 'vitest';
import { nothingUsual, unusualAt } from '../../../src/anomaly/unusual.ts';
import { seededNormal } from '../../support/chance.ts';

const CLIP = 2.5;

/** So many days of hours that vary in proportion to themselves: nights of 1, noons of 100. */
function learnt(days: number) {
  const state = nothingUsual();
  const normal = seededNormal('unusual');
  for (let hour = 0; hour < days * 24; hour += 1) {
    const usual = hour % 24 === 12 ? 100 : 1;
    unusualAt(state, hour % 24, usual * Math.exp(0.05 * normal()), CLIP);
  }
  return state;
}

describe('what is unusual', () => {
  it('is a night that takes as much again, as a noon that does', () => {
    const night = unusualAt(learnt(60), 3, 2, CLIP);
    const noon = unusualAt(learnt(60), 12, 200, CLIP);
    expect(Math.min(night, noon)).toBeGreaterThan(5);
    expect(unusualAt(learnt(60), 3, 1.05, CLIP)).toBeLessThan(2);
  });

  it('is a first value below zero, and after it what was before', () => {
    const state = learnt(60);
    expect(unusualAt(state, 11, -5, CLIP)).toBeGreaterThan(5);
    expect(unusualAt(state, 12, 100, CLIP)).toBeLessThan(2);
    expect(unusualAt(state, 12, 200, CLIP)).toBeGreaterThan(5);
    expect(unusualAt(state, 13, 1, CLIP)).toBeLessThan(2);
    expect(state.slow.usual[12]).toBeCloseTo(100, -1);
  });
});

import { describe, expect, it } from 'vitest';
import { calmSurprise, nothingCalm } from '../../../src/anomaly/calm.ts';
import { seededUniform } from '../../support/chance.ts';

/** So many days of hours that move by a tenth of what they are. */
function learnt(days: number, size = 10) {
  const state = nothingCalm();
  const uniform = seededUniform('calm');
  const next = (most: number) => calmSurprise(state, most * (1 + 0.2 * (uniform() - 0.5)));
  for (let hour = 0; hour < days * 24; hour += 1) next(size);
  return { state, next };
}

describe('a series that hardly moves', () => {
  it('is no surprise as long as it moves as it did', () => {
    const { next } = learnt(60);
    const surprises = Array.from({ length: 1000 }, () => next(10));
    expect(Math.max(...surprises)).toBe(0);
  });

  it('is one within two days of noise around nothing, and after two months still', () => {
    const { next } = learnt(60);
    const surprises = Array.from({ length: 60 * 24 }, () => next(0.1));
    expect(surprises[48]).toBe(3);
    expect(surprises.at(-1)).toBeGreaterThan(1);
  });

  it('is none once it moves again', () => {
    const { next } = learnt(60);
    for (let hour = 0; hour < 500; hour += 1) next(0.1);
    for (let hour = 0; hour < 24; hour += 1) next(10);
    expect(next(10)).toBe(0);
  });

  it.each([1e-200, 1e90])('is told whatever the unit: %s', (size) => {
    const { next } = learnt(60, size);
    for (let hour = 0; hour < 60; hour += 1) next(size / 100);
    expect(next(size / 100)).toBe(3);
  });

  it('is none where nothing ever moved, or hardly anything is known', () => {
    const state = nothingCalm();
    for (let hour = 0; hour < 1000; hour += 1) expect(calmSurprise(state, 5)).toBe(0);
    const { next } = learnt(5);
    for (let hour = 0; hour < 48; hour += 1) expect(next(0.1)).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import { likeness, shapeOf, UNKNOWN } from '../../../src/anomaly/night-shape.ts';
import { daysOf, learnDay, noDays } from '../../../src/anomaly/usual-days.ts';
import { seededUniform } from '../../support/chance.ts';

/** Set back from the fourth hour to the ninth, W; `of`: how much of the set-back there is. */
type Weather = { readonly level?: number; readonly slope?: number; readonly noise?: () => number };
const night = (of: number, { level = 100, slope = 0, noise = () => 0 }: Weather = {}) =>
  Array.from({ length: 11 }, (_, i) => level + slope * i - (i >= 4 && i < 10 ? 30 * of : 0) + noise());

describe('the shape of nights', () => {
  const random = seededUniform('nights');
  const noise = () => 6 * (random() - 0.5);
  const ordinary = Array.from({ length: 20 }, (_, n) => night(1, { level: 90 + n, noise }));
  const shape = shapeOf(ordinary);

  it('is found in an ordinary night, and not in one without a set-back, whatever the weather', () => {
    for (const level of [60, 100, 200])
      for (const slope of [-5, 0, 5]) {
        expect(likeness(night(1, { level, slope, noise }), shape)).toBeCloseTo(1, 0);
        expect(Math.abs(likeness(night(0, { level, slope, noise }), shape) ?? 1)).toBeLessThan(0.3);
      }
    expect(likeness(night(0.5), shape)).toBeCloseTo(0.5, 1);
  });

  it('says how much less the set-back takes', () => {
    expect(shape.depth).toBeGreaterThan(27);
    expect(shape.depth).toBeLessThan(33);
    expect(shape.height).toBeCloseTo(100, -1);
  });

  it('does without some hours, and says nothing where too few are known', () => {
    const some = (unknown: number) => night(0).map((one, i) => (i < unknown ? UNKNOWN : one));
    expect(likeness(some(2), shape)).toBeCloseTo(0, 5);
    expect(likeness(some(5), shape)).toBeUndefined();
    expect(likeness([], shape)).toBeUndefined();
    expect(shapeOf([]).hours).toEqual([]);
  });

  it('is the same of nights that were remembered with an unknown hour', () => {
    const days = noDays();
    for (const one of ordinary) learnDay(days, 0, one.with(5, UNKNOWN));
    const { hours, depth } = shapeOf(daysOf(days).map((day) => day.slice(1)));
    expect(hours[5]).toBe(UNKNOWN);
    expect(depth).toBeCloseTo(shape.depth, -1);
  });

  it('lets an hour that differs from night to night say less', () => {
    const wild = () =>
      Array.from({ length: 20 }, () =>
        night(1, { noise }).map((one, i) => (i === 1 ? one + 80 * random() : one)),
      );
    const { weights } = shapeOf(wild());
    expect(weights[1]).toBeLessThan(Math.min(...weights.filter((_, i) => i !== 1)) / 2);
  });

  it('is none where nights are flat', () => {
    expect(likeness(night(1), shapeOf([night(0), night(0)]))).toBeUndefined();
  });
});

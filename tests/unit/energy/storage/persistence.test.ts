import { expect, test } from 'vitest';
import { QUANTILE_LEVELS } from '../../../../src/energy/forecast/bands.ts';
import { normalQuantile } from '../../../../src/energy/normal.ts';
import { createPersistence } from '../../../../src/energy/storage/persistence.ts';
import { seededNormal } from '../../../support/chance.ts';

const quantiles = QUANTILE_LEVELS.map((level) => 10 + normalQuantile(level));
const step = { fromMs: 0, toMs: 0, p10: 0, p50: 0, p90: 0, mean: 0, quantiles };

/** After so many days of a load whose errors are correlated by `kept` from hour to hour. */
function learnt(kept: number, days: number, gapEach = Number.POSITIVE_INFINITY): number {
  const persistence = createPersistence(1);
  const normal = seededNormal('persistence');
  let score = 0;
  for (let hour = 0; hour < days * 24; hour += 1) {
    persistence.expect(new Array(40).fill(step));
    score = kept * score + Math.sqrt(1 - kept ** 2) * normal();
    persistence.note(hour % gapEach === 0 ? Number.NaN : 10 + score);
  }
  return persistence.value();
}

test('is learnt from where the load comes to lie in the forecast', () => {
  expect(learnt(0.5, 0)).toBeCloseTo(0.65);
  expect(learnt(0, 60)).toBeLessThan(0.15);
  expect(Math.abs(learnt(0.5, 60) - 0.5)).toBeLessThan(0.1);
  expect(Math.abs(learnt(0.85, 60) - 0.85)).toBeLessThan(0.1);
});

test('hours that are missing tell nothing', () => {
  expect(Math.abs(learnt(0.85, 60, 7) - 0.85)).toBeLessThan(0.1);
});

test('of a load that stands still it is what it was before, longer steps or shorter ones', () => {
  for (const hours of [0.25, 1]) {
    const persistence = createPersistence(hours);
    persistence.expect(new Array(160).fill({ ...step, quantiles: quantiles.map(() => 10) }));
    const before = persistence.value();
    for (let n = 0; n < 96; n += 1) persistence.note(10);
    expect(before).toBeCloseTo(0.65 ** hours);
    expect(persistence.value()).toBeCloseTo(before);
  }
});

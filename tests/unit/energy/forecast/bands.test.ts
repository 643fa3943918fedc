import { expect, it } from 'vitest';
import { createArena } from '../../../../src/energy/forecast/arena.ts';
import { createBands, QUANTILE_LEVELS } from '../../../../src/energy/forecast/bands.ts';
import { seededNormal } from '../../../support/chance.ts';

it('a forecast near the highest load has less room above it, and one between has some of it', () => {
  const bands = createBands(createArena(), 1, 1);
  const normal = seededNormal('height');
  const at = (height: number) => ({ group: 0, hour: 12, isRest: false, unrest: 1, height });
  for (let n = 0; n < 12_000; n += 1) {
    const height = n % 5 === 0 ? 1 : 0.5;
    const error = normal();
    bands.learn(at(height), height === 1 ? Math.min(error, 0.2) : error, 1);
  }
  const p95At = (height: number): number => {
    const quantiles = new Float64Array(QUANTILE_LEVELS.length);
    bands.around(at(height), 10, 1, quantiles);
    return quantiles.at(-1) ?? Number.NaN;
  };
  expect(p95At(1)).toBeLessThan(10.5);
  expect(p95At(0.5)).toBeGreaterThan(11.2);
  expect(p95At(0.75)).toBeGreaterThan(p95At(1));
  expect(p95At(0.75)).toBeLessThan(p95At(0.5));
});

it('errors of quarter-hours, which hang together, move it half as far each as those of hours', () => {
  const place = { group: 0, hour: 12, isRest: false, unrest: 1, height: 0.5 };
  const medianAfter = (stepsPerHour: number): number => {
    const bands = createBands(createArena(), 1, stepsPerHour);
    bands.learn(place, 1, 1);
    const quantiles = new Float64Array(QUANTILE_LEVELS.length);
    bands.around(place, 0, 1, quantiles);
    return quantiles[3] ?? Number.NaN;
  };
  expect(medianAfter(4)).toBeCloseTo(medianAfter(1) / 2, 9);
});

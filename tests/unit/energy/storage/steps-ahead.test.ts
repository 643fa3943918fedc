import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../../src/domain/interval.ts';
import { createOutlook } from '../../../../src/energy/storage/steps-ahead.ts';

/** What may follow each outcome, after a day that was above all that was expected. */
function transitionsWith(isForgetful: boolean): readonly Float64Array[] {
  const step = {
    fromMs: 0,
    toMs: HOUR_MS,
    p10: 1,
    p50: 1,
    p90: 1,
    mean: 1,
    quantiles: [1, 1, 1, 1, 1, 1, 1],
  };
  const price = { buy: 1, sell: 0 };
  const outlook = createOutlook({
    stepMs: HOUR_MS,
    prices: { at: () => price, expected: () => price, nextToldMs: () => undefined },
    horizonMs: Number.POSITIVE_INFINITY,
    endMs: Number.POSITIVE_INFINITY,
    forecast: (steps) => new Array(steps).fill(step),
    isForgetful,
  });
  outlook.at(0);
  for (let hour = 0; hour < 24; hour += 1) outlook.note(5);
  return outlook.at(0)?.transitions ?? [];
}

test('errors of the forecast that lasted are expected to last, save by a plan that is forgetful', () => {
  const [low, ...others] = transitionsWith(false);
  expect(low?.[0]).toBeGreaterThan(0.5);
  expect(others.at(-1)?.[0]).toBeLessThan(0.01);
  const rows = transitionsWith(true);
  expect(rows).toHaveLength(7);
  for (const row of rows) expect(row[0]).toBeCloseTo(rows[0]?.[0] ?? 0);
});

import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../../src/domain/interval.ts';
import { alwaysThere } from '../../../../src/energy/storage/stays.ts';
import { createOutlook } from '../../../../src/energy/storage/steps-ahead.ts';
import { smallBattery } from '../../../support/small-battery.ts';

const site = { battery: smallBattery, importLimitKw: Number.POSITIVE_INFINITY, exportLimitKw: 0 };

/** What may follow each outcome, after a day that was above all that was expected. */
function transitionsWith(isStepped: boolean): readonly Float64Array[] {
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
    stays: alwaysThere(site, Number.POSITIVE_INFINITY),
    forecast: (steps) => new Array(steps).fill(step),
    isStepped,
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

/** How often each outcome comes in the long run. */
function sharesOf(rows: readonly Float64Array[]): readonly number[] {
  let shares = rows.map(() => 1 / rows.length);
  for (let n = 0; n < 500; n += 1) {
    shares = rows.map((_, to) =>
      rows.reduce((sum, row, from) => sum + (shares[from] ?? 0) * (row[to] ?? 0), 0),
    );
  }
  return shares;
}

test('what is beyond the forecast comes once in a hundred hours, and twice as often where it loses a step', () => {
  const beyondOf = (isStepped: boolean): number => {
    const [highest = 1, higher = 1] = sharesOf(transitionsWith(isStepped)).toReversed();
    return highest + higher;
  };
  expect(beyondOf(false)).toBeCloseTo(0.009, 3);
  expect(beyondOf(true)).toBeCloseTo(0.018, 3);
});

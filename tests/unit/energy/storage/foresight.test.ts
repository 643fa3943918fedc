import { expect, test } from 'vitest';
import { openHighs } from '../../../../src/commands/highs-solver.ts';
import { HOUR_MS } from '../../../../src/domain/interval.ts';
import { storedAfter } from '../../../../src/energy/storage/battery.ts';
import { planWithForesight } from '../../../../src/energy/storage/foresight.ts';
import { billedBy, costOf, type PeakTerm, type PowerCost } from '../../../../src/energy/storage/peak-term.ts';
import { alwaysThere } from '../../../../src/energy/storage/stays.ts';
import { smallBattery } from '../../../support/small-battery.ts';

const site = {
  battery: smallBattery,
  importLimitKw: Number.POSITIVE_INFINITY,
  exportLimitKw: Number.POSITIVE_INFINITY,
};
const solve = await openHighs();

function term(steps: number, peaks: number, cost: PowerCost): PeakTerm {
  const pieces = [{ slope: 1, offsetKw: 0 }];
  const groups = Array.from({ length: steps }, (_, t) => ({
    windows: [{ firstStep: t, endStep: t + 1, times: 1, pieces }],
  }));
  return { reference: 'peak', period: 0, peaks, groups, cost };
}

function costOfPowers(netKw: readonly number[], powers: readonly number[], one: PeakTerm): number {
  const grid = netKw.map((kw, t) => Math.max(kw + (powers[t] ?? 0), 0));
  const billed = grid.map((kw) => billedBy([{ slope: 1, offsetKw: 0 }], kw)).sort((a, b) => b - a);
  const mean = billed.slice(0, one.peaks).reduce((sum, kw) => sum + kw, 0) / one.peaks;
  return grid.reduce((sum, kw) => sum + kw, 0) + costOf(one.cost, mean);
}

/** Every plan of whole kilowatts. */
function* wholePlans(steps: number, stored = 1): Generator<number[]> {
  if (steps === 0) {
    if (stored >= 1) yield [];
    return;
  }
  for (const power of [-1, 0, 1]) {
    if (stored + power < 0 || stored + power > 2) continue;
    for (const rest of wholePlans(steps - 1, stored + power)) yield [power, ...rest];
  }
}

const stepped: PowerCost = {
  kind: 'steps',
  steps: [
    { upToKw: 2, price: 1, perKw: 0 },
    { upToKw: 3, price: 10, perKw: 0 },
    { upToKw: Number.POSITIVE_INFINITY, price: 30, perKw: 0 },
  ],
};

const bands: PowerCost = {
  kind: 'steps',
  steps: [
    { upToKw: 2, price: 1, perKw: 4 },
    { upToKw: 3, price: 0, perKw: 6 },
    { upToKw: Number.POSITIVE_INFINITY, price: 13, perKw: 2 },
  ],
};

test.each([
  ['the highest', 1, { kind: 'linear', pricePerKw: 10, freeKw: 0, bandKw: 0 }],
  ['the mean of the two highest', 2, { kind: 'linear', pricePerKw: 10, freeKw: 0, bandKw: 0 }],
  ['steps', 2, stepped],
  ['bands of power with a price per kW', 2, bands],
  ['bands of the highest', 1, bands],
  ['what exceeds a subscription', 1, { kind: 'linear', pricePerKw: 10, freeKw: 2, bandKw: 0 }],
  ['what exceeds a free band', 1, { kind: 'linear', pricePerKw: 10, freeKw: 2, bandKw: 1 }],
  [
    'what exceeds a free band, in the mean of two',
    2,
    { kind: 'linear', pricePerKw: 10, freeKw: 1, bandKw: 1.2 },
  ],
  ['a free band that cannot be kept', 2, { kind: 'linear', pricePerKw: 10, freeKw: 1, bandKw: 0.5 }],
] as const)(
  'perfect foresight is at least as good as every plan of whole kilowatts: %s',
  (_, peaks, cost) => {
    const netKw = [1, 3, 1, 4, 0, 2, 3];
    const one = term(netKw.length, peaks, cost);
    const flat = netKw.map(() => 1);
    const plan = planWithForesight(
      alwaysThere(site, 7 * HOUR_MS),
      { fromMs: 0, hours: 1, netKw, buy: flat, sell: netKw.map(() => 0) },
      [one],
      solve,
    );
    const best = Math.min(...[...wholePlans(netKw.length)].map((powers) => costOfPowers(netKw, powers, one)));
    expect(costOfPowers(netKw, [...plan.powerKw], one)).toBeLessThanOrEqual(best + 1e-6);
  },
);

test('an excess that is free is worth no loss', () => {
  const lossy = { ...smallBattery, chargeEfficiency: 0.5, initialKwh: 0, finalKwh: 0 };
  const netKw = [1, 3, 1];
  const plan = planWithForesight(
    alwaysThere({ ...site, battery: lossy }, 3 * HOUR_MS),
    { fromMs: 0, hours: 1, netKw, buy: [1, 1, 1], sell: [0, 0, 0] },
    [term(3, 1, { kind: 'linear', pricePerKw: 10, freeKw: 2, bandKw: 1 })],
    solve,
  );
  for (const kw of plan.powerKw) expect(kw).toBeCloseTo(0, 6);
});

test('a negative price is not earned by charging and discharging at once', () => {
  const lossy = { ...smallBattery, chargeEfficiency: 0.5, initialKwh: 2, finalKwh: 0 };
  const plan = planWithForesight(
    alwaysThere({ ...site, battery: lossy }, 2 * HOUR_MS),
    { fromMs: 0, hours: 1, netKw: [1, 1], buy: [-1, -1], sell: [-1, -1] },
    [],
    solve,
  );
  let stored = lossy.initialKwh;
  for (const [t, power] of plan.powerKw.entries()) {
    stored = storedAfter(lossy, stored, power, 1);
    expect(plan.storedKwh[t]).toBeCloseTo(stored, 6);
  }
});

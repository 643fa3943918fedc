import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openHighs } from '../../../../src/commands/highs-solver.ts';
import { HOUR_MS } from '../../../../src/domain/interval.ts';
import { shave } from '../../../../src/energy/storage/shave.ts';
import { compileTariffs } from '../../../../src/energy/tariffs/compile-tariff.ts';

// Now and then a case takes minutes to be proven: that one says nothing.
const solve = await openHighs({ timeLimitS: 2 });
// Two days, and three of history, over the end of a month: two billing periods.
const fromMs = Date.parse('2025-01-28T00:00:00+01:00');
const [history, days] = [3, 5];

const tariffs = ['ellevio-2025', 'goteborg-energi-2025', 'norway-steps-2024', 'dala-energi-2025'].map(
  (name) => {
    const { tariffs: compiled } = compileTariffs(
      JSON.parse(readFileSync(`config/tariffs/${name}.json`, 'utf8')),
    );
    const tariff = compiled[0]?.tariff;
    if (!tariff) throw new Error(`${name} cannot be read`);
    return tariff;
  },
);

const cases = fc.record({
  tariff: fc.constantFrom(...tariffs),
  kw: fc.array(fc.double({ min: -3, max: 9, noNaN: true }), { minLength: days * 24, maxLength: days * 24 }),
  price: fc.array(fc.double({ min: -0.5, max: 4, noNaN: true }), {
    minLength: (days + 2) * 24,
    maxLength: (days + 2) * 24,
  }),
  capacityKwh: fc.double({ min: 0.5, max: 30, noNaN: true }),
  hoursToFill: fc.constantFrom(1, 2, 4),
  efficiency: fc.constantFrom(1, 0.95, 0.8),
  // No less than the sun ever gives: who must export beyond the limit sells what the other may not.
  exportLimitKw: fc.constantFrom(3, Number.POSITIVE_INFINITY),
});

test.each([
  ['guard', 8],
  ['mpc', 4],
] as const)(
  '%s never costs less than somebody pays who knows the future',
  (policy, numRuns) => {
    let proven = 0;
    fc.assert(
      fc.property(cases, ({ tariff, kw, price, capacityKwh, hoursToFill, efficiency, exportLimitKw }) => {
        const powerKw = capacityKwh / hoursToFill;
        const battery = {
          capacityKwh,
          chargeKw: powerKw,
          dischargeKw: powerKw,
          chargeEfficiency: efficiency,
          dischargeEfficiency: efficiency,
          lossPerHour: 0.0001,
          initialKwh: capacityKwh / 2,
          finalKwh: capacityKwh / 2,
        };
        const list = (values: readonly number[]) => ({
          fromMs: fromMs - 24 * HOUR_MS,
          spacingMs: HOUR_MS,
          price: Float64Array.from(values),
        });
        const { plan, shaved, foresight, without, isForesightProven } = shave({
          tariff,
          site: { battery, importLimitKw: Number.POSITIVE_INFINITY, exportLimitKw },
          load: { fromMs, spacingMs: HOUR_MS, kw: Float64Array.from(kw) },
          span: { fromMs: fromMs + history * 24 * HOUR_MS, toMs: fromMs + days * 24 * HOUR_MS },
          market: { buy: list(price), sell: list(price.map((one) => one - 0.3)) },
          policy,
          horizonMs: 48 * HOUR_MS,
          solve,
        });
        // Whole numbers are solved to within 0.01 % of the bound.
        const slack = 0.01 + 2e-4 * Math.abs(without.cost);
        expect(plan.storedKwh.at(-1)).toBeGreaterThanOrEqual(battery.finalKwh - 1e-6);
        if (!isForesightProven) return;
        proven += 1;
        expect(shaved.cost).toBeGreaterThanOrEqual(foresight.cost - slack);
      }),
      // To shrink a case means to solve hundreds.
      { numRuns, endOnFailure: true },
    );
    expect(proven).toBeGreaterThan(0);
  },
  60_000,
);

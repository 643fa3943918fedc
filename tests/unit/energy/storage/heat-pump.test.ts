import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openHighs } from '../../../../src/commands/highs-solver.ts';
import { HOUR_MS } from '../../../../src/domain/interval.ts';
import { heatPumpStays } from '../../../../src/energy/storage/heat-pump.ts';
import { type ShaveInput, shave } from '../../../../src/energy/storage/shave.ts';
import { compileTariffs } from '../../../../src/energy/tariffs/compile-tariff.ts';

const solve = await openHighs();
const fromMs = Date.parse('2025-01-01T00:00:00+01:00');
const HISTORY = 14 * 24;
const HOURS = 24 * 24;
const heatPump = { mostKw: 4, storeKwh: 3, keptHours: 40 };
const limits = { importLimitKw: Number.POSITIVE_INFINITY, exportLimitKw: 0 };

/** By the hour of the day, colder days and warmer ones. */
const drawnKw = Float64Array.from({ length: HOURS }, (_, i) => {
  return 1.2 + (i % 24 < 7 ? 0.6 : 0) + 0.3 * Math.sin(Math.floor(i / 24));
});

function inputOf(drawn: Float64Array = drawnKw): ShaveInput {
  const { tariffs } = compileTariffs(JSON.parse(readFileSync('config/tariffs/ellevio-2025.json', 'utf8')));
  const tariff = tariffs[0]?.tariff;
  if (!tariff) throw new Error('the tariff cannot be read');
  const kw = drawn.map((one, i) => one + 0.5 + (i % 24 >= 17 && i % 24 < 20 ? 2 : 0));
  const price = Float64Array.from({ length: HOURS + 48 }, (_, i) => (i % 24 < 6 ? 0.3 : 0.9));
  return {
    tariff,
    site: { heatPump, drawnKw: drawn, ...limits },
    load: { fromMs, spacingMs: HOUR_MS, kw },
    market: { buy: { fromMs, spacingMs: HOUR_MS, price } },
    span: { fromMs: fromMs + HISTORY * HOUR_MS, toMs: fromMs + HOURS * HOUR_MS },
    policy: 'mpc',
    horizonMs: 720 * HOUR_MS,
    solve,
  };
}

test('a heat pump draws between nothing and its most, and never less than was drawn ahead and is still of use', () => {
  const { plan } = shave(inputOf());
  let ahead = 0;
  for (const [t, power] of plan.powerKw.entries()) {
    const kw = (drawnKw[HISTORY + t] ?? 0) + power;
    expect(kw).toBeGreaterThanOrEqual(-1e-9);
    expect(kw).toBeLessThanOrEqual(heatPump.mostKw + 1e-9);
    ahead = ahead * Math.exp(-1 / heatPump.keptHours) + power;
    expect(ahead).toBeGreaterThanOrEqual(-1e-6);
    expect(ahead).toBeLessThanOrEqual(heatPump.storeKwh + 1e-6);
    expect(plan.storedKwh[t]).toBeCloseTo(ahead, 6);
  }
});

test('it saves of peaks and of energy, and never more than can be saved', () => {
  const { without, shaved, foresight, capturedShare } = shave(inputOf());
  expect(shaved.peakCost).toBeLessThan(without.peakCost);
  expect(shaved.energyCost).toBeLessThan(without.energyCost);
  expect(shaved.cost).toBeGreaterThanOrEqual(foresight.cost - 0.05);
  expect(capturedShare).toBeGreaterThan(0.7);
});

test('what it will draw is not known before', () => {
  const changed = HISTORY + 100;
  const plan = (drawn: Float64Array) => shave(inputOf(drawn)).plan.powerKw.slice(0, 100);
  expect(plan(drawnKw.map((kw, i) => (i < changed ? kw : kw / 3)))).toEqual(plan(drawnKw));
});

test('it is expected to draw what it drew at the time of day, and of what is not known nothing is moved', () => {
  const drawn = Float64Array.from({ length: 96 }, (_, i) => (i === 95 ? Number.NaN : 1 + (i % 24) / 24));
  const stays = heatPumpStays(
    { heatPump, drawnKw: drawn, ...limits },
    { fromMs, stepMs: HOUR_MS, toMs: fromMs + 96 * HOUR_MS },
  );
  expect(stays.limitsAt?.(fromMs + 12 * HOUR_MS)).toEqual({ chargeKw: 2.5, dischargeKw: 1.5 });
  expect(stays.limitsAt?.(fromMs + 95 * HOUR_MS)).toEqual({ chargeKw: 0, dischargeKw: 0 });
  const ahead = stays.limitsAhead?.(fromMs + 48 * HOUR_MS, 40) ?? [];
  expect(ahead.map(({ dischargeKw }) => dischargeKw)).toEqual(
    Array.from({ length: 40 }, (_, hour) => expect.closeTo(1 + (hour % 24) / 24, 9)),
  );
  expect(stays.limitsAhead?.(fromMs, 1)).toEqual([{ chargeKw: 0, dischargeKw: 0 }]);
});

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openHighs } from '../../../../src/commands/highs-solver.ts';
import { HOUR_MS } from '../../../../src/domain/interval.ts';
import { shave } from '../../../../src/energy/storage/shave.ts';
import { compileTariffs } from '../../../../src/energy/tariffs/compile-tariff.ts';

const fromMs = Date.parse('2025-01-12T00:00:00+01:00');
const [before, days] = [20, 27];

test.each([
  // An oven of 5 kW for an hour, or of 10 kW for two quarters of it.
  ['hours', 1, [5]],
  ['a half hour', 2, [0, 10]],
  ['quarters in the middle', 4, [0, 10, 10, 0]],
  ['quarters at the beginning', 4, [10, 10, 0, 0]],
  ['quarters at the end', 4, [0, 0, 10, 10]],
])(
  'a full store waits for a peak that may come in any hour, where energy is free: %s',
  async (_, perHour, oven) => {
    const { capturedShare, shaved } = await shaveOven('goteborg-energi-2025', perHour, oven);
    expect(shaved.periods[0]?.billed[0]?.kw).toBeLessThan(2.5);
    expect(capturedShare).toBeGreaterThan(0.95);
  },
);

test('where quarter-hours are billed they are planned for, and held', async () => {
  const { capturedShare, without } = await shaveOven('flanders-2023', 4, [0, 6, 0, 0]);
  expect(without.periods[0]?.billed[0]?.kw).toBeCloseTo(7, 9);
  expect(capturedShare).toBeGreaterThan(0.95);
});

/** A home of 1 kW, and an oven in another hour each day: what it takes more in the parts of the hour. */
async function shaveOven(name: string, perHour: number, oven: readonly number[]) {
  const { tariffs } = compileTariffs(JSON.parse(readFileSync(`config/tariffs/${name}.json`, 'utf8')));
  const tariff = tariffs[0]?.tariff;
  if (!tariff) throw new Error('the tariff cannot be read');
  const kw = Float64Array.from({ length: days * 24 * perHour }, (_, i) => {
    const [day, hour] = [Math.floor(i / perHour / 24), Math.floor(i / perHour) % 24];
    return 1 + (hour === 8 + ((day * 7) % 11) ? (oven[i % perHour] ?? 0) : 0);
  });
  return shave({
    tariff,
    site: {
      battery: {
        capacityKwh: 4,
        chargeKw: 4,
        dischargeKw: 8,
        chargeEfficiency: 0.95,
        dischargeEfficiency: 0.95,
        lossPerHour: 0,
        initialKwh: 2,
        finalKwh: 2,
      },
      importLimitKw: Number.POSITIVE_INFINITY,
      exportLimitKw: 0,
    },
    load: { fromMs, spacingMs: HOUR_MS / perHour, kw },
    span: { fromMs: fromMs + before * 24 * HOUR_MS, toMs: fromMs + days * 24 * HOUR_MS },
    policy: 'mpc',
    horizonMs: 720 * HOUR_MS,
    solve: await openHighs(),
  });
}

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openHighs } from '../../../../src/commands/highs-solver.ts';
import { HOUR_MS } from '../../../../src/domain/interval.ts';
import { shave } from '../../../../src/energy/storage/shave.ts';
import { compileTariffs } from '../../../../src/energy/tariffs/compile-tariff.ts';

const fromMs = Date.parse('2025-01-12T00:00:00+01:00');
const [before, days] = [20, 27];

/** A home of 1 kW; an oven of 5 kW more, at another hour each day. */
const kw = Float64Array.from({ length: days * 24 }, (_, i) => {
  const [day, hour] = [Math.floor(i / 24), i % 24];
  return 1 + (hour === 8 + ((day * 7) % 11) ? 5 : 0);
});

test('a full store waits for a peak that may come at any hour, where energy is free', async () => {
  const { tariffs } = compileTariffs(
    JSON.parse(readFileSync('config/tariffs/goteborg-energi-2025.json', 'utf8')),
  );
  const tariff = tariffs[0]?.tariff;
  if (!tariff) throw new Error('the tariff cannot be read');
  const { capturedShare, shaved } = shave({
    tariff,
    site: {
      battery: {
        capacityKwh: 4,
        chargeKw: 4,
        dischargeKw: 4,
        chargeEfficiency: 0.95,
        dischargeEfficiency: 0.95,
        lossPerHour: 0,
        initialKwh: 2,
        finalKwh: 2,
      },
      importLimitKw: Number.POSITIVE_INFINITY,
      exportLimitKw: 0,
    },
    load: { fromMs, spacingMs: HOUR_MS, kw },
    span: { fromMs: fromMs + before * 24 * HOUR_MS, toMs: fromMs + days * 24 * HOUR_MS },
    policy: 'mpc',
    horizonMs: 720 * HOUR_MS,
    solve: await openHighs(),
  });
  expect(shaved.periods[0]?.billed[0]?.kw).toBeLessThan(3.2);
  expect(capturedShare).toBeGreaterThan(0.8);
});

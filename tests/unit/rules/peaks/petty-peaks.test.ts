import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadTariffs } from '../../../../src/config/tariffs.ts';
import { HOUR_MS, MINUTE_MS } from '../../../../src/domain/interval.ts';
import { createAlerting } from '../../../../src/workers/alerting.ts';
import { readingOf, registerOf } from '../../../support/readings.ts';
import { rulesOf } from '../../../support/rules.ts';

const tariffs = loadTariffs(join(import.meta.dirname, '../../../../config/tariffs'));
/** Midnight in Kalmar, a Thursday. */
const T0 = Date.parse('2026-01-15T00:00+01:00');
const meter = { device: 'm', quantity: 'activePowerW', role: 'electricityMain' } as const;

/** What is saved in the mean by acting on the alert of an evening that is half as high again as those before. */
function saidOf(leastSaving: number): number | undefined {
  const devices = [{ id: 'm', model: 'kvarter', building: 'b1', role: 'electricityMain' as const }];
  const register = registerOf([{ tariff: 'goteborg-energi-2025' }], devices);
  const alerting = createAlerting({
    rules: rulesOf(
      `rules:\n  - { type: peak-guard, parameters: { saving: 1e6, leastSaving: ${leastSaving} } }`,
    ),
    holds: { powerHoldMs: 15 * MINUTE_MS, registerGapMs: 180 * MINUTE_MS },
    register: () => register,
    tariffs,
  });
  const evening = 3 * 24 + 17;
  for (let atMs = T0; atMs < T0 + (evening + 1) * HOUR_MS; atMs += 5 * MINUTE_MS) {
    const hour = Math.floor((atMs - T0) / HOUR_MS);
    const kw = hour === evening ? 12 : [7, 8, 17].includes(hour % 24) ? 8 : 4;
    alerting.onReading(readingOf(meter, atMs, kw * 1000));
    const [change] = hour === evening ? alerting.drain().changes : [];
    if (change) return Number(change.alert.facts.expectedSaving);
    if (hour < evening) alerting.drain();
  }
  return undefined;
}

it('a peak that is worth less than is asked for is not told', () => {
  const saved = saidOf(0) ?? 0;
  expect(saved).toBeGreaterThan(1);
  expect(saidOf(saved / 2)).toBeDefined();
  expect(saidOf(10 * saved)).toBeUndefined();
});

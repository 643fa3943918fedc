import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadTariffs } from '../../../../src/config/tariffs.ts';
import { HOUR_MS, MINUTE_MS } from '../../../../src/domain/interval.ts';
import { createAlerting } from '../../../../src/workers/alerting.ts';
import { readingOf, registerOf } from '../../../support/readings.ts';
import { rulesOf } from '../../../support/rules.ts';

const tariffs = loadTariffs(join(import.meta.dirname, '../../../../config/tariffs'));
const T0 = Date.parse('2026-01-05T00:00+01:00');
const DAYS = 12;
const meter = { device: 'm', quantity: 'activePowerW', role: 'electricityMain' } as const;

/** Hours that are left of the day when it is told that it will be billed; days of 40 kW by day and 25 by night, the last with so much more. */
function hoursLeft(tariff: string, moreKw: number): number | undefined {
  const devices = [{ id: 'm', model: 'kvarter', building: 'b1', role: 'electricityMain' as const }];
  const register = registerOf([{ tariff }], devices);
  const alerting = createAlerting({
    rules: rulesOf('rules:\n  - { type: peak-guard }'),
    holds: { powerHoldMs: 15 * MINUTE_MS, registerGapMs: 180 * MINUTE_MS },
    register: () => register,
    tariffs,
  });
  for (let atMs = T0; atMs < T0 + DAYS * 24 * HOUR_MS; atMs += 10 * MINUTE_MS) {
    const hours = (atMs - T0) / HOUR_MS;
    const [day, hour] = [Math.floor(hours / 24), hours % 24];
    // Days are not alike: by 2 kW.
    const kw = (hour >= 6 && hour < 22 ? 40 : 25) + (day % 3) + (day === DAYS - 1 ? moreKw : 0);
    alerting.onReading(readingOf(meter, atMs, kw * 1000));
    const [change] = alerting.drain().changes;
    if (day === DAYS - 1 && change?.alert.state === 'firing') return 24 - hour;
  }
  return undefined;
}

it.each(['hedemora-heat-2024', 'kalmar-energi-heat-2023'])(
  'under %s a day is told while hours of it are left',
  (tariff) => {
    expect(hoursLeft(tariff, 10)).toBeGreaterThan(5);
    expect(hoursLeft(tariff, -3)).toBeUndefined();
  },
);

it('a half day is told while two hours of it are left', () => {
  const left = hoursLeft('umea-heat-2023', 12) ?? 0;
  expect(left % 12).toBeGreaterThan(2);
});

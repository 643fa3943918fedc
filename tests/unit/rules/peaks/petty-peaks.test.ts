import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadTariffs } from '../../../../src/config/tariffs.ts';
import type { Alert } from '../../../../src/domain/alert.ts';
import { HOUR_MS, MINUTE_MS } from '../../../../src/domain/interval.ts';
import { createAlerting } from '../../../../src/workers/alerting.ts';
import { readingOf, registerOf } from '../../../support/readings.ts';
import { rulesOf } from '../../../support/rules.ts';

const tariffs = loadTariffs(join(import.meta.dirname, '../../../../config/tariffs'));
/** Midnight in Kalmar, a Thursday. */
const T0 = Date.parse('2026-01-15T00:00+01:00');
const meter = { device: 'm', quantity: 'activePowerW', role: 'electricityMain' } as const;
/** Three days of 4 kW, with 8 kW in these hours, come before the day that is told of. */
const HIGH_HOURS = [7, 8, 17];

type Money = { readonly leastSaving?: number; readonly pettySaving?: number };

/** What becomes of the alert of a day with these kW in some of its hours: an evening half as high again as those before. */
function changesWith(money: Money, kwOf: Readonly<Record<number, number>> = { 17: 12 }): readonly Alert[] {
  const devices = [{ id: 'm', model: 'kvarter', building: 'b1', role: 'electricityMain' as const }];
  const register = registerOf([{ tariff: 'goteborg-energi-2025' }], devices);
  const alerting = createAlerting({
    rules: rulesOf(
      `rules:\n  - { type: peak-guard, parameters: ${JSON.stringify({ saving: 1e6, ...money })} }`,
    ),
    holds: { powerHoldMs: 15 * MINUTE_MS, registerGapMs: 180 * MINUTE_MS },
    register: () => register,
    tariffs,
  });
  const told: Alert[] = [];
  const day = 3 * 24;
  for (let atMs = T0; atMs < T0 + (day + 18) * HOUR_MS; atMs += 5 * MINUTE_MS) {
    const hour = Math.floor((atMs - T0) / HOUR_MS);
    const usual = HIGH_HOURS.includes(hour % 24) ? 8 : 4;
    const kw = hour < day ? usual : (kwOf[hour - day] ?? usual);
    alerting.onReading(readingOf(meter, atMs, kw * 1000));
    const { changes } = alerting.drain();
    if (hour >= day) told.push(...changes.map(({ alert }) => alert));
  }
  return told;
}

const savedBy = (alert: Alert | undefined) => Number(alert?.facts.expectedSaving);

it('a peak that is worth less than is asked for is not told', () => {
  const saved = savedBy(changesWith({})[0]);
  expect(saved).toBeGreaterThan(1);
  expect(changesWith({ leastSaving: saved / 2 })).not.toEqual([]);
  expect(changesWith({ leastSaving: 10 * saved })).toEqual([]);
});

it('a peak that is worth little is information, however certain it becomes', () => {
  const told = changesWith({ pettySaving: 0 });
  const petty = changesWith({ pettySaving: 1e6 });
  expect(told.map(({ severity, renewed }) => [severity, renewed?.from])).toEqual([
    ['warning', undefined],
    ['critical', 'warning'],
  ]);
  expect(petty.map(({ severity }) => severity)).toEqual(['info']);
  expect(petty[0]?.facts).toEqual(told[0]?.facts);
});

it('a day that was told in the morning is told again when its evening is high, too, and not for the hour after', () => {
  const localHour = (alert: Alert) => new Date(alert.renewed?.atMs ?? alert.startsAtMs).getUTCHours() + 1;
  const told = changesWith({ pettySaving: 0 }, { 7: 12, 8: 12.5, 16: 12.5, 17: 13 });
  expect(told.map((alert) => [localHour(alert), alert.id === told[0]?.id, alert.severity])).toEqual([
    [7, true, 'warning'],
    [7, true, 'critical'],
    [16, true, 'critical'],
  ]);
});

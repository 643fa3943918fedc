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
const EVENING = 24 + 17;

/** What plans of two hours of an evening name, one after the other, when the meter goes on showing 120 kW. */
function namedWhere(switchesLoads: boolean): readonly string[] {
  const load = { automatic: true, maxOffMinutes: 60, reboundPct: 0, restPct: 100 };
  const flexibleLoads = [
    { ...load, id: 'hp', name: 'Heat pump', powerKw: 40, priority: 1 },
    { ...load, id: 'ev', name: 'Car chargers', powerKw: 40, priority: 2 },
  ];
  const devices = [{ id: 'm', model: 'kvarter', building: 'b1', role: 'electricityMain' as const }];
  const register = registerOf([{ tariff: 'goteborg-energi-2025', flexibleLoads }], devices);
  const alerting = createAlerting({
    rules: rulesOf(),
    holds: { powerHoldMs: 15 * MINUTE_MS, registerGapMs: 180 * MINUTE_MS },
    register: () => register,
    tariffs,
    switchesLoads,
  });
  const named: string[] = [];
  for (let atMs = T0; atMs < T0 + (EVENING + 2) * HOUR_MS; atMs += 5 * MINUTE_MS) {
    const hour = Math.floor((atMs - T0) / HOUR_MS);
    const kw = hour >= EVENING ? 120 : [7, 8, 9].includes(hour % 24) ? 90 : 40;
    alerting.onReading(readingOf(meter, atMs, kw * 1000));
    const { changes, refreshed } = alerting.drain();
    for (const { facts } of [...changes.map(({ alert }) => alert), ...refreshed]) {
      const shed = JSON.stringify(facts.shed ?? []);
      if (hour >= EVENING) named.push(`${hour - EVENING} ${shed.includes('"hp"') ? 'hp' : ''}`);
    }
  }
  return named;
}

it('a load that kvarter has switched rests in the hour after; where it only tries to, people are asked again', () => {
  expect(namedWhere(true)).not.toContain('1 hp');
  expect(namedWhere(true)).toContain('0 hp');
  expect(namedWhere(false)).toContain('1 hp');
});

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadTariffs } from '../../../../src/config/tariffs.ts';
import { HOUR_MS, MINUTE_MS } from '../../../../src/domain/interval.ts';
import { coldRoomsC, isWarmEnough } from '../../../../src/rules/peaks/room-warmth.ts';
import { createAlerting } from '../../../../src/workers/alerting.ts';
import { readingOf, registerOf } from '../../../support/readings.ts';
import { rulesOf } from '../../../support/rules.ts';

const T0 = Date.parse('2026-01-15T00:00+01:00');
const tariffs = loadTariffs(join(import.meta.dirname, '../../../../config/tariffs'));
const hp = { id: 'hp', name: 'Heat pump', powerKw: 200, maxOffMinutes: 60, priority: 1, warmAboveC: 20.5 };
const ev = { id: 'ev', name: 'Cars', powerKw: 60, maxOffMinutes: 60, priority: 5 };
const rooms = ['r1', 'r2'].map((id) => ({ id, model: 'kvarter', building: 'b1', role: 'room' as const }));

/** Five days with a morning peak, then a higher evening with rooms of these temperatures. */
function plannedWith(roomsC: readonly number[]) {
  const meter = { id: 'm', model: 'kvarter', building: 'b1', role: 'electricityMain' as const };
  const register = registerOf(
    [{ tariff: 'goteborg-energi-2025', flexibleLoads: [hp, ev] }],
    [meter, ...rooms],
  );
  const alerting = createAlerting({
    rules: rulesOf(),
    holds: { powerHoldMs: 15 * MINUTE_MS, registerGapMs: 3 * HOUR_MS },
    register: () => register,
    tariffs,
  });
  const end = T0 + 5 * 24 * HOUR_MS + 18.7 * HOUR_MS;
  for (let at = T0; at < end; at += 5 * MINUTE_MS) {
    const hour = Math.floor((at - T0) / HOUR_MS);
    const kw = hour === 5 * 24 + 18 ? 110 : hour % 24 === 7 ? 70 : 30;
    const main = { device: 'm', quantity: 'activePowerW', role: 'electricityMain' } as const;
    alerting.onReading(readingOf(main, at, kw * 1000));
    if (at < end - HOUR_MS) continue;
    for (const [i, celsius] of roomsC.entries()) {
      const room = { device: `r${i + 1}`, quantity: 'airTemperatureC', role: 'room' } as const;
      alerting.onReading(readingOf(room, at, celsius));
    }
  }
  const { changes, refreshed } = alerting.drain();
  const alert = [...changes.map((change) => change.alert), ...refreshed].findLast(
    ({ rule, facts }) => rule === 'peak-guard' && Number(facts.projectedKw) > 90,
  );
  const status = alerting.peaks()[0];
  return { alert, shed: status?.plan.sheds.map(({ load }) => load.id) };
}

describe('a load that keeps rooms warm', () => {
  it('is shed while they are warm', () => {
    const { alert, shed } = plannedWith([21.5, 21]);
    expect(shed).toContain('hp');
    expect(alert?.facts.tooCold).toBeUndefined();
  });

  it.each([[[22, 19.5]], [[]]])('is let be with rooms of %j °C, and the alert says so', (roomsC) => {
    const { alert, shed } = plannedWith(roomsC);
    expect(shed).toEqual(['ev']);
    expect(alert?.facts.tooCold).toEqual(['hp']);
    expect(alert?.detail).toContain('Rooms are too cold, or not known, for: Heat pump.');
  });

  it('goes by the coldest rooms, but not by one of many, and by none that has been silent for long', () => {
    const of = (celsius: readonly number[], atMs = T0) =>
      Object.fromEntries(celsius.map((one, i) => [`r${i}`, [atMs, one] as [number, number]]));
    expect(coldRoomsC(of([20, 22]), T0)).toBe(20);
    expect(coldRoomsC(of([5, ...Array.from({ length: 10 }, () => 21)]), T0)).toBe(21);
    expect(coldRoomsC(of([21]), T0 + 4 * HOUR_MS)).toBeUndefined();
    expect([isWarmEnough(hp, 20.5), isWarmEnough(hp, 20.4), isWarmEnough(hp, undefined)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(isWarmEnough(ev, undefined)).toBe(true);
  });
});

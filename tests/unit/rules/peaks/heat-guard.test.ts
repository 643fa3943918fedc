import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadTariffs } from '../../../../src/config/tariffs.ts';
import { HOUR_MS, MINUTE_MS } from '../../../../src/domain/interval.ts';
import type { Building, Register } from '../../../../src/domain/register.ts';
import { createAlerting } from '../../../../src/workers/alerting.ts';
import { readingOf, registerOf } from '../../../support/readings.ts';
import { rulesOf } from '../../../support/rules.ts';

const tariffs = loadTariffs(join(import.meta.dirname, '../../../../config/tariffs'));
const T0 = Date.parse('2026-01-05T00:00+01:00');
const DAYS = 12;
const devices = (['electricityMain', 'heatMain'] as const).map((role) => ({
  id: role,
  model: 'kvarter',
  building: 'b1',
  role,
}));
const load = { id: 'hp', name: 'Heat pump', powerKw: 10, maxOffMinutes: 60, priority: 1 };

/**
 * Twelve days of a house whose last day takes more heat, and more electricity from seven in the evening, as it is said. `later`: the
 * register of its last two hours.
 */
function run(
  register: Register,
  more: { readonly heatKw?: number; readonly electricityKw?: number },
  later = register,
) {
  let now = register;
  const alerting = createAlerting({
    rules: rulesOf(
      'rules:\n  - { type: peak-guard }\n  - { type: peak-guard, name: heat-peak-guard, parameters: { carrier: heat } }',
    ),
    holds: { powerHoldMs: 15 * MINUTE_MS, registerGapMs: 180 * MINUTE_MS },
    register: () => now,
    tariffs,
  });
  for (let atMs = T0; atMs < T0 + DAYS * 24 * HOUR_MS; atMs += 10 * MINUTE_MS) {
    const hours = (atMs - T0) / HOUR_MS;
    const [day, hour] = [Math.floor(hours / 24), hours % 24];
    const isLast = day === DAYS - 1;
    if (isLast && hour >= 22) now = later;
    const heatKw = 40 + (day % 3) + (isLast ? (more.heatKw ?? 0) : 0);
    const electricityKw =
      (hour >= 7 && hour < 8 ? 30 : 15) + (isLast && hour >= 19 ? (more.electricityKw ?? 0) : 0);
    const say = (role: 'heatMain' | 'electricityMain', quantity: 'heatPowerW' | 'activePowerW', kw: number) =>
      alerting.onReading(readingOf({ device: role, quantity, role }, atMs, kw * 1000));
    say('heatMain', 'heatPowerW', heatKw);
    say('electricityMain', 'activePowerW', electricityKw);
    if (!isLast) alerting.drain();
  }
  const { changes } = alerting.drain();
  const told = new Map(changes.map(({ alert }) => [`${alert.rule} ${alert.building}`, alert]));
  return { alerting, told };
}

const billed: Partial<Building> = { tariff: 'goteborg-energi-2025', heatTariff: 'hedemora-heat-2024' };

it('a day of much heat is told by the heat tariff, and nothing is switched off for it', () => {
  const register = registerOf([{ ...billed, flexibleLoads: [load] }], devices);
  const { alerting, told } = run(register, { heatKw: 12 });
  expect([...told.keys()]).toEqual(['heat-peak-guard b1']);
  const alert = told.get('heat-peak-guard b1');
  expect(alert?.title).toMatch(/^b1: 5\d(\.\d)? kW of heat this day, budget 4\d(\.\d)? kW$/);
  expect(alert?.detail).toContain('Lower the supply to the radiators');
  expect(alert?.facts).toMatchObject({ carrier: 'heat', component: 'power', shed: [] });
  expect(alerting.peaks().map(({ carrier, toMs, fromMs }) => [carrier, (toMs - fromMs) / HOUR_MS])).toEqual([
    ['electricity', 1],
    ['heat', 24],
  ]);
});

it('an hour of much electricity is told by the tariff of electricity, whatever the heat does', () => {
  const register = registerOf([{ ...billed, flexibleLoads: [load] }], devices);
  const { alerting, told } = run(register, { electricityKw: 30 });
  expect([...told.keys()]).toEqual(['peak-guard b1']);
  expect(told.get('peak-guard b1')?.facts).not.toHaveProperty('carrier');
  const window = { fromMs: T0 + DAYS * 24 * HOUR_MS - HOUR_MS, toMs: T0 + DAYS * 24 * HOUR_MS };
  // What a limit asks for is electricity.
  expect(alerting.projectedKw('b1', window, window.toMs - 10 * MINUTE_MS)).toBeCloseTo(45, 0);
});

it('no heat is guarded without a tariff of it, and none of it is kept in mind', () => {
  const { heatTariff: _, ...without } = billed;
  const { alerting, told } = run(registerOf([without], devices), { heatKw: 12 });
  expect(told.size).toBe(0);
  const parts = [...alerting.snapshot()].filter(([of]) => of === 'heat-peak-guard');
  expect(parts).toEqual([]);
});

it.each(['heatTariff', 'tariff'] as const)(
  'what was told of a day is over when the building has no %s any more',
  (key) => {
    const [before, after] = [billed, { ...billed, [key]: undefined }].map((one) =>
      registerOf([one], devices),
    );
    if (!before) return;
    const { told } = run(before, { heatKw: 12, electricityKw: 30 }, after);
    const rule = key === 'tariff' ? 'peak-guard b1' : 'heat-peak-guard b1';
    const states = [...told].map(([name, { state, closedBy }]) => [name, state, closedBy]);
    expect(states).toContainEqual([rule, 'resolved', 'register']);
    expect(states).toHaveLength(2);
    expect(states.filter(([, state]) => state === 'firing')).toHaveLength(1);
  },
);

it('the heat of an area is guarded as one', () => {
  const plain = registerOf([{}], devices);
  const register = {
    ...plain,
    areas: plain.areas.map((area) => ({ ...area, heatTariff: 'hedemora-heat-2024' })),
  };
  expect([...run(register, { heatKw: 12 }).told.keys()]).toEqual(['heat-peak-guard area:a']);
});

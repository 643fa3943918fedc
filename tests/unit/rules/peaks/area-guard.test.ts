import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadTariffs } from '../../../../src/config/tariffs.ts';
import { HOUR_MS } from '../../../../src/domain/interval.ts';
import type { Register } from '../../../../src/domain/register.ts';
import { isoTime } from '../../../../src/domain/time.ts';
import { createAlerting } from '../../../../src/workers/alerting.ts';
import { restore, useRules } from '../../../support/alerting.ts';
import { readingOf, registerOf } from '../../../support/readings.ts';
import { rulesOf } from '../../../support/rules.ts';

const tariffs = loadTariffs(join(import.meta.dirname, '../../../../config/tariffs'));
/** A Thursday, at midnight in Kalmar. */
const T0 = Date.parse('2026-01-15T00:00+01:00');
const load = (id: string, priority: number) => ({ id, name: id, powerKw: 40, maxOffMinutes: 60, priority });

type Change = (register: Register) => Register;

function guarded(areaTariff?: string, subscribedKw?: number) {
  return changeable(areaTariff, subscribedKw).alerting;
}

function changeable(areaTariff?: string, subscribedKw?: number) {
  const plain = registerOf(
    [
      { tariff: 'goteborg-energi-2025', flexibleLoads: [load('hp', 2)] },
      { tariff: 'goteborg-energi-2025', flexibleLoads: [load('ev', 1)] },
    ],
    ['m1', 'm2'].map((id, i) => ({
      id,
      model: 'kvarter',
      building: `b${i + 1}`,
      role: 'electricityMain' as const,
    })),
  );
  const areas = plain.areas.map((area) =>
    areaTariff === undefined
      ? area
      : { ...area, tariff: areaTariff, ...(subscribedKw !== undefined && { subscribedKw }) },
  );
  let register: Register = { ...plain, areas };
  const alerting = createAlerting({
    rules: rulesOf(),
    holds: { powerHoldMs: 900_000, registerGapMs: 10_800_000 },
    register: () => register,
    tariffs,
  });
  const change = (to: Change) => {
    register = to(register);
  };
  return { alerting, change };
}

/** The buildings have their own peaks at different hours each day; on the sixth day both are high at six in the evening. */
function kw(building: number, hour: number): number {
  const [day, clock] = [Math.floor(hour / 24), hour % 24];
  if (day === 6 && clock === 18) return 65;
  return clock === (building === 1 ? 7 : 12) ? 72 : 20;
}

function run(alerting: ReturnType<typeof guarded>, hours: number, fromHour = 0) {
  const told = [];
  for (let at = T0 + fromHour * HOUR_MS; at < T0 + hours * HOUR_MS; at += 300_000) {
    for (const building of [1, 2]) {
      const point = {
        device: `m${building}`,
        quantity: 'activePowerW',
        role: 'electricityMain',
        building: `b${building}`,
      } as const;
      alerting.onReading(readingOf(point, at, kw(building, Math.floor((at - T0) / HOUR_MS)) * 1000));
    }
    const { changes, refreshed } = alerting.drain();
    told.push(...changes.map(({ alert }) => alert), ...refreshed);
  }
  return told;
}

describe('an area that has a tariff', () => {
  const evening = isoTime(T0 + (6 * 24 + 18) * HOUR_MS);

  it('is told when its buildings together are about to be billed, with the cheapest loads of all of them', () => {
    const alerting = guarded('goteborg-energi-2025');
    const told = run(alerting, 6 * 24 + 18.7);
    const [alert] = told.filter(
      ({ building, facts }) => building === 'area:a' && facts.windowFrom === evening,
    );
    expect(alert).toMatchObject({
      rule: 'peak-guard',
      building: 'area:a',
      subject: expect.stringMatching(/^area:a\//),
    });
    expect(alert?.title).toMatch(/^A: /);
    expect(Number(alert?.facts.projectedKw)).toBeGreaterThan(92);
    expect(alert?.facts.shed).toMatchObject([{ load: 'b2/ev', name: 'ev, b2' }]);
    // Neither building has reached its own peaks.
    expect(told.filter(({ building, facts }) => building === 'b1' && facts.windowFrom === evening)).toEqual(
      [],
    );
    const status = alerting.peaks().find(({ building }) => building === 'area:a');
    expect(status?.billed.map(({ billedKw }) => Math.round(billedKw))).toEqual([92, 92, 92]);
  });

  it('is told what exceeds its subscribed power as well', () => {
    const [without, with100] = [undefined, 100].map((subscribedKw) => {
      const told = run(guarded('kalmar-energi-n4-2024', subscribedKw), 6 * 24 + 18.7);
      const alert = told.findLast(
        ({ building, facts }) => building === 'area:a' && facts.windowFrom === evening,
      );
      return Number(alert?.facts.sekAtStake);
    });
    // The mean of the two highest hours, 92 and 110 to 140 kW, passes the 10 % above 100 kW that are free.
    expect(without).toBeGreaterThan(0);
    expect((with100 ?? 0) - (without ?? 0)).toBeGreaterThan(10 * (124 / 12));
  });

  it('settles the last hour of a month by all of its meters, one of which tells an hour when it is over', () => {
    const alerting = guarded('goteborg-energi-2025');
    const monthEnd = Date.parse('2026-02-01T00:00+01:00');
    const lastHour = monthEnd - HOUR_MS;
    const watts = (at: number, hour: number, last: number) =>
      (at >= lastHour && at < monthEnd ? last : hour === 18 ? 60 : 30) * 1000;
    let counted = 0;
    for (let at = monthEnd - 7 * 24 * HOUR_MS; at <= monthEnd + 1.5 * HOUR_MS; at += 300_000) {
      const hour = Math.floor((at - T0) / HOUR_MS) % 24;
      const point = (device: string, quantity: 'activePowerW' | 'activeEnergyWh', building: string) =>
        ({ device, quantity, role: 'electricityMain', building }) as const;
      alerting.onReading(readingOf(point('m1', 'activePowerW', 'b1'), at, watts(at, hour, 110)));
      if (at % HOUR_MS === 0) alerting.onReading(readingOf(point('m2', 'activeEnergyWh', 'b2'), at, counted));
      counted += watts(at, hour, 40) / 12;
    }
    const told = alerting.drain().changes.findLast(({ alert }) => alert.building === 'area:a')?.alert;
    expect(told).toMatchObject({ state: 'resolved', endsAtMs: monthEnd });
    const status = alerting.peaks().find(({ building }) => building === 'area:a');
    const outcome = status?.outcomes.find(({ fromMs }) => fromMs === lastHour);
    expect(outcome).toMatchObject({ meanKw: expect.closeTo(150, 6), isBilled: true });
    // A part of it is no saving: the other meter had not told its own.
    expect([outcome?.saved, told?.detail]).toEqual([undefined, expect.not.stringContaining(' 110 kW')]);
  });

  it.each<[what: string, to: Change]>([
    ['it has no tariff', (now) => ({ ...now, areas: now.areas.map(({ tariff: _, ...area }) => area) })],
    [
      'it has a tariff of other components',
      (now) => ({ ...now, areas: now.areas.map((area) => ({ ...area, tariff: 'sollentuna-2025' })) }),
    ],
    [
      'it is not in the register',
      (now) => ({
        ...now,
        areas: now.areas.map((area) => ({ ...area, id: 'z' })),
        buildings: new Map([...now.buildings].map(([id, building]) => [id, { ...building, area: 'z' }])),
      }),
    ],
    [
      'its buildings are another’s',
      (now) => ({
        ...now,
        areas: now.areas.flatMap((area) => [
          { ...area, buildings: [] },
          { ...area, id: 'z' },
        ]),
        buildings: new Map([...now.buildings].map(([id, building]) => [id, { ...building, area: 'z' }])),
      }),
    ],
  ])('is no longer told of when %s any more', (_, to) => {
    const { alerting, change } = changeable('goteborg-energi-2025');
    const from = 6 * 24 + 18.5;
    const fired = run(alerting, from).findLast(({ building }) => building === 'area:a');
    expect(fired?.state).toBe('firing');
    change(to);
    const after = run(alerting, from + 0.5, from).findLast(({ id }) => id === fired?.id);
    expect(after).toMatchObject({ state: 'resolved', closedBy: 'register' });
  });

  it('is over at the time of its buildings when its rule is taken out', () => {
    const alerting = guarded('goteborg-energi-2025');
    const from = 6 * 24 + 18.5;
    const fired = run(alerting, from).findLast(({ building }) => building === 'area:a');
    useRules(alerting, rulesOf('rules: []'));
    const end = alerting.drain().changes.find(({ alert }) => alert.id === fired?.id)?.alert;
    expect(end).toMatchObject({
      state: 'resolved',
      closedBy: 'rules',
      endsAtMs: T0 + from * HOUR_MS - 300_000,
    });
  });

  it('goes on after a restart as if nothing had happened', () => {
    const alerting = guarded('goteborg-energi-2025');
    run(alerting, 30);
    const again = guarded('goteborg-energi-2025');
    restore(again, alerting.snapshot());
    expect(again.peaks()).toEqual(alerting.peaks());
  });

  it('is one only with a tariff', () => {
    const alerting = guarded();
    const told = run(alerting, 6 * 24 + 18.7);
    expect(told.filter(({ building }) => building === 'area:a')).toEqual([]);
    expect(alerting.peaks().map(({ building }) => building)).toEqual(['b1', 'b2']);
  });
});

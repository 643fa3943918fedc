import { expect, it } from 'vitest';
import type { Held } from '../../../../src/energy/guard/held-loads.ts';
import { askedLately, noteAsked } from '../../../../src/rules/peaks/asked-loads.ts';
import { createHeldByPlace } from '../../../../src/rules/peaks/held-by-place.ts';
import { registerOf } from '../../../support/readings.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const T0 = Date.parse('2026-01-15T07:00+01:00');
const load = (id: string) => ({
  id,
  name: id,
  powerKw: 10,
  maxOffMinutes: 60,
  priority: 1,
  automatic: true,
});
const shed = (id: string) => ({ load: load(id), offMinutes: 30, savedKwh: 5 });

it('a load is asked for once a window, and for a week that counts against it', () => {
  const asked: Record<string, number[]> = {};
  const ask = (fromMs: number, ...ids: string[]) => {
    const plan = { sheds: ids.map(shed), savedKwh: 5, isEnough: true, actByMs: undefined };
    noteAsked(asked, plan, { fromMs, toMs: fromMs + HOUR });
  };
  ask(T0, 'ev', 'hp');
  ask(T0, 'ev');
  ask(T0 + DAY, 'ev');
  const at = (ms: number) => askedLately(asked, ms);
  expect([at(T0 + DAY), at(T0 + 7 * DAY - 1), at(T0 + 7 * DAY), at(T0 + 8 * DAY)]).toEqual([
    { ev: 2, hp: 1 },
    { ev: 2, hp: 1 },
    { ev: 1, hp: 0 },
    { ev: 0, hp: 0 },
  ]);
  // What is older is not kept.
  ask(T0 + 7 * DAY, 'ev');
  expect(asked).toEqual({ ev: [T0 + DAY, T0 + 7 * DAY], hp: [T0] });
});

it('a load that its area asks for is off in its building, and the other way round', () => {
  const register = {
    ...registerOf([{ id: 'b1' }, { id: 'b2' }, { id: 'b3' }], []),
    areas: [
      { id: 'south', name: 'South', buildings: ['b3'] },
      { id: 'north', name: 'North', buildings: ['b1', 'b2', 'b9'] },
    ],
  };
  const known = new Map<string, Held>([
    ['b1', {}],
    ['b2', {}],
    ['b3', {}],
  ]);
  const held = createHeldByPlace(
    () => register,
    (building) => known.get(building),
  );
  held.note('b1', [shed('hp')], T0);
  held.note('area:north', [shed('b1/ev'), shed('b2/ev'), shed('b9/ev')], T0 + HOUR);
  held.note('b9', [shed('hp')], T0);
  const off = (place: string) =>
    Object.fromEntries(
      Object.entries(held.at(place)).map(([id, { sinceMs, untilMs }]) => [
        id,
        [(sinceMs - T0) / HOUR, (untilMs - T0) / HOUR],
      ]),
    );
  expect(off('b1')).toEqual({ hp: [0, 0.5], ev: [1, 1.5] });
  expect(off('b2')).toEqual({ ev: [1, 1.5] });
  expect(off('area:north')).toEqual({ 'b1/hp': [0, 0.5], 'b1/ev': [1, 1.5], 'b2/ev': [1, 1.5] });
  expect([off('area:south'), off('area:nowhere'), off('b9')]).toEqual([{}, {}, {}]);
  // Until the local day is over it counts how often they were told.
  expect(known.get('b1')?.hp).toMatchObject({ times: 1, dayToMs: Date.parse('2026-01-16T00:00+01:00') });
});

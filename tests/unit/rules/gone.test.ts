import { describe, expect, it } from 'vitest';
import type { Register } from '../../../src/domain/register.ts';
import { isGone } from '../../../src/rules/gone.ts';
import { createAlerting } from '../../../src/workers/alerting.ts';
import { readingOf, registerOf } from '../../support/readings.ts';
import { rulesOf } from '../../support/rules.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const T0 = Date.parse('2026-01-12T00:00+01:00');
const spaces = [{ id: 'flat-1', kind: 'flat', name: 'Flat 1' }];
const sensor = { id: 'd', model: 'kvarter', building: 'b1', space: 'flat-1', role: 'room' } as const;
const other = { id: 'e', model: 'kvarter', building: 'b1', role: 'room' } as const;
const buildings = [{ id: 'b1', spaces }, { id: 'b2' }];
const everything = registerOf(buildings, [sensor, other]);
const lowBattery = `
rules:
  - { type: out-of-range, scope: { quantity: batteryPct }, parameters: { min: 15 }, for: 0, clear: 6 h }
`;

/** Rules over a register of everything, until another is used. */
function follow(rules: string) {
  let register = everything;
  const alerting = createAlerting({
    rules: rulesOf(rules),
    holds: { powerHoldMs: 15 * MINUTE, registerGapMs: 180 * MINUTE },
    register: () => register,
    tariffs: new Map(),
  });
  const use = (next: Register): void => {
    register = next;
  };
  return { alerting, use };
}

/** The battery of `d` is low at T0, `e` goes on; an hour later the register is another one. */
function statesWith(next: Register) {
  const { alerting, use } = follow(lowBattery);
  const read = (device: typeof sensor | typeof other, hour: number, value: number) => {
    const { id, role } = device;
    const space = 'space' in device ? { space: device.space } : {};
    const point = { device: id, quantity: 'batteryPct', role, building: 'b1', ...space } as const;
    alerting.onReading(readingOf(point, T0 + hour * HOUR, value));
  };
  read(sensor, 0, 5);
  read(other, 1, 90);
  use(next);
  for (const hour of [2, 3, 4]) read(other, hour, 90);
  return alerting
    .drain()
    .changes.map(({ alert, atMs }) =>
      `${alert.device} ${alert.state} ${(atMs - T0) / HOUR} ${alert.closedBy ?? ''}`.trim(),
    );
}

describe('what is told of a device', () => {
  it('goes on while it is in the register', () => {
    expect(statesWith(everything)).toEqual(['d firing 0']);
    expect(statesWith(registerOf(buildings, [{ ...sensor, role: 'submeter' }, other]))).toEqual([
      'd firing 0',
    ]);
  });

  it.each([
    ['it is taken out', registerOf(buildings, [other])],
    ['its flat is', registerOf([{ id: 'b1' }], [sensor, other])],
    ['its building is', registerOf([{ id: 'b2' }], [sensor, other])],
    ['it is in another building', registerOf(buildings, [{ ...sensor, building: 'b2' }, other])],
  ])('is over at once when %s', (_, next) => {
    expect(statesWith(next)).toEqual(['d firing 0', 'd resolved 1 register']);
  });

  it('is over when it is replaced', () => {
    const replaced = { ...sensor, replacedBy: 'f', countsToMs: T0 + 2.5 * HOUR };
    expect(statesWith(registerOf(buildings, [replaced, other]))).toEqual([
      'd firing 0',
      'd resolved 2.5 register',
    ]);
  });
});

it.each([
  ['not silent there', registerOf(buildings, [{ ...sensor, building: 'b2' }, other]), []],
  ['silent while it is in the register', everything, ['d firing']],
])('a sensor that hung in another building is %s', (_, next, states) => {
  const { alerting, use } = follow('rules:\n  - { type: stale }');
  const point = (device: string) => ({ device, quantity: 'airTemperatureC', role: 'room' }) as const;
  for (let at = 0; at < 12 * HOUR; at += 10 * MINUTE) {
    if (at < 6 * HOUR) alerting.onReading(readingOf(point('d'), T0 + at, 20));
    else use(next);
    alerting.onReading(readingOf(point('e'), T0 + at, 20));
  }
  const told = alerting.drain().changes.map(({ alert }) => `${alert.device} ${alert.state}`);
  expect(told).toEqual(states);
});

it('what is told of a flat is over when its last sensor is taken out', () => {
  const { alerting, use } = follow('rules:\n  - { type: comfort, for: 0 }');
  for (let hour = 0; hour < 60; hour += 1) {
    if (hour === 50) use(registerOf(buildings, [other]));
    const points = hour < 50 ? [{ device: 'd', space: 'flat-1' }, { device: 'e' }] : [{ device: 'e' }];
    for (const point of points)
      alerting.onReading(
        readingOf({ quantity: 'airTemperatureC', role: 'room', ...point }, T0 + hour * HOUR, 15),
      );
  }
  const told = alerting.drain().changes.map(({ alert, atMs }) => ({
    subject: alert.subject,
    state: alert.state,
    hour: (atMs - T0) / HOUR,
  }));
  expect(told.map(({ subject, state }) => `${subject} ${state}`)).toEqual([
    'b1/flat-1|cold firing',
    'b1/flat-1|cold resolved',
  ]);
  expect(told[1]?.hour).toBeCloseTo(49, 0);
});

describe('among others of its kind', () => {
  const flats = ['flat-1', 'flat-2'].map((id) => ({ id, kind: 'flat', name: id }));
  const areas = ['a', 'north'].map((id) => ({ id, name: id, buildings: [] }));
  const neighbour = { ...sensor, id: 'g', space: 'flat-2' };
  const many = { ...registerOf([{ id: 'b1', spaces: flats }], [sensor, other, neighbour]), areas };

  it.each<[what: string, about: { building: string; space?: string; device?: string }, is: boolean]>([
    ['an area', { building: 'area:north' }, false],
    ['an area that is none', { building: 'area:south' }, true],
    ['a flat', { building: 'b1', space: 'flat-1' }, false],
    ['a flat that is none', { building: 'b1', space: 'flat-3' }, true],
    ['a sensor', { building: 'b1', space: 'flat-2', device: 'g' }, false],
  ])('%s is told of only while it is in the register', (_, about, is) => {
    expect(isGone(many, about, T0)).toBe(is);
  });
});

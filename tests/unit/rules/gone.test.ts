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
function follow(rules: string, first = everything) {
  let register = first;
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

describe('what its rule does not look at any more, as the register has it now,', () => {
  const rules = `
rules:
  - { type: out-of-range, scope: { quantity: batteryPct, role: room, area: a }, parameters: { min: 15 }, for: 0, clear: 0 }
  - { type: container-full }
`;
  const here = { building: 'b1', role: 'container' } as const;
  const bin = { id: 'bin', model: 'kvarter', ...here } as const;
  const all = registerOf(buildings, [sensor, other, bin]);
  const moved = [...all.buildings].map(([id, building]) => [id, { ...building, area: 'z' }] as const);

  /** A sensor with a low battery, and a full container, of which the register says something else for two hours. */
  function statesWith(next: Register, isMended: boolean) {
    const { alerting, use } = follow(rules, all);
    const wasAt = { d: 'room', bin: 'container' } as const;
    for (let minutes = 0; minutes < 8 * 60; minutes += 10) {
      if (minutes === 120) use(next);
      if (minutes === 240) use(all);
      const atMs = T0 + minutes * MINUTE;
      const isOther = minutes >= 120 && minutes < 240;
      const read = (device: 'd' | 'bin', quantity: 'batteryPct' | 'fillLevelPct', value: number) => {
        const [role, area] = isOther
          ? [next.devices.get(device)?.[0]?.role, next.buildings.get('b1')?.area ?? '']
          : [wasAt[device], 'a'];
        const reading = readingOf({ device, quantity, ...(role && { role }) }, atMs, value);
        alerting.onReading({ ...reading, point: { ...reading.point, area } });
      };
      read('d', 'batteryPct', isMended && minutes > 180 ? 90 : 5);
      read('bin', 'fillLevelPct', isMended && minutes > 180 ? 2 : 95);
    }
    return alerting
      .drain()
      .changes.map(({ alert, atMs }) => {
        const hours = Math.round((atMs - T0) / (HOUR / 2)) / 2;
        return `${alert.device} ${alert.state} ${hours} ${alert.closedBy ?? ''}`.trim();
      })
      .filter((one) => !one.includes('pending'))
      .toSorted();
  }

  it.each([
    ['by another area', { ...all, buildings: new Map(moved) }, ['d']],
    ['by another role', registerOf(buildings, [{ ...sensor, role: 'outdoor' }, other, bin]), ['d']],
    [
      'by one that the rule itself does not take',
      registerOf(buildings, [sensor, other, { ...bin, role: 'submeter' }]),
      ['bin'],
    ],
  ])('is over at once %s, and is told again an hour after it is as before', (_, next, gone) => {
    const of = (device: string) => [
      `${device} firing 0`,
      `${device} firing 5`,
      `${device} resolved 2 register`,
    ];
    const goesOn = ['bin', 'd']
      .filter((device) => !gone.includes(device))
      .map((device) => `${device} firing 0`);
    expect(statesWith(next, false)).toEqual([...gone.flatMap(of), ...goesOn].toSorted());
    const again = statesWith(next, true).filter((one) => one.includes('firing'));
    expect(again).toEqual(['bin firing 0', 'd firing 0']);
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
  const areas = ['a', 'north'].map((id) => ({ id, name: id, buildings: ['b1'] }));
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

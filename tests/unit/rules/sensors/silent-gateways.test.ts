import { describe, expect, it } from 'vitest';
import type { Device } from '../../../../src/domain/register.ts';
import { judge } from '../../../support/judge.ts';
import { readingOf, registerOf } from '../../../support/readings.ts';

const MINUTE = 60_000;
const T0 = Date.UTC(2026, 0, 12);

/** Pauses in minutes of five devices behind a gateway; one more in each building speaks for itself, so that time goes on. */
const pauses: Readonly<Record<string, number>> = { a: 5, b: 10, c: 10, d: 15, e: 60 };
const inB1: readonly Device[] = Object.keys(pauses).map((id) => ({
  id,
  model: 'kvarter',
  building: 'b1',
  role: 'room',
  gateway: 'gw',
}));
const own: readonly Device[] = ['b1', 'b2'].map((building) => ({
  id: `own-${building}`,
  model: 'kvarter',
  building,
}));
const devices: readonly Device[] = [...inB1, ...own];
/** Two of them in another building. */
const inTwo = devices.map((device) => (/^[de]$/.test(device.id) ? { ...device, building: 'b2' } : device));

/** Ten hours, in which a device is silent between two minutes; for good without a second. */
function told(
  silent: Readonly<Record<string, readonly [from: number, to?: number]>>,
  rows: readonly Device[] = devices,
) {
  const readings = Array.from({ length: 600 }, (_, minute) => minute).flatMap((minute) =>
    rows
      .filter(({ id }, i) => {
        const [from = Number.POSITIVE_INFINITY, to = Number.POSITIVE_INFINITY] = silent[id] ?? [];
        const pause = pauses[id] ?? 1;
        return id !== 'gw' && minute % pause === i % pause && !(minute >= from && minute < to);
      })
      .map(({ id, building }) => {
        const point = { device: id, building, quantity: 'airTemperatureC', role: 'room' } as const;
        return readingOf(point, T0 + minute * MINUTE, 20);
      }),
  );
  return judge(readings, { types: ['stale'], register: registerOf([{ id: 'b1' }, { id: 'b2' }], rows) });
}
const inShort = (changes: ReturnType<typeof told>) =>
  changes.map(
    ({ alert: { subject, state }, atMs }) => `${subject} ${state} ${Math.round((atMs - T0) / MINUTE)}`,
  );
const all = (from: number, to?: number) =>
  Object.fromEntries(
    Object.keys(pauses).map((id) => [id, to === undefined ? ([from] as const) : ([from, to] as const)]),
  );

describe('a gateway that has no row of its own', () => {
  it('is told before its devices when all of them fall silent, and is there again with the first', () => {
    const changes = told(all(361, 450));
    expect(inShort(changes).slice(0, 2)).toEqual(['b1/gw firing 381', 'a| firing 381']);
    expect(inShort(changes)).toContain('b1/gw resolved 450');
    expect(changes[0]?.alert).toMatchObject({
      device: 'gw',
      title: 'Gateway gw is silent',
      detail:
        'None of the 5 devices behind it has been heard for 21 minutes. Look for its power and its network first.',
      facts: { kind: 'gateway', gateway: 'gw', devices: ['a', 'b', 'c', 'd', 'e'], silentMinutes: 21 },
    });
  });

  it('is not blamed for one device, nor for two', () => {
    expect(inShort(told({ a: [361] }))).toEqual(['a| firing 381']);
    expect(inShort(told({ a: [361], b: [361] }))).toEqual(['a| firing 381', 'b| firing 392']);
  });

  it('is told once it is clear, when the quickest of its devices is overdue long before the others', () => {
    const slow = { ...all(361), d: [0], c: [0] } as const;
    expect(inShort(told(slow))).toEqual([
      'a| firing 381',
      'b| firing 392',
      'b1/gw firing 406',
      'e| firing 545',
    ]);
  });

  it('is not blamed for three that die at once while others speak, nor do these bear witness later', () => {
    const dead = { ...all(500), a: [200], b: [200], c: [200] } as const;
    expect(inShort(told(dead)).filter((text) => text.startsWith('b1/gw'))).toEqual([]);
  });

  it('is told in each of its buildings once a device there is overdue', () => {
    expect(inShort(told(all(361), inTwo))).toEqual([
      'b1/gw firing 381',
      'a| firing 381',
      'b| firing 392',
      'c| firing 393',
      'b2/gw firing 409',
      'd| firing 409',
      'e| firing 545',
    ]);
  });

  it('is not blamed while it is heard in another building', () => {
    const silent = { a: [361], b: [361], c: [361] } as const;
    expect(inShort(told(silent, inTwo))).toEqual(['a| firing 381', 'b| firing 392', 'c| firing 393']);
  });
});

it('is left to itself where it has a row', () => {
  const rows: readonly Device[] = [...devices, { id: 'gw', model: 'kvarter', building: 'b1' }];
  expect(inShort(told(all(361), rows)).filter((text) => text.startsWith('b1/gw'))).toEqual([]);
});

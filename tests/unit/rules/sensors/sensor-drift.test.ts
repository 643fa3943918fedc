import { describe, expect, it } from 'vitest';
import { seededNormal } from '../../../support/chance.ts';
import { judge } from '../../../support/judge.ts';
import { readingOf, registerOf } from '../../../support/readings.ts';

const HOUR = 3_600_000;
const T0 = Date.UTC(2026, 0, 12);
const rooms = ['r1', 'r2', 'r3', 'r4'];
const register = registerOf(
  [{ id: 'b1' }],
  rooms.map((id, i) => ({ id, model: 'kvarter', building: 'b1', space: `flat-${i + 1}`, role: 'room' })),
);

/** `addC`: what comes on top of a sensor's room, by day. */
function readings(days: number, addC: (room: string, day: number) => number | undefined, some = rooms) {
  const random = seededNormal('rooms');
  return Array.from({ length: days * 24 }, (_, hour) => hour).flatMap((hour) =>
    some.flatMap((device, i) => {
      const more = addC(device, hour / 24);
      const weather = 2 * Math.sin(hour / 50) + 0.5 * Math.sin((hour * Math.PI) / 12);
      const value = 21 + 0.3 * i + weather + 0.1 * random() + (more ?? 0);
      const point = { device, quantity: 'airTemperatureC', role: 'room', space: `flat-${i + 1}` } as const;
      return more === undefined ? [] : [readingOf(point, T0 + hour * HOUR + i * 60_000, value)];
    }),
  );
}
const told = (...given: Parameters<typeof readings>) =>
  judge(readings(...given), { types: ['sensor-drift'], register }).map(
    ({ alert: { state, device }, atMs }) => `${device} ${state} ${Math.floor((atMs - T0) / HOUR / 24)}`,
  );

describe('a sensor that moves away from its neighbours', () => {
  it('is told when it is off for two days, and over when it agrees again', () => {
    const offset = (room: string, day: number) => (room === 'r2' && day >= 10 && day < 15 ? 3 : 0);
    expect(told(20, offset)).toEqual(['r2 firing 12', 'r2 resolved 16']);
    const [change] = judge(readings(20, offset), { types: ['sensor-drift'], register });
    expect(change?.alert).toMatchObject({
      title: 'Air temperature of flat-2 (r2) has moved away from its neighbours: 2.7 °C above them',
      space: 'flat-2',
      facts: { device: 'r2', difference: 2.7, usual: -0.3, neighbours: 3, since: '2026-01-22T00:00:00.000Z' },
    });
  });

  it('is told while it drifts, although each day is the oddest so far', () => {
    expect(told(20, (room, day) => (room === 'r3' ? Math.max(day - 10, 0) * 0.7 : 0))).toEqual([
      'r3 firing 16',
    ]);
  });

  it('is told of the one that moved when there are three', () => {
    const some = rooms.slice(0, 3);
    expect(told(14, (room, day) => (room === 'r1' && day >= 10 ? -3 : 0), some)).toEqual(['r1 firing 12']);
  });

  it.each([
    ['what all rooms do at once', (_: string, day: number) => (day >= 10 ? 4 : 0)],
    [
      'a window that is open for a day',
      (room: string, day: number) => (room === 'r2' && day >= 10 && day < 11 ? -5 : 0),
    ],
    ['a sensor that is silent', (room: string, day: number) => (room === 'r2' && day >= 10 ? undefined : 0)],
    ['a room that has always been warmer', (room: string) => (room === 'r4' ? 3 : 0)],
  ])('is not %s', (_, addC) => {
    expect(told(18, addC)).toEqual([]);
  });

  it('is not judged where there are but two', () => {
    expect(told(20, (room, day) => (room === 'r2' && day >= 10 ? 3 : 0), rooms.slice(0, 2))).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { seededNormal } from '../../../support/chance.ts';
import { judge } from '../../../support/judge.ts';
import { readingOf } from '../../../support/readings.ts';

const HOUR = 3_600_000;
const T0 = Date.UTC(2026, 1, 1);
const rooms = ['lgh-1', 'lgh-2', 'lgh-3'] as const;

/** Three rooms, hour by hour; `placeOf` says in which room a sensor hangs on a day. */
function told(placeOf: (sensor: number, day: number) => number, moreC = (_: number, __: number) => 0) {
  const random = seededNormal('rooms');
  const readings = Array.from({ length: 24 * 24 }, (_, n) => n).flatMap((n) => {
    const day = Math.floor(n / 24);
    return rooms.map((space, i) => {
      const roomC = 20.5 + ([0, 0.9, 0.4][placeOf(i, day)] ?? 0) + Math.sin(day) + 0.3 * random();
      const point = { device: `d${i}`, quantity: 'airTemperatureC', role: 'room', space } as const;
      return readingOf(point, T0 + n * HOUR, roomC + moreC(i, day));
    });
  });
  return judge(readings, { types: ['swapped-sensors'] }).map(({ alert, atMs }) => ({
    text: `${alert.state} ${Math.floor((atMs - T0) / HOUR / 24)}`,
    alert,
  }));
}

const own = (sensor: number) => sensor;

describe('two sensors that have changed places', () => {
  it('are told after four days, or three that are clear, and over when they are back', () => {
    const changes = told((sensor, day) => (day >= 12 && day < 18 && sensor < 2 ? 1 - sensor : sensor));
    expect(changes.map(({ text }) => text)).toEqual(['firing 15', 'resolved 20']);
    expect(changes[0]?.alert.title).toBe('Sensors of lgh-1 and lgh-2 seem to be exchanged');
    expect(changes[0]?.alert.detail).toMatch(
      /was 0\.9 °C below that of lgh-2 and is 0\.9 °C above it now.*First read/s,
    );
  });

  it.each([
    ['one room that cools', (sensor: number, day: number) => (day >= 12 && sensor === 1 ? -2 : 0)],
    ['a house that cools', (_: number, day: number) => (day >= 12 ? -2 : 0)],
    ['three days', (sensor: number, day: number) => (day >= 12 && day < 15 ? 0.9 * (1 - 2 * sensor) : 0)],
    ['rooms that drift apart', (sensor: number, day: number) => (day >= 12 ? sensor - 1 : 0)],
  ])('are not %s', (_, moreC) => {
    expect(told(own, moreC)).toEqual([]);
  });

  describe('and are equally warm', () => {
    const alike = (
      placeOf: (sensor: number, day: number) => number,
      morePpm = (_: number, __: number) => 0,
      offC = 0,
    ) => {
      const random = seededNormal('alike');
      const readings = Array.from({ length: 24 * 24 }, (_, n) => n).flatMap((n) => {
        const day = Math.floor(n / 24);
        return rooms.flatMap((space, i) => {
          const sleepers = [3, 1, 2][placeOf(i, day)] ?? 0;
          const ppm = 500 + 120 * sleepers + morePpm(i, day) + 20 * random();
          const air = { airTemperatureC: 21 + (i === 0 ? offC : 0) + 0.2 * random(), co2Ppm: ppm } as const;
          return (['airTemperatureC', 'co2Ppm'] as const).map((quantity) =>
            readingOf({ device: `d${i}`, quantity, role: 'room', space }, T0 + n * HOUR, air[quantity]),
          );
        });
      });
      return judge(readings, { types: ['swapped-sensors'] }).map(
        ({ alert, atMs }) =>
          `${alert.state} ${Math.floor((atMs - T0) / HOUR / 24)} ${String(alert.facts.unit ?? '')}`,
      );
    };

    it('are told by the air of those who sleep there', () => {
      expect(alike((sensor, day) => (day >= 12 && day < 18 && sensor < 2 ? 1 - sensor : sensor))).toEqual([
        'firing 14 ppm',
        'resolved 19 ppm',
      ]);
    });

    it('are told by the air though one of the two is off by as much as sensors are', () => {
      const swap = (sensor: number, day: number) =>
        day >= 12 && day < 18 && sensor < 2 ? 1 - sensor : sensor;
      expect(alike(swap, () => 0, 0.35)[0]).toBe('firing 16 ppm');
    });

    it('are told by the air though on one of the days those who sleep there are away', () => {
      const swap = (sensor: number, day: number) =>
        day >= 12 && day < 18 && sensor < 2 ? 1 - sensor : sensor;
      // The three of lgh-1, where the sensor of lgh-2 hangs, sleep elsewhere.
      const away = (sensor: number, day: number) => (sensor === 1 && day === 13 ? -360 : 0);
      expect(alike(swap, away)).toEqual(['firing 15 ppm', 'resolved 19 ppm']);
    });

    it.each([
      [
        'one household that goes away',
        (sensor: number, day: number) => (day >= 12 && sensor === 0 ? -360 : 0),
      ],
      [
        'two households of which now one and now the other is away, or has guests',
        (sensor: number, day: number) =>
          [
            [-360, 0],
            [-600, 480],
            [-360, 480],
            [-120, 240],
          ][day - 12]?.[sensor] ?? 0,
      ],
      ['guests in one flat', (sensor: number, day: number) => (day >= 12 && sensor === 1 ? 480 : 0)],
      ['three days', (sensor: number, day: number) => (day >= 12 && day < 15 ? 240 * (2 * sensor - 1) : 0)],
    ])('are not %s', (_, morePpm) => {
      expect(alike(own, morePpm)).toEqual([]);
    });
  });
});

import { expect, it } from 'vitest';
import { seededNormal } from '../../../support/chance.ts';
import { judge } from '../../../support/judge.ts';
import { readingOf, registerOf } from '../../../support/readings.ts';

const HOUR = 3_600_000;
const T0 = Date.UTC(2026, 2, 1, 23);
const buildings = ['b1', 'b2', 'b3', 'b4', 'b5', 'b6', 'b7'];
const register = registerOf(
  buildings.map((id) => ({ id })),
  [],
);

/** Houses of two rooms each, of which `warmerC` of a day is more than ordinary; those that are told. */
function told(warmerC: (building: string, day: number) => number) {
  const random = seededNormal('rooms');
  const readings = Array.from({ length: 26 * 24 }, (_, hour) => hour).flatMap((hour) => {
    const [atMs, day] = [T0 + hour * HOUR, Math.floor(hour / 24)];
    const outdoor = {
      device: 'out',
      quantity: 'outdoorTemperatureC',
      role: 'outdoor',
      building: 'b1',
    } as const;
    const rooms = buildings.flatMap((building) =>
      ['lgh-1', 'lgh-2'].map((space) =>
        readingOf(
          { device: `${building}-${space}`, quantity: 'airTemperatureC', role: 'room', building, space },
          atMs,
          21.5 + 0.1 * random() + warmerC(building, day),
        ),
      ),
    );
    return [readingOf(outdoor, atMs, 5 + 3 * Math.sin(hour / 50)), ...rooms];
  });
  return judge(readings, { types: ['heating-curve'], register }).map(({ alert: { building } }) => building);
}

it('is not a sunny spell, which warms many houses, and is told of one that is warmer by far', () => {
  expect(told((_, day) => (day >= 20 ? 0.8 : 0))).toEqual([]);
  expect(told((building, day) => (day < 20 ? 0 : building === 'b4' ? 2.4 : 0.8))).toEqual(['b4']);
  expect(told((building, day) => (day >= 20 && building === 'b4' ? 0.8 : 0))).toEqual(['b4']);
});

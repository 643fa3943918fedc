import { describe, expect, it } from 'vitest';
import { saturationGPerM3 } from '../../../../src/comfort/moist-air.ts';
import type { Quantity } from '../../../../src/domain/quantity.ts';
import type { Reading } from '../../../../src/domain/reading.ts';
import { seededUniform } from '../../../support/chance.ts';
import { judge } from '../../../support/judge.ts';
import { readingOf, registerOf } from '../../../support/readings.ts';

const HOUR = 3_600_000;
/** Local midnight. */
const T0 = Date.UTC(2026, 0, 11, 23);
const register = registerOf([{ id: 'b1' }], [{ id: 'd', model: 'kvarter', building: 'b1' }]);
const rooms = ['lgh-1', 'lgh-2', 'lgh-3'];
const WRONG = 'lgh-2';

type Rooms = {
  /** How much warmer the one room is on a day. */
  readonly riseC: (day: number) => number;
  readonly days?: number;
  /** Is it measured how damp they are? */
  readonly hasHumidity?: (day: number) => boolean;
};

/** Four weeks of three rooms: who is at home warms and dampens a room, each day as many as chance has it; sun warms the one facade. */
function told({ riseC, days = 30, hasHumidity = () => true }: Rooms): readonly string[] {
  const random = seededUniform('rooms');
  const readings = Array.from({ length: days }, (_, day): Reading[] => {
    const outdoorC = 4 * Math.sin(day / 3) - 2;
    const sun = random();
    const people = rooms.map(() => 2 * random());
    return Array.from({ length: 24 }, (__, hour): Reading[] => {
      const atMs = T0 + (day * 24 + hour) * HOUR + 20 * 60_000;
      const of = (space: string, quantity: Quantity, value: number) =>
        readingOf({ device: `s-${space}`, quantity, role: 'room', space }, atMs, value);
      return [
        readingOf({ device: 'out', quantity: 'outdoorTemperatureC', role: 'outdoor' }, atMs, outdoorC),
        ...rooms.flatMap((space, i) => {
          const here = people[i] ?? 0;
          const isWrong = space === WRONG;
          const airC = 21 + 0.3 * here + (isWrong ? 0.8 : 0.6) * sun + (isWrong ? riseC(day) : 0);
          const humidityPct = (100 * (5 + here)) / saturationGPerM3(airC);
          return [
            of(space, 'airTemperatureC', airC),
            ...(hasHumidity(day) ? [of(space, 'relativeHumidityPct', humidityPct)] : []),
          ];
        }),
      ];
    }).flat();
  }).flat();
  return judge(readings, { types: ['radiator-valve'], register }).map(
    ({ alert, atMs }) => `${alert.space} ${alert.state} ${Math.floor((atMs - T0) / HOUR / 24)}`,
  );
}

const fourDays = (rise: number) => (day: number) => (day >= 22 && day < 26 ? rise : 0);

describe('a radiator valve that sticks open', () => {
  it('is told where it warms a room by less than people and sun do', () => {
    expect(told({ riseC: fourDays(0.15) })).toEqual(['lgh-2 firing 25', 'lgh-2 resolved 27']);
    expect(told({ riseC: () => 0 })).toEqual([]);
  });

  it('is told after three days when the second of them was a little less odd than the others', () => {
    const rises = [0.32, 0.2, 0.32, 0.32];
    expect(told({ riseC: (day) => rises[day - 22] ?? 0 })[0]).toBe('lgh-2 firing 25');
  });

  it('is told where nobody measures how damp rooms are, when it is more than people make', () => {
    const hasHumidity = () => false;
    expect(told({ riseC: fourDays(0.15), hasHumidity })).toEqual([]);
    expect(told({ riseC: fourDays(1), hasHumidity })[0]).toMatch(/^lgh-2 firing 2[45]$/);
  });

  it('is told after a day of which nobody knows how damp the rooms were', () => {
    const hasHumidity = (day: number) => day !== 12;
    expect(told({ riseC: fourDays(0.15), hasHumidity })[0]).toBe('lgh-2 firing 25');
  });

  it('is not a room that has been warmer and colder by much of late, as in changeable sun', () => {
    const restless = (swingC: number) => (day: number) =>
      day >= 22 && day < 26 ? 0.4 : day >= 14 && day < 22 ? swingC * (day % 2 === 0 ? 1 : -1) : 0;
    expect(told({ riseC: restless(0) })[0]).toMatch(/^lgh-2 firing 2[345]$/);
    expect(told({ riseC: restless(0.3) })).toEqual([]);
  });
});

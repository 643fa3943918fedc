import { describe, expect, it } from 'vitest';
import { saturationGPerM3 } from '../../../../src/comfort/moist-air.ts';
import type { Quantity } from '../../../../src/domain/quantity.ts';
import type { Reading, Role } from '../../../../src/domain/reading.ts';
import { seededUniform } from '../../../support/chance.ts';
import { judge } from '../../../support/judge.ts';
import { readingOf, registerOf } from '../../../support/readings.ts';

const HOUR = 3_600_000;
/** Local midnight. */
const T0 = Date.UTC(2026, 0, 11, 23);
const register = registerOf([{ id: 'b1' }, { id: 'b2' }], [{ id: 'd', model: 'kvarter', building: 'b1' }]);
const rooms = ['lgh-1', 'lgh-2', 'lgh-3'];
const others = ['o1', 'o2', 'o3', 'o4', 'o5', 'o6'];

/** What is left of people's CO₂ and water in a room by night: 1 is all. */
type Left = (room: string, day: number) => { readonly co2: number; readonly water: number };

type House = {
  readonly days?: number;
  readonly moreW?: (day: number) => number;
  readonly colderC?: (day: number) => number;
};

/** A house whose heat pump hides what fans take, and whose people sleep elsewhere every twentieth night. */
function told(left: Left, { days = 34, moreW = () => 0, colderC = () => 0 }: House = {}) {
  const random = seededUniform('fans');
  const readings = Array.from({ length: days }, (_, day): Reading[] => {
    const outdoorC = 4 * Math.sin(day / 3) - 2 - colderC(day);
    const heatPumpW = 1500 * (20 - outdoorC) * (0.9 + 0.2 * random());
    const away = new Map([...rooms, ...others].map((room) => [room, random() < 0.05]));
    return Array.from({ length: 24 }, (__, hour): Reading[] => {
      const atMs = T0 + (day * 24 + hour) * HOUR + 20 * 60_000;
      const of = (building: string, device: string, role: Role, quantity: Quantity, value: number) =>
        readingOf(
          { device, quantity, role, building, ...(role === 'room' && { space: device }) },
          atMs,
          value,
        );
      const air = (building: string, room: string) => {
        const isAway = away.get(room) === true;
        const { co2, water } = building === 'b1' ? left(room, day) : { co2: 1, water: 1 };
        const waterG = (isAway ? 6 : 8) * water * (0.99 + 0.02 * random());
        const ppm = 420 + (isAway ? 40 : 500) * co2 * (0.97 + 0.06 * random());
        return [
          of(building, room, 'room', 'airTemperatureC', 21),
          of(building, room, 'room', 'relativeHumidityPct', (100 * waterG) / saturationGPerM3(21)),
          of(building, room, 'room', 'co2Ppm', ppm),
        ];
      };
      return [
        of('b2', 'out', 'outdoor', 'outdoorTemperatureC', outdoorC),
        of('b1', 'el', 'electricityMain', 'activePowerW', 5000 + heatPumpW + moreW(day)),
        ...rooms.flatMap((room) => air('b1', room)),
        ...others.flatMap((room) => air('b2', room)),
      ];
    }).flat();
  }).flat();
  return judge(readings, { types: ['ventilation-all-night'], register });
}

const when = (all: ReturnType<typeof told>) =>
  all.map(({ alert, atMs }) => `${alert.state} ${Math.floor((atMs - T0) / HOUR / 24)}`);

const ordinary = { co2: 1, water: 1 };
const fans = { co2: 0.75, water: 0.94 };
const isWrong = (day: number) => day >= 22 && day < 29;

describe('fans that run all night', () => {
  it('are told where a heat pump hides them and people are away now and then, by the air of all rooms alike', () => {
    expect(when(told((_, day) => (isWrong(day) ? fans : ordinary)))[0]).toMatch(/^firing 2[4-7]$/);
    expect(when(told(() => ordinary))).toEqual([]);
  });

  it.each([
    ['one room alone', (room: string) => (room === 'lgh-1' ? { co2: 0.4, water: 0.85 } : ordinary)],
    ['rooms that are fresher and no drier', () => ({ ...fans, water: 1 })],
    ['people who have all gone', () => ({ co2: 0.1, water: 1 })],
  ])('are not %s', (_, of) => {
    expect(when(told((room, day) => (isWrong(day) ? of(room) : ordinary)))).toEqual([]);
  });

  it('are not one flat whose people are away while something takes more electricity', () => {
    const moreW = (day: number) => (isWrong(day) ? 4000 : 0);
    const away = (room: string) =>
      room === 'lgh-1' ? { co2: 0.08, water: 0.7 } : { co2: 0.95, water: 0.98 };
    expect(when(told((room, day) => (isWrong(day) ? away(room) : ordinary), { moreW }))).toEqual([]);
  });

  it('are over with two nights without what was clear in the electricity, though the air stays fresher', () => {
    const moreW = (day: number) => (isWrong(day) ? 30_000 : 0);
    const fresher = { co2: 0.7, water: 1 };
    expect(when(told((_, day) => (day < 22 ? ordinary : fresher), { moreW }))).toEqual([
      'firing 25',
      'resolved 31',
    ]);
  });

  it('are held against how people have lived for weeks, also in cold that is new', () => {
    const fewer = { co2: 0.5, water: 0.85 };
    const left = (day: number) =>
      day < 22
        ? ordinary
        : { co2: fewer.co2 * (day < 70 ? 1 : 0.75), water: fewer.water * (day < 70 ? 1 : 0.94) };
    const [alert] = told((_, day) => left(day), { days: 78, colderC: (day) => (day < 30 ? 0 : 15) }).filter(
      ({ atMs }) => atMs > T0 + 70 * 24 * HOUR,
    );
    expect(alert?.alert.facts).toMatchObject({ usual: expect.any(Number) });
  });
});

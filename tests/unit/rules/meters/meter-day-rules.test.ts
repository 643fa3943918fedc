import { describe, expect, it } from 'vitest';
import type { Point, Role } from '../../../../src/domain/reading.ts';
import { seededUniform } from '../../../support/chance.ts';
import { judge } from '../../../support/judge.ts';
import { readingOf } from '../../../support/readings.ts';

const HOUR = 3_600_000;
/** Local midnight of a Monday. */
const T0 = Date.UTC(2026, 0, 11, 23);
type Load = (loadW: number, day: number, hour: number) => number;

/** The hourly energy register of a house whose load `of` may change. */
function told(
  types: readonly string[],
  of: Load,
  days = 24,
  at: Partial<Point & { role: Role }> = {},
  fromMs = T0,
) {
  const random = seededUniform('house');
  let count = 5e6;
  const readings = Array.from({ length: days * 24 }, (_, i) => {
    const [day, hour] = [Math.floor(i / 24), i % 24];
    const loadW = (hour > 6 && hour < 22 ? 9000 : 5000) * (0.8 + 0.4 * random());
    const reading = readingOf(
      { device: 'd', quantity: 'activeEnergyWh', role: 'electricityMain', ...at },
      fromMs + i * HOUR,
      count,
    );
    count += of(loadW, day, hour);
    return reading;
  });
  return judge(readings, { types });
}
const days = (changes: ReturnType<typeof told>) =>
  changes.map(({ alert: { state }, atMs }) => `${state} ${Math.floor((atMs - T0) / HOUR / 24)}`);

describe('a meter whose ratio is wrong', () => {
  const wrong: Load = (loadW, day) => (day >= 14 && day < 20 ? 2 * loadW : loadW);

  it('is told after three days with the factor, and over when it counts as before', () => {
    const changes = told(['meter-ratio'], wrong);
    expect(days(changes)).toEqual(['firing 17', 'resolved 21']);
    const { factor, since } = changes[0]?.alert.facts ?? {};
    expect(factor).toBeCloseTo(2, 0);
    expect(since).toBe('2026-01-25T23:00:00.000Z');
    expect(changes[0]?.alert.detail).toMatch(
      /likely the ratio of its current transformers.*200\/5.*First ask/s,
    );
  });

  it('is told of a house that takes less from week to week, by what it took before', () => {
    const changes = told(['meter-ratio'], (loadW, day) => loadW * (day < 14 ? 1 - 0.03 * day : 1.12));
    expect(days(changes)).toEqual(['firing 17']);
    expect(changes[0]?.alert.facts).toMatchObject({ factor: expect.closeTo(1.85, 0) });
  });

  it('is told where solar cells give, by the hours in which they do not', () => {
    const random = seededUniform('sun');
    const changes = told(['meter-ratio'], (loadW, day, hour) => {
      const ownW = hour >= 8 && hour < 18 ? loadW * (random() < 0.75 ? 0.02 : 0.7) : loadW;
      return day >= 14 && day < 20 ? 2 * ownW : ownW;
    });
    expect(days(changes)).toEqual(['firing 18', 'resolved 21']);
  });

  it.each([
    [1000, '1000 : 1', 'unit'],
    [10, '10 : 1', 'pulses'],
    [4, '4 : 1', 'transformers'],
    [2, '2 : 1', 'transformers'],
    [1.5, '3 : 2', 'transformers'],
    [2 / 3, '2 : 3', 'phase lost'],
    [1 / 2, '1 : 2', 'transformers'],
    [1 / 3, '1 : 3', 'transformer reversed'],
    [1 / 10, '1 : 10', 'pulses'],
  ])(
    'that counts %f times is told as %s, and over, though it began at five in the afternoon',
    (times, nearest, likely) => {
      const changes = told(
        ['meter-ratio'],
        (loadW, day, hour) => loadW * (day * 24 + hour >= 13 * 24 + 17 && day < 20 ? times : 1),
        40,
      );
      expect(changes.map(({ alert: { state } }) => state)).toEqual(['firing', 'resolved']);
      expect(changes[0]?.alert.facts).toMatchObject({ nearest, likely });
    },
  );

  it('is told of a smaller one after more days, and only where days are alike', () => {
    const wrong: Load = (loadW, day) => loadW * (day >= 14 ? 1.5 : 1);
    expect(days(told(['meter-ratio'], wrong))).toEqual(['firing 18']);
    expect(told(['meter-ratio'], (loadW, day) => wrong(loadW * (0.8 + 0.2 * (day % 3)), day, 0))).toEqual([]);
  });

  it('is not what many houses do at once, as in a warm spell, while one that does more alone is told', () => {
    const random = seededUniform('houses');
    const houses = Array.from({ length: 13 }, (_, n) => `b${n + 10}`);
    const counts = new Map<string, number>();
    const toldOf = (partOf: (house: string) => number) => {
      counts.clear();
      const readings = Array.from({ length: 22 * 24 }, (_, i) =>
        houses.map((building) => {
          const count = counts.get(building) ?? 5e6;
          const loadW = (i % 24 > 6 ? 9000 : 5000) * (0.8 + 0.4 * random());
          counts.set(building, count + loadW * (i >= 14 * 24 ? partOf(building) : 1));
          const meter = {
            device: `el-${building}`,
            quantity: 'activeEnergyWh',
            role: 'electricityMain',
          } as const;
          return readingOf({ ...meter, building }, T0 + i * HOUR, count);
        }),
      ).flat();
      return judge(readings, { types: ['meter-ratio'] }).map(({ alert: { building } }) => building);
    };
    expect(toldOf((house) => (house < 'b18' ? 0.5 : 0.95))).toEqual([]);
    // Of thirteen houses five have heat pumps.
    expect(toldOf((house) => (house < 'b15' ? 0.5 : 0.95))).toEqual([]);
    expect(toldOf((house) => (house < 'b11' ? 0.5 : 0.95))).toEqual(['b10']);
  });

  it.each<[string, Load]>([
    ['a load that is on all day', (loadW, day) => loadW + (day >= 14 ? 7000 : 0)],
    ['winter that comes over weeks', (loadW, day) => loadW * (1 + 0.06 * day)],
    [
      'a warm spell that begins as far off',
      (loadW, day) => loadW * (day >= 14 ? 0.6 + 0.07 * (day - 14) : 1),
    ],
    ['a weekend that is unlike a working day', (loadW, day) => (day % 7 >= 5 ? loadW / 3 : loadW)],
  ])('is not %s', (_, of) => {
    expect(told(['meter-ratio'], of)).toEqual([]);
  });

  it('is not an office whose first working days were holidays', () => {
    // Thursday 1 January and Tuesday 6 January (Epiphany).
    const isFree = (day: number) => day === 0 || day === 5 || (day + 3) % 7 >= 5;
    const changes = told(
      ['meter-ratio'],
      (loadW, day) => loadW / (isFree(day) ? 3 : 1),
      40,
      {},
      Date.UTC(2025, 11, 31, 23),
    );
    expect(changes).toEqual([]);
  });

  it('is told late where some of its days were none to judge, if no season makes so much', () => {
    const changes = (times: number) =>
      told(['meter-ratio'], (loadW, day, hour) => {
        const isGuests = [15, 16, 17, 19].includes(day) && hour >= 7;
        return loadW * (day < 14 ? 1 : isGuests ? 20 * times : times);
      });
    expect(days(changes(5))).toEqual(['firing 21']);
    expect(days(changes(2))).toEqual([]);
  });

  it('is not what came to be one factor in the course of a week', () => {
    const changes = (guests: number) =>
      told(['meter-ratio'], (loadW, day, hour) => {
        const isGuests = day >= 15 && day < 15 + guests && hour >= 7;
        return loadW * (day < 14 ? 1 : isGuests ? 6 : 1.7);
      });
    expect(days(changes(1))).toEqual(['firing 18']);
    expect(days(changes(5))).toEqual([]);
  });

  it('goes on while warm weather takes a part of the factor', () => {
    const parts = [2, 1.5, 1.45, 1.5];
    const changes = told(['meter-ratio'], (loadW, day) => loadW * (day >= 14 ? (parts[day - 14] ?? 1.5) : 1));
    expect(days(changes)).toEqual(['firing 17']);
  });

  it('is told as well when its first whole day was one of guests', () => {
    const changes = told(['meter-ratio'], (loadW, day, hour) => {
      if (day < 11 || (day === 11 && hour < 12)) return loadW;
      return 2 * loadW * (day === 12 && hour >= 9 && hour < 21 ? 3 : 1);
    });
    expect(days(changes)).toEqual(['firing 16']);
  });

  it('does not count a part of it when it is over and has grown warm', () => {
    const changes = told(['meter-ratio'], (loadW, day) => loadW * (day < 14 ? 1 : day < 20 ? 2 : 0.5));
    expect(days(changes)).toEqual(['firing 17', 'resolved 21']);
  });

  it('is what is usual after four weeks', () => {
    const changes = told(['meter-ratio'], (loadW, day) => (day >= 14 ? 2 * loadW : loadW), 60);
    expect(days(changes)).toEqual(['firing 17', 'resolved 42']);
  });
});

describe('cars that all charge when they come home', () => {
  const cars: Load = (loadW, day, hour) => loadW + (day >= 14 && day < 18 && hour === 17 ? 40_000 : 0);

  it('are told on the second evening, with the hour', () => {
    const changes = told(['evening-peak'], cars);
    expect(days(changes)).toEqual(['firing 16', 'resolved 19']);
    expect(changes[0]?.alert).toMatchObject({ facts: { hour: 17, device: 'd' } });
    expect(changes[0]?.alert.title).toMatch(
      /^Load piles up in the evening: \d+(\.\d)? kW from 17 o’clock at d$/,
    );
  });

  it('are told after days on which the meter counted by another ratio', () => {
    const evening: Load = (loadW, day, hour) => {
      if (hour !== 18) return loadW * (day >= 10 && day < 17 ? 2 : 1);
      const usualW = loadW + (day % 7 === 3 ? 38_000 : 20_000);
      return usualW * (day >= 10 && day < 17 ? 2 : 1) + (day >= 20 && day < 23 ? 24_000 : 0);
    };
    expect(days(told(['evening-peak'], evening))).toContain('firing 22');
  });

  it('are what evenings may be where they come and go, and told where more of them come', () => {
    const spells = [14, 22, 30, 38, 46, 54];
    const comes: Load = (loadW, day, hour) => {
      const isOn = spells.some((first) => day >= first && day < first + 3) && hour === 17;
      return loadW + (isOn ? 30_000 : day >= 62 && hour === 17 ? 150_000 : 0);
    };
    const firing = days(told(['evening-peak'], comes, 66)).filter((text) => text.startsWith('firing'));
    expect(firing).toEqual(['firing 16', 'firing 24', 'firing 64']);
  });

  it('are not what solar cells give on a clear afternoon', () => {
    const meter = { role: 'submeter' } as const;
    expect(days(told(['evening-peak'], cars, 24, meter))).toEqual(['firing 16', 'resolved 19']);
    expect(told(['evening-peak'], cars, 24, { ...meter, device: 'pv-d' })).toEqual([]);
  });

  it.each<[string, Load]>([
    ['one evening', (loadW, day, hour) => loadW + (day === 14 && hour === 17 ? 40_000 : 0)],
    ['cold days', (loadW, day) => loadW + (day >= 14 ? 30_000 : 0)],
    ['a morning', (loadW, day, hour) => loadW + (day >= 14 && hour === 7 ? 40_000 : 0)],
  ])('are not %s', (_, of) => {
    expect(told(['evening-peak'], of)).toEqual([]);
  });
});

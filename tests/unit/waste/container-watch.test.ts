import { describe, expect, it } from 'vitest';
import {
  type ContainerNews,
  type ContainerWatchOptions,
  createContainerWatch,
  watchLevel,
  watchNoEcho,
  watchTemperature,
} from '../../../src/waste/container-watch.ts';

const HOUR_MS = 3_600_000;
const options: ContainerWatchOptions = {
  overfilledPct: 98,
  movePct: 3,
  stuckRests: 3,
  stuckHours: 48,
  badEchoes: 5,
  echoSpreadPct: 25,
  lateHours: 30,
  bulkPct: 12,
  bulkTimes: 1.5,
  riseC: 25,
  riseMinutes: 150,
  fireC: 65,
};

/** What is told of levels (`-`: no echo, `t`/`u`: tilted and upright again) so many hours apart: `trouble on|off @index`. */
function told(levels: readonly (number | '-' | 't' | 'u')[], hours = 2): readonly string[] {
  const watch = createContainerWatch();
  return levels.flatMap((level, at) => {
    const atMs = (at + 1) * hours * HOUR_MS;
    let news: readonly ContainerNews[] = [];
    if (level === '-') news = watchNoEcho(watch, atMs, options);
    else if (level === 't' || level === 'u') watch.isTilted = level === 't';
    else news = watchLevel(watch, { atMs, levelPct: level }, options);
    return news.map(({ trouble, holds }) => `${trouble} ${holds ? 'on' : 'off'} @${at}`);
  });
}

const filling = Array.from({ length: 40 }, (_, i) => (i * 5) % 90);

describe('a watched container', () => {
  it('is quiet while it fills and is emptied', () => {
    expect(told([...filling, ...filling])).toEqual([]);
  });

  it('is overfilled when three echoes say so, until it is emptied', () => {
    expect(told([80, 99, 99, 99, 5, 5])).toEqual(['overfilled on @2', 'overfilled off @5']);
  });

  it('is stuck when it rests longer than it ever did, once it has shown that it moves', () => {
    expect(told(Array.from({ length: 60 }, () => 40))).toEqual([]);
    expect(told([...filling, ...Array.from({ length: 30 }, () => 20), 30])).toEqual([
      'stuck on @64',
      'stuck off @70',
    ]);
  });

  it('is fouled when echoes fail or jump, and clean again later', () => {
    expect(
      told([10, 11, 12, '-', '-', '-', '-', '-', ...Array.from({ length: 20 }, (_, i) => 12 + i)]),
    ).toEqual(['fouled on @7', 'fouled off @17']);
    expect(told([10, 90, 11, 95, 12, 99, 13, 90, 14])).toContain('fouled on @6');
  });

  describe('that is emptied on regular rounds', () => {
    /** What is told of levels every two hours of days that each fill it by so much, `e` emptying it first, `d` with a dirty sensor, `D` both: `round on|off @day`. */
    const rounds = (days: string, fillPct = 8): readonly string[] => {
      let levelPct = 0;
      const levels = [...days].flatMap((day) => {
        if (day === 'e' || day === 'D') levelPct = 0;
        return Array.from({ length: 12 }, () => {
          levelPct += day === '-' ? 0 : fillPct / 12;
          return day.toLowerCase() === 'd' ? 100 : levelPct;
        });
      });
      return told(levels)
        .filter((news) => news.startsWith('missed'))
        .map((news) => news.replace(/\d+$/, (at) => String(Math.floor(Number(at) / 12))));
    };
    const weekly = 'e123456'.repeat(5);

    it.each([
      ['nothing of rounds that come', weekly.repeat(2), []],
      [
        'of one that has not come on the day after, until one comes',
        `${weekly}e123456${'123456'}7e1`,
        ['missed on @43', 'missed off @49'],
      ],
      ['of one of two a week', `${'e12e123'.repeat(4)}e12123e1`, ['missed on @33', 'missed off @34']],
      [
        'of one after days on which the sensor said that it was full',
        `${weekly}e1dd456${'e123456'.repeat(3)}123e1`,
        ['missed on @64', 'missed off @66'],
      ],
      ['nothing of a holiday that shifts a round by a day', `${weekly}e1234567e12345e123456`, []],
      ['nothing before rounds are known', `${'e123456'.repeat(3)}e123456789`, []],
      [
        'nothing where it is emptied when it is full',
        `${'e1234e1234567e12345e123456e123'.repeat(2)}456789`,
        [],
      ],
      [
        'nothing where there is too little to see',
        `${weekly}${'e------'.repeat(2)}${'-'.repeat(21)}1234567e1`,
        [],
      ],
      ['nothing of a level that does not move', `${weekly}e123456${'-'.repeat(4)}`, []],
    ])('tells %s', (_, days, news) => expect(rounds(days)).toEqual(news));

    it('tells nothing of a lorry that may have come while the sensor was dirty', () => {
      expect(rounds(`${weekly}e12345dDdd45`, 12)).toEqual([]);
    });
  });

  describe('into which much comes at once', () => {
    /** Levels every two hours of a week in which bags add up to four points between two. */
    const week = Array.from({ length: 84 }, (_, i) => (i * 5) / 7 + (i % 3));

    it.each([
      ['when three levels say so, until it is emptied', [...week, 35, 36, 70, 71, 71, 72, 5, 4], [88, 91]],
      ['nothing of wrong echoes', [...week, 35, 36, 70, 36, 37, 70, 70, 38, 38], []],
      ['nothing of bags on a busy holiday', [...week, 30, 36, 43, 50, 57, 64, 70, 76, 80], []],
      ['nothing where it is emptied and fills again', [...week, 60, 2, 6, 9, 14, 19, 23], []],
      ['nothing before it is known', [5, 5, 40, 40, 41, 42], []],
      ['nothing of what may be dirt on the sensor', [...week, 60, 60, 100, 100, 100, 100], []],
      [
        'until it does so often',
        [...week, ...Array.from({ length: 4 }, () => [5, 5, 5, 35, 35, 35]).flat()],
        [89, 91, 95, 97],
      ],
    ])('tells %s', (_, levels, at) => {
      const bulk = told(levels).filter((news) => news.startsWith('bulk'));
      expect(bulk.map((news) => Number(news.split('@')[1]))).toEqual(at);
    });

    it('tells nothing where it is read once a day: a day of bags may be as much', () => {
      expect(told([...week, 20, 20, 55, 56, 57], 24).filter((news) => news.startsWith('bulk'))).toEqual([]);
    });
  });

  it('believes nothing that a tilted sensor says, nor what is older', () => {
    expect(told([20, 't', 99, 99, 99, 'u', 21])).toEqual([]);
    const watch = createContainerWatch();
    watchLevel(watch, { atMs: HOUR_MS, levelPct: 10 }, options);
    watchLevel(watch, { atMs: HOUR_MS, levelPct: 50 }, options);
    expect(watch.levels).toEqual([[HOUR_MS, 10]]);
  });

  it('is on fire when the temperature jumps or is high, not when the sun shines on it', () => {
    const fires = (...celsius: number[]) => {
      const watch = createContainerWatch();
      return celsius.flatMap((temperatureC, at) =>
        watchTemperature(watch, { atMs: at * HOUR_MS, temperatureC }, options).map(
          ({ holds }) => `${holds} @${at}`,
        ),
      );
    };
    expect(fires(10, 14, 20, 27, 34, 40, 44, 40, 30)).toEqual([]);
    expect(fires(10, 11, 38, 60, 50, 20, 12)).toEqual(['true @2', 'false @4']);
    expect(fires(40, 50, 66, 60, 50)).toEqual(['true @2', 'false @4']);
  });
});

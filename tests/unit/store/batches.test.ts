import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lastPerPlace } from '../../../src/store/last-per-place.ts';
import { createSeriesBook } from '../../../src/store/series-book.ts';
import { intervalProblem, readingProblem, sortOut } from '../../../src/store/storable.ts';
import { timeRanges } from '../../../src/store/time-ranges.ts';
import { readingOf } from '../../support/readings.ts';

const HOUR = 3_600_000;

describe('a batch', () => {
  const reading = (atMs: number, value: number) =>
    readingOf({ device: 'd', quantity: 'airTemperatureC' }, atMs, value);
  const interval = (fromMs: number, energyWh: number, coverage: number) => ({
    meter: { device: 'd', carrier: 'electricity' as const },
    fromMs,
    energyWh,
    coverage,
  });

  it.each([
    [1000, 21, undefined],
    [1000.5, 21, 'the time 1000.5 is not a whole number of milliseconds'],
    [2 ** 53, 21, 'the time 9007199254740992 is not a whole number of milliseconds'],
    [1000, Number.NaN, 'the value NaN is not a finite number'],
    [1000, Number.POSITIVE_INFINITY, 'the value Infinity is not a finite number'],
  ])('may hold a reading of %d ms with %d, or not: %s', (atMs, value, problem) => {
    expect(readingProblem(reading(atMs, value))).toBe(problem);
  });

  it.each([
    [1000, 250, 1, undefined],
    [1000, 0, 0, undefined],
    [0.5, 250, 1, 'the time 0.5 is not a whole number of milliseconds'],
    [1000, Number.NaN, 1, 'the energy NaN Wh is not a finite number'],
    [1000, 250, 1.01, 'the coverage 1.01 is not within 0..1'],
    [1000, 250, -0.01, 'the coverage -0.01 is not within 0..1'],
    [1000, 250, Number.NaN, 'the coverage NaN is not within 0..1'],
  ])(
    'may hold an interval of %d ms with %d Wh, of which %d is known, or not: %s',
    (...[fromMs, energyWh, coverage, problem]) => {
      expect(intervalProblem(interval(fromMs, energyWh, coverage))).toBe(problem);
    },
  );

  it('is divided into what can be stored and what cannot', () => {
    const [good, bad] = [reading(1000, 21), reading(1000, Number.NaN)];
    const all = [good, bad];
    expect(sortOut(all, readingProblem)).toEqual({
      sound: [good],
      refused: [{ item: bad, reason: 'the value NaN is not a finite number' }],
    });
    const sound = [good];
    expect(sortOut(sound, readingProblem).sound).toBe(sound);
  });

  it('keeps the last row of each series and time, in the order of the batch', () => {
    const row = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: -2, max: 2 }));
    const far = row.map(([series, step]) => [series, step * 2 ** 32 + 1_768_461_300_000] as const);
    fc.assert(
      fc.property(fc.array(fc.oneof(row, far), { maxLength: 80 }), (rows) => {
        const series = Int32Array.from(rows, ([one]) => one);
        const atMs = Float64Array.from(rows, ([, at]) => at);
        const last = new Map(rows.map(([one, at], position) => [`${one} ${at}`, position]));
        expect([...lastPerPlace(series, atMs)]).toEqual([...last.values()].toSorted((a, b) => a - b));
      }),
    );
  });
});

describe('the ranges of times', () => {
  it.each<[what: string, hours: readonly number[], ranges: readonly (readonly [number, number])[]]>([
    ['none', [], []],
    ['one', [3], [[3, 3]]],
    ['close together, in any order', [1.5, 1, 2], [[1, 2]]],
    [
      'with one that is late',
      [100, 1, 100.5],
      [
        [1, 1],
        [100, 100.5],
      ],
    ],
    [
      'an hour apart',
      [0, 1, 1.9],
      [
        [0, 0],
        [1, 1.9],
      ],
    ],
    [
      'with more gaps than are cut: the widest are',
      [0, 10, 12, 40],
      [
        [0, 0],
        [10, 12],
        [40, 40],
      ],
    ],
  ])('%s', (_, hours, ranges) => {
    const made = timeRanges(
      Float64Array.from(hours, (hour) => hour * HOUR),
      { maxRanges: 3 },
    );
    expect(made.map(({ lowMs, highMs }) => [lowMs / HOUR, highMs / HOUR])).toEqual(ranges);
  });

  it('are eight at most where nothing else is said', () => {
    expect(timeRanges(Float64Array.from({ length: 20 }, (_, n) => n * HOUR))).toHaveLength(8);
  });
});

describe('the numbers of series', () => {
  it('go on behind those of the table, and what it lacks is saved once', () => {
    const book = createSeriesBook([
      { id: 7, key: 'a' },
      { id: 3, key: 'b' },
    ]);
    expect([book.find('a'), book.find('c')]).toEqual([7, undefined]);
    expect(book.number('b', { device: 'x' }, 'co2Ppm')).toBe(3);
    expect(book.number('c', { device: 'd1', channel: 'L1' }, 'activePowerW')).toBe(8);
    expect(book.number('e', { device: 'd2', channel: '' }, 'co2Ppm')).toBe(9);
    expect(book.number('c', { device: 'd1', channel: 'L1' }, 'activePowerW')).toBe(8);
    expect(book.unsaved()).toEqual([
      { id: 8, device: 'd1', kind: 'activePowerW', channel: 'L1' },
      { id: 9, device: 'd2', kind: 'co2Ppm', channel: undefined },
    ]);
    book.saved(1);
    expect(book.unsaved().map(({ id }) => id)).toEqual([9]);
    expect(createSeriesBook([]).number('a', { device: 'd' }, 'co2Ppm')).toBe(1);
  });
});

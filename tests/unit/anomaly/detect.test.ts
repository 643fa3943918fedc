import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDetector } from '../../../src/anomaly/detect.ts';
import { seededNormal } from '../../support/chance.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 0, 5);

/** Hourly kWh of an office: work by day, a base at night and on weekends, some noise. */
function office(days: number, seed = 'office'): number[] {
  const normal = seededNormal(seed);
  return Array.from({ length: days * 24 }, (_, hour) => {
    const atWork = hour % 24 >= 7 && hour % 24 < 18 && Math.floor(hour / 24) % 7 < 5;
    return (atWork ? 40 : 10) * (1 + 0.05 * normal());
  });
}

function scoresOf(values: readonly number[], detector = createDetector()): number[] {
  return values.map((value, row) => detector.next(START_MS + row * HOUR_MS, value));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const series = fc.array(
  fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: -3, max: 3 }),
    fc.constantFrom(
      0,
      Number.MAX_VALUE,
      -Number.MAX_VALUE,
      Number.MIN_VALUE,
      Number.NaN,
      Number.POSITIVE_INFINITY,
    ),
  ),
  { maxLength: 300 },
);

describe('the general detector', () => {
  test('gives every value a score from 0 to 1, whatever it is', () => {
    fc.assert(
      fc.property(series, (values) => {
        for (const score of scoresOf(values)) expect(score >= 0 && score <= 1).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('knows nothing of the future: a prefix scores as it does in the whole', () => {
    fc.assert(
      fc.property(series, fc.nat(), (values, cut) => {
        const count = values.length === 0 ? 0 : cut % (values.length + 1);
        expect(scoresOf(values.slice(0, count))).toEqual(scoresOf(values).slice(0, count));
      }),
      { numRuns: 100 },
    );
  });

  test('goes on from a snapshot that went through JSON as if it had not stopped', () => {
    const values = office(60);
    for (const cut of [0, 1, 30, 700, 1400]) {
      const first = createDetector();
      scoresOf(values.slice(0, cut), first);
      const second = createDetector({}, JSON.parse(JSON.stringify(first.snapshot())));
      const resumed = values
        .slice(cut)
        .map((value, row) => second.next(START_MS + (cut + row) * HOUR_MS, value));
      expect(resumed).toEqual(scoresOf(values).slice(cut));
    }
  });

  test('its state stops growing', () => {
    const numbersIn = (state: unknown): number =>
      typeof state === 'object' && state !== null
        ? Object.values(state).reduce((sum: number, part) => sum + numbersIn(part), 0)
        : 1;
    const normal = seededNormal('state');
    const detector = createDetector();
    const sizes = [25_000, 10_000].map((rows) => {
      for (let row = 0; row < rows; row += 1) detector.next(row * HOUR_MS, normal());
      return numbersIn(detector.snapshot());
    });
    expect(sizes[1]).toBe(sizes[0]);
    expect(sizes[1]).toBeLessThan(6000);
  });

  test.each([0, 7, -3.3, 0.1, 1e12])('a constant series of %s scores 0', (value) => {
    expect(new Set(scoresOf(Array.from({ length: 2000 }, () => value)))).toEqual(new Set([0]));
  });

  test('three values are enough for three scores', () => {
    expect(scoresOf([1, 2, 3])).toHaveLength(3);
  });

  test('scores the same whatever the unit', () => {
    const values = office(60);
    const inWatts = scoresOf(values.map((value) => value * 1024));
    expect(inWatts).toEqual(scoresOf(values));
  });

  test.each<{ fault: string; rows: readonly number[]; change: (value: number, row: number) => number }>([
    { fault: 'a spike', rows: [1300], change: (value) => value * 5 },
    { fault: 'a dip to nothing', rows: [1308], change: () => 0 },
    { fault: 'a level twice as high', rows: rowsFrom(1300, 24), change: (value) => value + 60 },
    { fault: 'a fall to nothing', rows: rowsFrom(1300, 48), change: () => 0 },
  ])('$fault is an alarm on its first value', ({ rows, change }) => {
    const [first = 0] = rows;
    const values = office(80).map((value, row) => (rows.includes(row) ? change(value, row) : value));
    expect(scoresOf(values)[first]).toBeGreaterThan(0.5);
  });

  test.each<{ fault: string; rows: readonly number[]; change: (value: number, row: number) => number }>([
    { fault: 'hours without any', rows: rowsFrom(1300, 60), change: () => 0 },
    { fault: 'a meter that stands still', rows: rowsFrom(1300, 60), change: () => 22.2 },
    { fault: 'nights like days', rows: nightRows(1296, 5), change: (value) => value * 3 },
    { fault: 'a working day like a Sunday', rows: rowsFrom(1303, 11), change: (value) => value / 4 },
  ])('of $fault each hour ranks above the usual, not only the first', ({ rows, change }) => {
    const values = office(80).map((value, row) => (rows.includes(row) ? change(value, row) : value));
    const scores = scoresOf(values);
    const usual = scores.slice(700, 1290).toSorted((a, b) => a - b);
    const high = usual[Math.floor(usual.length * 0.95)] ?? 1;
    expect(rows.filter((row) => (scores[row] ?? 0) > high).length / rows.length).toBeGreaterThan(0.9);
  });

  test.each([
    { fault: 'noise around nothing', change: () => 0.3 },
    { fault: 'half of what it was', change: (value: number) => value / 2 },
  ])('of weeks of $fault the last ones rank above the usual, too', ({ change }) => {
    const normal = seededNormal('weeks');
    const values = office(120).map((value, row) =>
      row >= 1400 && row < 2400 ? change(value) * (1 + 0.1 * normal()) : value,
    );
    const scores = scoresOf(values);
    const high = scores.slice(700, 1390).toSorted((a, b) => a - b)[Math.floor(690 * 0.9)] ?? 1;
    expect(scores.slice(2200, 2400).filter((score) => score > high).length / 200).toBeGreaterThan(0.8);
    expect(mean(scores.slice(2600))).toBeLessThan(high);
  });

  test('tells something new once, not as long as it lasts', () => {
    const values = office(80).map((value, row) => (row >= 1300 && row < 1340 ? value + 100 : value));
    const alarms = scoresOf(values)
      .slice(1300, 1340)
      .filter((score) => score >= 0.5);
    expect(alarms.length).toBeGreaterThan(0);
    expect(alarms.length).toBeLessThan(6);
  });

  test('learns what comes back: the tenth of daily spikes is less than the first', () => {
    const values = office(80).map((value, row) => (row >= 1000 && row % 24 === 3 ? value * 4 : value));
    const scores = scoresOf(values);
    const spikes = values.flatMap((_, row) => (row >= 1000 && row % 24 === 3 ? [scores[row] ?? 0] : []));
    expect(spikes[0]).toBeGreaterThan(0.5);
    expect(mean(spikes.slice(20))).toBeLessThan(0.4);
  });

  test('weather that changes over weeks is no alarm', () => {
    const values = office(150).map((value, row) => value * (1 + 0.6 * Math.max(0, (row - 1400) / 1700)));
    const alarms = scoresOf(values)
      .slice(1400)
      .filter((score) => score >= 0.75);
    expect(alarms.length).toBeLessThan(3);
  });
});

function rowsFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}

function nightRows(first: number, nights: number): number[] {
  return rowsFrom(first, nights * 24).filter((row) => row % 24 < 6);
}

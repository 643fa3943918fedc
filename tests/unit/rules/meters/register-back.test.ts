import { describe, expect, it } from 'vitest';
import { judge as judged } from '../../../support/judge.ts';
import { readingOf } from '../../../support/readings.ts';

const HOUR = 3_600_000;
const T0 = Date.UTC(2026, 0, 15);

/** Hourly values of a register; a pair says its own hour. */
function judge(values: readonly (number | readonly [hour: number, value: number])[]) {
  const readings = values.map((given, at) => {
    const [hour, value] = typeof given === 'number' ? [at, given] : given;
    return readingOf({ device: 'd', quantity: 'heatEnergyWh' }, T0 + hour * HOUR, value);
  });
  return judged(readings, { types: ['register-back'] });
}
const causes = (values: Parameters<typeof judge>[0]) => judge(values).map(({ alert }) => alert.facts.cause);

describe('a register that goes backwards', () => {
  it('is told at the second reading that says so, with what it stood at', () => {
    const [change] = judge([5_000_000, 5_001_000, 0, 1000, 2000]);
    expect(change?.atMs).toBe(T0 + 3 * HOUR);
    expect(change?.alert).toMatchObject({
      state: 'firing',
      title: 'Heat energy of d went back from 5001 kWh to 1 kWh',
      facts: { before: 5_001_000, cause: 'reset', since: '2026-01-15T02:00:00.000Z' },
    });
  });

  it('is over when it has counted upwards for a day', () => {
    const values = [5_000_000, 5_001_000, ...Array.from({ length: 40 }, (_, i) => i * 1000)];
    expect(judge(values).map(({ alert }) => alert.state)).toEqual(['firing', 'resolved']);
  });

  it.each([
    ['full and begins again', [99_990_000, 99_999_000, 500, 1500], 'roll-over'],
    ['wired the wrong way', [5_000_000, 4_999_000, 4_998_000], 'backwards'],
    ['right again after a leap', [5_000_000, 5_001_000, 90_000_000, 5_003_000, 5_004_000], 'leap'],
  ])('is told as %s', (_, values, cause) => {
    expect(causes(values)).toEqual([cause]);
  });

  it.each([
    ['one wrong reading', [5_000_000, 5_001_000, 12, 5_002_000, 5_003_000]],
    ['rounding', [5_000_000, 5_000_001, 5_000_000, 5_000_000]],
    ['a reading that comes late', [5_000_000, [2, 5_002_000], [1, 5_001_000], [3, 5_003_000]]],
    ['a gap', [5_000_000, [90, 5_900_000], [91, 5_901_000]]],
  ] as const)('is not %s', (_, values) => {
    expect(judge(values)).toEqual([]);
  });

  it('is told when one reading in two is of another meter, or of another day', () => {
    const toAndFro = Array.from({ length: 12 }, (_, i) => 5_000_000 + i * 1000 - (i % 2) * 300_000);
    expect(causes(toAndFro).slice(0, 1)).toEqual(['mixed']);
    expect(judge(toAndFro)[0]?.atMs).toBe(T0 + 6 * HOUR);
    const seldom = Array.from({ length: 80 }, (_, i) => 5_000_000 + i * 1000 - (i % 20 === 19 ? 300_000 : 0));
    expect(causes(seldom)).toEqual([]);
  });
});

describe('a register that leaps up and goes on from there', () => {
  const days = (step: (hour: number) => number) => {
    let stands = 5_000_000;
    return Array.from({ length: 200 }, (_, hour) => {
      stands += step(hour);
      return stands;
    });
  };

  it('is told at the reading after, once', () => {
    const changes = judge(days((hour) => (hour === 100 ? 1e9 : 20_000)));
    expect(changes.map(({ alert: { state, title } }) => `${state} ${title}`)).toEqual([
      'firing Heat energy of d leapt up from 7000 kWh to 1007000 kWh',
      'resolved Heat energy of d leapt up from 7000 kWh to 1007000 kWh',
    ]);
    expect(changes[0]?.atMs).toBe(T0 + 101 * HOUR);
  });

  it.each<[what: string, step: (hour: number) => number]>([
    ['a cold morning', (hour) => (hour === 100 ? 400_000 : 20_000)],
    ['heating that begins', (hour) => (hour < 150 ? 0 : 400_000)],
    ['another unit, which is told as such', (hour) => (hour < 100 ? 20_000 : 20_000_000)],
    ['what it begins with', (hour) => (hour === 10 ? 1e9 : 20_000)],
  ])('is not %s', (_, step) => {
    expect(judge(days(step))).toEqual([]);
  });
});

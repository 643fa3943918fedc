import { describe, expect, it } from 'vitest';
import { judge } from '../../../support/judge.ts';
import { readingOf } from '../../../support/readings.ts';

const HOUR = 3_600_000;
const T0 = Date.UTC(2026, 0, 11, 23);
const weather = (hour: number) => -4 + 5 * Math.sin(hour / 60);

const told = (shownC: (hour: number) => number) =>
  judge(
    Array.from({ length: 240 }, (_, hour) =>
      readingOf(
        { device: 'out', quantity: 'outdoorTemperatureC', role: 'outdoor' },
        T0 + hour * HOUR,
        shownC(hour),
      ),
    ),
    { types: ['doubted-weather'] },
  ).flatMap(({ atMs, alert: { state, title, firedAtMs } }) =>
    firedAtMs === undefined ? [] : [`${(atMs - T0) / HOUR} ${state} ${title}`],
  );

describe('an outdoor thermometer', () => {
  it('in °F is told three hours later, and over an hour after it is right again', () => {
    expect(told((hour) => (hour >= 100 && hour < 150 ? weather(hour) * 1.8 + 32 : weather(hour)))).toEqual([
      expect.stringMatching(/^103 firing out shows weather that cannot be: /),
      expect.stringMatching(/^151 resolved /),
    ]);
  });

  it('is not told for one wrong reading, nor for a cold night', () => {
    expect(told((hour) => (hour === 100 ? -127 : weather(hour)))).toEqual([]);
    expect(told((hour) => weather(hour) - (hour > 100 ? 12 : 0))).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { seededUniform } from '../../../support/chance.ts';
import { judge } from '../../../support/judge.ts';
import { readingOf } from '../../../support/readings.ts';

const MINUTE = 60_000;
const T0 = Date.UTC(2026, 0, 12);

/** Readings each quarter-hour; `of` may change the load. */
function told(of: (loadW: number, step: number) => number, steps = 600, pauseMinutes = 15) {
  const random = seededUniform('load');
  const readings = Array.from({ length: steps }, (_, step) =>
    readingOf(
      { device: 'd', quantity: 'activePowerW', role: 'electricityMain' },
      T0 + step * pauseMinutes * MINUTE,
      of(8000 + 4000 * random(), step),
    ),
  );
  return judge(readings, { types: ['spike'] });
}

describe('a reading that stands out alone', () => {
  it('is told at the next one, and over when a day has been without', () => {
    const changes = told((loadW, step) => (step === 300 || step === 340 ? 10 * loadW : loadW));
    expect(changes.map(({ alert: { state }, atMs }) => `${state} ${(atMs - T0) / MINUTE / 15}`)).toEqual([
      'firing 301',
      `resolved ${342 + 96}`,
    ]);
    expect(changes[0]?.alert.detail).toMatch(/one reading alone.*First look at the raw payload/s);
    expect(changes[0]?.alert.facts).toMatchObject({ device: 'd', unit: 'W', spikes: 1 });
  });

  it('may be below its neighbours as well', () => {
    expect(told((loadW, step) => (step === 300 ? -60_000 : loadW)).length).toBe(2);
  });

  it.each([
    ['a step that stays', (loadW: number, step: number) => (step >= 300 ? loadW + 90_000 : loadW)],
    ['two hours of much', (loadW: number, step: number) => (step >= 300 && step < 308 ? 90_000 : loadW)],
    [
      'a charger that is on for one reading, as it has been for many',
      (_: number, step: number) => (step === 400 || (step % 100 > 20 && step % 100 < 60) ? 11_000 : 0),
    ],
    ['what it does now and then', (loadW: number, step: number) => (step % 50 === 20 ? 90_000 : loadW)],
    [
      'seen before it is known what is ordinary',
      (loadW: number, step: number) => (step === 150 ? 90_000 : loadW),
    ],
  ])('is not %s', (_, of) => {
    expect(told(of)).toEqual([]);
  });

  it('is not judged where neighbours are far apart', () => {
    expect(told((loadW, step) => (step === 300 ? 90_000 : loadW), 600, 180)).toEqual([]);
  });
});

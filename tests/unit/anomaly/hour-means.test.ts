import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createHourMeans,
  foldGauge,
  foldRegister,
  type HourMeans,
  hourMeansSchema,
  hoursJson,
  meansIn,
} from '../../../src/anomaly/hour-means.ts';

const HOUR = 3_600_000;
const T0 = Date.UTC(2026, 0, 15);

/** What it knows, wherever its numbers lie. */
function known({ block, row }: HourMeans) {
  return [...block.running.subarray(row * 5, row * 5 + 5), ...block.means.subarray(row * 50, row * 50 + 50)];
}

describe('hourly means', () => {
  it('are kept to six significant digits, also over a restart', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), (value) => {
        fc.pre(Math.abs(value) > 1e-9);
        const state = createHourMeans();
        foldGauge(state, T0, value);
        foldGauge(state, T0 + HOUR, 0);
        const restored = hourMeansSchema.parse(JSON.parse(JSON.stringify(hoursJson(state))));
        const kept = Number(value.toPrecision(6));
        for (const one of [state, restored]) expect(meansIn(one, T0, T0 + HOUR)).toEqual([kept]);
      }),
    );
  });

  it.each([[[1, 2]], ['none'], [[...new Array(49).fill(1), 'x']]])(
    'are refused when they are not fifty numbers: %j',
    (means) => {
      expect(hourMeansSchema.safeParse({ hour: 0, sum: 0, weight: 0, means }).success).toBe(false);
    },
  );

  it('are those of the newest 50 hours and the running one, whatever hours are missing', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 40 }), (steps) => {
        const state = createHourMeans();
        let hour = 0;
        const heard = steps.map((step) => {
          hour += step;
          foldGauge(state, T0 + hour * HOUR, hour - 0.5);
          foldGauge(state, T0 + hour * HOUR + 1000, hour + 0.5);
          return hour;
        });
        const expected = heard.filter((one) => one >= hour - 50);
        expect(meansIn(state, T0, T0 + (hour + 1) * HOUR)).toEqual(expected);
        expect(known(hourMeansSchema.parse(JSON.parse(JSON.stringify(hoursJson(state)))))).toEqual(
          known(state),
        );
      }),
    );
  });

  it('of a register weigh each rate as long as it lasted, and pass over what nobody counted', () => {
    const state = createHourMeans();
    const counted: [minute: number, value: number][] = [
      [0, 1000],
      [10, 2000],
      [58, 3000],
      [57, 9000],
      [70, 2900],
      [100, 3900],
      [400, 99_000],
    ];
    for (const [minute, value] of counted) foldRegister(state, T0 + minute * 60_000, value);
    foldGauge(state, T0 + 8 * HOUR, 7);
    expect(meansIn(state, T0, T0 + 8 * HOUR)).toEqual([2068.97, 2000]);
  });
});

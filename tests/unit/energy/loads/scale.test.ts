import { describe, expect, it } from 'vitest';
import { believed, isOut, isOutOfScale, newScale, scaleLimits } from '../../../../src/energy/loads/scale.ts';

const [HOUR, DAY] = [3_600_000, 86_400_000];
const T0 = Date.UTC(2026, 0, 12);
const limits = { times: 10, leastKw: 5, acceptDays: 28 };

/** Knows loads of a size for so many days. */
function scaleOf(kw: number, days = 7, fromMs = T0) {
  const scale = newScale();
  for (let hour = 0; hour < days * 24; hour += 1) isOutOfScale(scale, fromMs + hour * HOUR, kw, limits);
  return scale;
}
const isOutAfter = (kw: number, days: number, load: number) =>
  isOutOfScale(scaleOf(kw, days), T0 + days * DAY, load, limits);

describe('a load that is out of all scale', () => {
  it('is more than ten times the highest of the newest weeks, in or out', () => {
    expect([99, 101, -99, -101].map((kw) => isOutAfter(10, 7, kw))).toEqual([false, true, false, true]);
  });

  it('is none below ten times 5 kW, whatever there was', () => {
    expect([49, 51].map((kw) => isOutAfter(0.1, 7, kw))).toEqual([false, true]);
  });

  it('is none in the first three days', () => {
    expect([2, 3].map((days) => isOutAfter(10, days, 1000))).toEqual([false, true]);
  });

  it('is held against five weeks, not against what was before', () => {
    const scale = scaleOf(100, 1);
    for (let day = 1; day < 43; day += 1) isOutOfScale(scale, T0 + day * DAY, 10, limits);
    expect([101, 99].map((kw) => isOutOfScale(scale, T0 + 43 * DAY, kw, limits))).toEqual([true, false]);
  });

  it('is believed when it goes on for four weeks, and what is ordinary ends it at once', () => {
    const scale = scaleOf(10);
    const outAt = (day: number, kw = 1000) => isOutOfScale(scale, T0 + day * DAY, kw, limits);
    expect([outAt(8), outAt(9), outAt(10, 10), outAt(11), outAt(38), outAt(39)]).toEqual([
      true,
      true,
      false,
      true,
      true,
      false,
    ]);
    expect(isOut(scale, T0 + 39 * DAY, limits)).toBe(false);
  });

  it('is missing in a load, and of heat begins higher: a boiler that stood still is none', () => {
    const kw = Float64Array.from({ length: 24 * 10 }, (_, hour) => (hour === 200 ? 600 : 1));
    kw[3] = Number.NaN;
    const of = (carrier: 'electricity' | 'heat', size: number) => {
      const load = { fromMs: T0, spacingMs: HOUR, kw: kw.map((one) => (one === 600 ? size : one)) };
      return believed(load, scaleLimits[carrier]).kw[200];
    };
    expect([of('electricity', 99), of('electricity', 101)]).toEqual([99, Number.NaN]);
    expect([of('heat', 499), of('heat', 501)]).toEqual([499, Number.NaN]);
  });
});

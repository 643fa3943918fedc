import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../../src/domain/interval.ts';
import {
  createForecaster,
  type Forecaster,
  type ForecastStep,
  restoreForecaster,
} from '../../../../src/energy/forecast/forecast.ts';
import { seededNormal } from '../../../support/chance.ts';

const stockholm = { zone: 'Europe/Stockholm', stepMs: HOUR_MS };
const start = Date.UTC(2025, 2, 3);
const wave = (hour: number) => 10 + 5 * Math.sin((hour / 12) * Math.PI) + ((hour * 7919) % 13) / 10;

function taught(hours: number, load: (hour: number) => number = wave, options = stockholm): Forecaster {
  const forecaster = createForecaster(options);
  for (let hour = 0; hour < hours; hour += 1)
    forecaster.add(start + hour * options.stepMs, load(hour), hour % 20);
  return forecaster;
}

describe('a forecaster', () => {
  it('says nothing while no load is known', () => {
    const forecaster = createForecaster(stockholm);
    expect(forecaster.forecast(3)).toEqual([]);
    forecaster.add(start, Number.NaN);
    expect(forecaster.forecast(3)).toEqual([]);
  });

  it.each([1, 5, 24, 30, 24 * 7, 24 * 40])('forecasts in order after %i hours', (hours) => {
    const steps = taught(hours).forecast(48);
    expect(steps.map(({ fromMs }) => fromMs)).toEqual(
      Array.from({ length: 48 }, (_, i) => start + (hours + i) * HOUR_MS),
    );
    for (const { p10, p50, p90, mean, quantiles } of steps) {
      expect(quantiles.toSorted((a, b) => a - b)).toEqual(quantiles);
      expect([p10, p50, p90, mean].every(Number.isFinite)).toBe(true);
      expect(p10 <= p50 && p50 <= p90).toBe(true);
    }
  });

  it('goes on from a snapshot as if it had never stopped', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 100 }), (before, after) => {
        const whole = taught(before);
        const kept = JSON.parse(JSON.stringify(whole.snapshot()));
        const again = restoreForecaster(stockholm, kept);
        for (let hour = before; hour < before + after; hour += 1) {
          whole.add(start + hour * HOUR_MS, wave(hour));
          again?.add(start + hour * HOUR_MS, wave(hour));
        }
        expect(again?.forecast(30)).toEqual(whole.forecast(30));
        expect(again?.snapshot()).toEqual(whole.snapshot());
      }),
      { numRuns: 20 },
    );
  });

  it('does not go on from the snapshot of another zone, step, version or size', () => {
    const snapshot = taught(10).snapshot();
    expect(restoreForecaster({ ...stockholm, stepMs: HOUR_MS / 4 }, snapshot)).toBeUndefined();
    expect(restoreForecaster({ ...stockholm, zone: 'Europe/London' }, snapshot)).toBeUndefined();
    expect(restoreForecaster(stockholm, { ...snapshot, version: 0 })).toBeUndefined();
    expect(restoreForecaster(stockholm, { ...snapshot, state: '' })).toBeUndefined();
  });

  it('refuses a step of the past and one off the grid', () => {
    const forecaster = taught(10);
    expect(() => forecaster.add(start, 1)).toThrow(RangeError);
    expect(() => forecaster.add(start + 10.5 * HOUR_MS, 1)).toThrow(RangeError);
  });

  it.each([
    ['an hour', 1],
    ['a week', 168],
  ])('learns nothing from %s out of all scale', (_, hours) => {
    const wrong = (hour: number) => wave(hour) * (hour >= 500 && hour < 500 + hours ? 1000 : 1);
    const gone = (hour: number) => (wrong(hour) > 100 ? Number.NaN : wave(hour));
    expect(taught(700, wrong).forecast(48)).toEqual(taught(700, gone).forecast(48));
  });

  it('believes a load that is a thousandfold for four weeks', () => {
    const p50 = (hours: number) =>
      taught(hours, (hour) => wave(hour) * (hour >= 500 ? 1000 : 1)).forecast(1)[0]?.p50;
    expect(p50(500 + 24 * 27)).toBeLessThan(20);
    expect(p50(500 + 24 * 60)).toBeGreaterThan(5000);
  });

  it('is as unsure as it was wrong of late', () => {
    const days = 60;
    const widthAfter = (restless: number): number => {
      const normal = seededNormal('unrest');
      const noise = Array.from({ length: days * 24 }, () => normal());
      const load = (hour: number) =>
        wave(hour) + (hour < (days - 1) * 24 ? 0.5 : restless) * (noise[hour] ?? 0);
      return width(taught(days * 24, load).forecast(24));
    };
    expect(widthAfter(1.5)).toBeGreaterThan(1.3 * widthAfter(0.5));
    expect(widthAfter(0.1)).toBeLessThan(0.9 * widthAfter(0.5));
  });

  it('knows the next hour better than the sixth of a load that wanders', () => {
    const normal = seededNormal('wander');
    let off = 0;
    const load = Array.from({ length: 60 * 24 }, (_, hour) => {
      off = 0.9 * off + 0.5 * normal();
      return wave(hour) + off;
    });
    const steps = taught(load.length, (hour) => load[hour] ?? 0).forecast(6);
    expect(width(steps.slice(0, 1))).toBeLessThan(0.7 * width(steps.slice(5)));
  });

  it('follows a day that is other than was forecast of it', () => {
    const normal = seededNormal('day');
    const forecaster = createForecaster(stockholm);
    let [slow, missed, hours] = [0, 0, 0];
    let ahead: readonly ForecastStep[] = [];
    for (let day = 0; day < 150; day += 1) {
      slow = 0.95 * slow + 0.31 * normal();
      const own = normal();
      for (let hour = 0; hour < 24; hour += 1) {
        const kw = 20 + (hour >= 6 && hour < 20 ? 10 + slow + own : 0) + 0.2 * normal();
        if (hour === 9) ahead = forecaster.forecast(8);
        const step = day > 75 ? ahead[hour - 9] : undefined;
        if (step) [missed, hours] = [missed + Math.abs(kw - step.p50), hours + 1];
        forecaster.add(Date.UTC(2025, 0, 5, 23 + 24 * day + hour), kw);
      }
    }
    // Who knew all but the noise would miss by 0.16.
    expect(missed / hours).toBeLessThan(0.5);
  });
});

function width(steps: readonly ForecastStep[]): number {
  return steps.reduce((sum, { p10, p90 }) => sum + p90 - p10, 0) / steps.length;
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR_MS, QUARTER_MS } from '../../../../src/domain/interval.ts';
import { backtest, createScores } from '../../../../src/energy/forecast/backtest.ts';
import { createFeed } from '../../../../src/energy/forecast/feed.ts';
import { seededNormal } from '../../../support/chance.ts';

const zone = 'Europe/Stockholm';
const DAY_MS = 24 * HOUR_MS;
/** A Monday three weeks before the clock is put forward. */
const springMs = Date.UTC(2025, 2, 9, 23);
/** The same before it is put back. */
const autumnMs = Date.UTC(2025, 9, 5, 22);

/** An office by the wall clock: busy on working days from 8 to 17. */
function office(fromMs: number, days: number, spacingMs = HOUR_MS, noise = 0.3) {
  const normal = seededNormal('office');
  const steps = (days * DAY_MS) / spacingMs;
  const hourOf = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: 'numeric', hourCycle: 'h23' });
  const dayOf = new Intl.DateTimeFormat('en-GB', { timeZone: zone, weekday: 'short' });
  const kw = Float64Array.from({ length: steps }, (_, i) => {
    const atMs = fromMs + i * spacingMs;
    const hour = Number(hourOf.format(atMs));
    const isBusy = hour >= 8 && hour < 17 && !dayOf.format(atMs).startsWith('S');
    return (isBusy ? 20 : 5) + noise * normal();
  });
  return { fromMs, spacingMs, kw };
}

describe('a forecast reads nothing after its origin', () => {
  const load = office(springMs, 28);
  const weather = { ...load, temperatureC: Float64Array.from(load.kw, (_, i) => 5 * Math.sin(i / 50)) };
  const options = { load, weather, zone, toMs: springMs + 28 * DAY_MS, everyMs: DAY_MS, steps: 30 };
  const whole = [...backtest({ ...options, fromMs: springMs + 20 * DAY_MS })];

  it('whatever comes later, of load and of weather', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 27 }),
        fc.double({ noNaN: true, min: 0, max: 1e4 }),
        (day, other) => {
          const untilMs = springMs + day * DAY_MS;
          const changed = (row: Float64Array) => row.map((kw, i) => (i < day * 24 ? kw : other));
          const changes = {
            load: { ...load, kw: changed(load.kw) },
            weather: { ...weather, temperatureC: changed(weather.temperatureC) },
          };
          const ahead = (from: Partial<typeof changes>) => {
            const feed = createFeed({ ...options, ...from });
            feed.until(untilMs);
            return feed.forecaster.forecast(48);
          };
          expect(ahead(changes)).toEqual(ahead({}));
        },
      ),
      { numRuns: 15 },
    );
  });

  it('so the first forecasts of a backtest are those of a shorter file', () => {
    const short = { ...load, kw: load.kw.slice(0, 24 * 24) };
    const first = [
      ...backtest({ ...options, load: short, toMs: springMs + 24 * DAY_MS, fromMs: springMs + 20 * DAY_MS }),
    ];
    const said = (origins: typeof whole) =>
      origins.map(({ steps }) => steps.map(({ fromMs, quantiles }) => [fromMs, ...quantiles]));
    expect(said(first)).toEqual(said(whole).slice(0, 4));
  });

  it('and a backtest says at each origin what a forecast from there says', () => {
    const { originMs, steps } = whole[5] ?? { originMs: 0, steps: [] };
    const feed = createFeed(options);
    feed.until(originMs);
    expect(steps.map(({ kw, ...step }) => step)).toEqual(feed.forecaster.forecast(30));
  });

  it('nor of the interval that has not ended yet', () => {
    const feed = createFeed(options);
    feed.until(springMs + 100.5 * HOUR_MS);
    expect(feed.forecaster.forecast(1)[0]?.fromMs).toBe(springMs + 100 * HOUR_MS);
  });
});

describe('a forecast goes by the wall clock', () => {
  it.each([
    ['put forward', springMs, HOUR_MS],
    ['put back', autumnMs, HOUR_MS],
    ['put forward, in quarter-hours', springMs, QUARTER_MS],
    ['put back, in quarter-hours', autumnMs, QUARTER_MS],
  ])('before and after it is %s', (_, fromMs, spacingMs) => {
    const load = office(fromMs, 28, spacingMs);
    const steps = (36 * HOUR_MS) / spacingMs;
    const span = { fromMs: fromMs + 18 * DAY_MS, toMs: fromMs + 24 * DAY_MS, everyMs: 7 * HOUR_MS };
    for (const origin of backtest({ load, zone, ...span, steps })) {
      for (const [i, step] of origin.steps.entries()) {
        expect(step.fromMs).toBe(origin.originMs + i * spacingMs);
        if (!Number.isNaN(step.kw)) expect(Math.abs(step.p50 - step.kw)).toBeLessThan(3);
      }
    }
  });
});

describe('missing and zero loads', () => {
  const end = (kw: Float64Array, hours: number) => {
    const load = { fromMs: springMs, spacingMs: HOUR_MS, kw };
    const feed = createFeed({ load, zone });
    feed.until(springMs + kw.length * HOUR_MS);
    return feed.forecaster.forecast(hours);
  };
  const days = (count: number) => office(springMs, count).kw;

  it('a missing stretch moves the forecast little', () => {
    const whole = days(40);
    const gaps = whole.map((kw, i) => ((i > 500 && i < 600) || i % 13 === 0 ? Number.NaN : kw));
    const [with_, without] = [end(gaps, 48), end(whole, 48)];
    for (const [i, { p50 }] of with_.entries())
      expect(Math.abs(p50 - (without[i]?.p50 ?? 0))).toBeLessThan(3);
  });

  it('zeros of a load with a base load are taken for missing, for a week', () => {
    const dark = (hours: number) => Float64Array.from([...days(30), ...new Float64Array(hours)]);
    expect(end(dark(30), 24).every(({ p50 }) => p50 > 3)).toBe(true);
    expect(end(dark(24 * 30), 24).every(({ p10 }) => p10 < 1)).toBe(true);
  });

  it('a load that is zero at night is zero at night', () => {
    const kw = days(37).map((load) => (load < 10 ? 0 : load));
    const [midnight, , , three] = end(kw, 24);
    expect([midnight?.p50, three?.p50, three?.p90]).toEqual([0, 0, 0].map(() => expect.closeTo(0, 0)));
    expect(Math.max(...end(kw, 24).map(({ p50 }) => p50))).toBeGreaterThan(15);
  });

  it.each([0, 0.001, 12.3, 4e6])('a load that is always %f is forecast so', (constant) => {
    const size = Math.max(constant / 200, 1e-6);
    for (const { p10, p50, p90, mean } of end(new Float64Array(24 * 30).fill(constant), 48)) {
      for (const kw of [p10, p50, p90, mean]) expect(Math.abs(kw - constant)).toBeLessThan(size);
    }
  });

  it('after a long silence it still knows the load', () => {
    const load = office(springMs, 30);
    const feed = createFeed({ load, zone });
    feed.until(springMs + 100 * DAY_MS);
    const said = feed.forecaster.forecast(168);
    expect(said[0]?.fromMs).toBe(springMs + 100 * DAY_MS);
    expect(Math.max(...said.map(({ p50 }) => p50))).toBeGreaterThan(15);
    expect(Math.min(...said.map(({ p50 }) => p50))).toBeLessThan(8);
  });

  it('a load that turns negative is forecast below zero as well', () => {
    const kw = days(60).map((load, i) => (i > 24 * 30 && i % 24 === 12 ? -load : load));
    expect(Math.min(...end(kw, 24).map(({ p50 }) => p50))).toBeLessThan(-3);
  });
});

it('scores compare with the load that came, and with last week', () => {
  const load = { fromMs: springMs, spacingMs: HOUR_MS, kw: Float64Array.from({ length: 200 }, (_, i) => i) };
  const scores = createScores({ load });
  const step = { toMs: 0, mean: 0, quantiles: [] };
  const at = (hour: number, p10: number, p50: number, p90: number, kw: number) => ({
    ...step,
    fromMs: springMs + hour * HOUR_MS,
    ...{ p10, p50, p90, kw },
  });
  scores.add({
    originMs: springMs,
    // The first has no week before it, the last is not known.
    steps: [at(100, 90, 102, 110, 100), at(168, 160, 164, 166, 168), at(199, 0, 0, 0, Number.NaN)],
  });
  expect(scores.result()).toEqual({
    origins: 1,
    points: 2,
    // |100 − 102| and |168 − 164|
    mae: 3,
    // 4 / (168 − 0)
    mase: 4 / 168,
    // (0.1·10 + 0.5·2 + 0.1·10) / 3 and (0.1·8 + 0.5·4 + 0.9·2) / 3
    pinballLoss: expect.closeTo((3 + 4.6) / 6, 12),
    coverage: 0.5,
  });
  expect(createScores({ load }).result()).toMatchObject({ mae: null, mase: null, coverage: null });
});

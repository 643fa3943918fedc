import { describe, expect, it } from 'vitest';
import type { Quantity } from '../../../../src/domain/quantity.ts';
import { addReading, meanBetween, projectWindow, type Site } from '../../../../src/rules/peaks/peak-site.ts';
import { readingOf } from '../../../support/readings.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const T0 = Date.parse('2026-01-15T07:00Z');
const holds = { powerHoldMs: 15 * MINUTE, registerGapMs: 180 * MINUTE };
const hour = (n: number) => ({ fromMs: T0 + n * HOUR, toMs: T0 + (n + 1) * HOUR });

/** Meters that say their power, kW, each five minutes from one minute to another. */
function siteOf(said: readonly (readonly [device: string, from: number, to: number, kw: number])[]): Site {
  const site: Site = { meters: {} };
  for (const [device, from, to, kw] of said)
    for (let minute = from; minute < to; minute += 5) say(site, device, minute, kw * 1000);
  return site;
}
const scale = { times: 10, leastKw: 5, acceptDays: 28 };
function say(site: Site, device: string, minute: number, value: number, quantity: Quantity = 'activePowerW') {
  const reading = readingOf({ device, quantity }, T0 + minute * MINUTE, value);
  return addReading(site, reading, { keptMs: 4 * HOUR, scale });
}
const project = (site: Site, minute = 30, counting: object = {}) =>
  projectWindow(site, hour(0), T0 + minute * MINUTE, {
    holds,
    paceMs: 15 * MINUTE,
    countingOf: () => counting,
  });

describe('a window that goes on like its newest minutes', () => {
  it('is what it has had, and the pace of all meters for the rest', () => {
    const even = siteOf([['a', -60, 30, 12]]);
    expect(project(even)).toEqual({ energyKwh: 6, projectedKw: 12, paceKw: 12, coverage: 1 });
    const rising = siteOf([
      ['a', -60, 15, 12],
      ['a', 15, 30, 24],
      ['b', -60, 30, 4],
    ]);
    expect(project(rising)).toEqual({ energyKwh: 3 + 6 + 2, projectedKw: 25, paceKw: 28, coverage: 1 });
    // At its beginning, by the hour before.
    meanBetween(even, hour(-1), holds);
    expect(project(even, 0)).toEqual({ energyKwh: 0, projectedKw: 12, paceKw: 12, coverage: 1 });
  });

  it('of a meter that is exchanged has what each counts', () => {
    const site = siteOf([['a', -60, 30, 12]]);
    expect(project(site, 30, { countsToMs: T0 + 45 * MINUTE })).toMatchObject({
      energyKwh: 6,
      projectedKw: 9,
    });
    expect(project(site, 30, { countsFromMs: T0 + 15 * MINUTE })).toMatchObject({
      energyKwh: 3,
      projectedKw: 9,
    });
    expect(project(site, 30, { countsToMs: T0 })).toBeUndefined();
  });

  it('takes a silent meter for the highest of its last day, and one within its rhythm for its newest hour', () => {
    const site = siteOf([
      ['a', -26 * 60, -25 * 60, 90],
      ['a', -120, -60, 20],
      ['a', -60, -15, 8],
    ]);
    for (const n of [-26, -2, -1]) meanBetween(site, hour(n), holds);
    expect(project(site)).toEqual({ energyKwh: 10, projectedKw: 20, paceKw: undefined, coverage: 0 });
    // A meter that speaks once in 40 minutes.
    const seldom: Site = { meters: {} };
    for (const [minute, kw] of [
      [-125, 20],
      [-85, 8],
      [-45, 8],
      [-5, 8],
    ] as const)
      say(seldom, 'a', minute, kw * 1000);
    for (const n of [-2, -1]) meanBetween(seldom, hour(n), holds);
    expect(project(seldom)).toMatchObject({ projectedKw: 8, paceKw: 8, coverage: expect.closeTo(1 / 3, 6) });
  });

  it('is not known where no meter has said anything for a day', () => {
    expect(project({ meters: {} })).toBeUndefined();
    expect(project(siteOf([['a', -26 * 60, -25 * 60, 90]]))).toBeUndefined();
  });
});

describe('the mean of a window that is over', () => {
  it('is summed over the meters, with how much is known of their time', () => {
    const site = siteOf([
      ['a', 0, 60, 12],
      ['b', 0, 30, 6],
    ]);
    // Its last sample holds for a quarter of an hour.
    expect(meanBetween(site, hour(0), holds)).toEqual({
      kw: 18,
      coverage: expect.closeTo(5 / 6, 9),
      isOfAll: true,
    });
    const silent = siteOf([
      ['a', 0, 60, 12],
      ['b', -120, -60, 6],
    ]);
    expect(meanBetween(silent, hour(0), holds)).toEqual({ kw: 12, coverage: 0.5, isOfAll: false });
    expect(meanBetween({ meters: {} }, hour(0), holds)).toEqual({ kw: 0, coverage: 0, isOfAll: true });
  });

  it('of a meter that counts for a part of it is its part', () => {
    const countingOf = () => ({ countsToMs: T0 + 30 * MINUTE });
    expect(meanBetween(siteOf([['a', 0, 60, 12]]), hour(0), holds, countingOf)).toEqual({
      kw: 6,
      coverage: 1,
      isOfAll: true,
    });
  });

  it('is remembered for a day, each hour once', () => {
    const site = siteOf([]);
    for (let n = 0; n < 30; n += 1) {
      for (let minute = 0; minute < 60; minute += 5) say(site, 'a', n * 60 + minute, 5000);
      meanBetween(site, hour(n), holds);
    }
    meanBetween(site, hour(29), holds);
    const { hours = [] } = site.meters['a|'] ?? {};
    expect([hours.length / 2, hours[0], hours.at(-2)]).toEqual([24, hour(6).fromMs, hour(29).fromMs]);
  });
});

it('a site takes in loads, and nothing that is too old to matter', () => {
  const site: Site = { meters: {} };
  expect(say(site, 'a', 0, 1000)).toBe(true);
  expect(say(site, 'a', 0, 5, 'activeEnergyWh')).toBe(true);
  expect(say(site, 'a', 0, 21, 'airTemperatureC')).toBe(false);
  expect(say(site, 'a', -240, 1000)).toBe(true);
  expect(say(site, 'a', -241, 1000)).toBe(false);
  expect(Object.keys(site.meters)).toEqual(['a|']);
});

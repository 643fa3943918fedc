import { describe, expect, it } from 'vitest';
import { createChance } from '../../../simulators/chance.ts';
import { createContainer } from '../../../simulators/container.ts';
import { createElectricity } from '../../../simulators/electricity.ts';
import { createHeat, createWater } from '../../../simulators/heat-and-water.ts';
import { createLocalTime } from '../../../simulators/local-time.ts';
import type { Place } from '../../../simulators/place.ts';
import { createRoom } from '../../../simulators/room.ts';
import { createWeather } from '../../../simulators/weather.ts';
import { HOUR_MS } from '../../../src/domain/interval.ts';
import { exampleRegister } from './example.ts';

const SEEDS = [1, 2, 3];
const YEAR = { fromMs: Date.UTC(2026, 0, 1), toMs: Date.UTC(2027, 0, 1) };
const localTime = createLocalTime('Europe/Stockholm');
const { buildings } = exampleRegister();

function placesOf(seed: number): Place[] {
  const chance = createChance(seed);
  const weather = createWeather(chance);
  return [...buildings.values()].map((building) => ({
    building,
    areaM2: building.areaM2 ?? 0,
    chance: chance.fork(building.id),
    weather,
    localTime,
  }));
}

/** A function of time, looked at in steps; the mean. */
function mean(of: (atMs: number) => number, fromMs: number, toMs: number, stepMs: number): number {
  let sum = 0;
  let count = 0;
  for (let atMs = fromMs; atMs < toMs; atMs += stepMs, count += 1) sum += of(atMs);
  return sum / count;
}

describe('local time', () => {
  it.each([
    ['2026-01-15T16:30:00Z', { hour: 17.5, weekday: 4, dayOfMonth: 15 }],
    ['2026-07-15T16:30:00Z', { hour: 18.5, weekday: 3, dayOfMonth: 15 }],
    ['2026-03-29T00:59:00Z', { hour: 1 + 59 / 60, weekday: 7, dayOfMonth: 29 }],
    ['2026-03-29T01:00:00Z', { hour: 3, weekday: 7, dayOfMonth: 29 }],
    ['2026-10-25T00:30:00Z', { hour: 2.5, weekday: 7, dayOfMonth: 25 }],
    ['2026-10-25T01:30:00Z', { hour: 2.5, weekday: 7, dayOfMonth: 25 }],
    ['2026-12-31T23:00:00Z', { hour: 0, weekday: 5, dayOfMonth: 1 }],
  ])('of %s is right on both sides of the changes', (time, wanted) => {
    const { hour, ...rest } = localTime(Date.parse(time));
    expect(rest).toMatchObject({ weekday: wanted.weekday, dayOfMonth: wanted.dayOfMonth });
    expect(hour).toBeCloseTo(wanted.hour, 9);
  });
});

describe.each(SEEDS)('a year with seed %i', (seed) => {
  const places = placesOf(seed);

  it('has a climate like that of Kalmar', () => {
    const [{ weather } = { weather: createWeather(createChance(seed)) }] = places;
    const outdoor = weather.outdoorTemperatureC;
    expect(mean(outdoor, YEAR.fromMs, YEAR.toMs, HOUR_MS)).toBeCloseTo(7.7, -0.3);
    expect(mean(outdoor, Date.UTC(2026, 0, 1), Date.UTC(2026, 2, 1), HOUR_MS)).toBeLessThan(3);
    expect(mean(outdoor, Date.UTC(2026, 6, 1), Date.UTC(2026, 7, 1), HOUR_MS)).toBeGreaterThan(13);
  });

  it.each([
    ['electricity', [20, 80], (place: Place) => createElectricity(place)],
    [
      'heat',
      [50, 160],
      (place: Place) => {
        const heat = createHeat(place);
        return (atMs: number) => heat(atMs).powerW;
      },
    ],
  ] as const)('costs a building a plausible amount of %s, kWh/m²', (_what, [least, most], create) => {
    for (const place of places) {
      const powerW = create(place);
      const kwhPerM2 =
        (mean(powerW, YEAR.fromMs, YEAR.toMs, 31 * 60_000) * 8760) / 1000 / Math.max(place.areaM2, 1);
      expect(kwhPerM2, place.building.id).toBeGreaterThan(least);
      expect(kwhPerM2, place.building.id).toBeLessThan(most);
    }
  });

  it('raises the month’s three highest hours on nearly every cold weekday evening, somewhere', () => {
    const meters = places.map((place) => ({ powerW: createElectricity(place), top: [0, 0, 0] }));
    const evenings: boolean[] = [];
    let isPeak = false;
    for (let atMs = Date.UTC(2026, 0, 1) - HOUR_MS; atMs < Date.UTC(2026, 1, 1) - HOUR_MS; atMs += HOUR_MS) {
      const { hour, weekday, dayOfMonth } = localTime(atMs);
      for (const meter of meters) {
        const hourW = mean(meter.powerW, atMs, atMs + HOUR_MS, 4 * 60_000);
        if ((hour === 17 || hour === 18) && hourW > (meter.top[2] ?? 0)) isPeak = true;
        meter.top = [...meter.top, hourW].toSorted((a, b) => b - a).slice(0, 3);
      }
      // In the first days of a month everything is a peak: that shows nothing.
      if (hour === 23 && weekday <= 5 && dayOfMonth > 4) evenings.push(isPeak);
      if (hour === 23) isPeak = false;
    }
    expect(evenings.length).toBeGreaterThan(15);
    expect(evenings.filter(Boolean).length).toBeGreaterThanOrEqual(evenings.length - 3);
  });

  it('lets rooms be lived in', () => {
    const [place] = places;
    if (!place) throw new Error('no building');
    const room = createRoom(place, place.chance.fork('a room'));
    for (let atMs = YEAR.fromMs; atMs < YEAR.toMs; atMs += 3 * HOUR_MS) {
      const air = room(atMs);
      expect(air.airTemperatureC).toBeGreaterThan(18.5);
      expect(air.airTemperatureC).toBeLessThan(28);
      expect(air.relativeHumidityPct).toBeGreaterThan(15);
      expect(air.relativeHumidityPct).toBeLessThan(80);
      expect(air.co2Ppm).toBeGreaterThan(400);
      expect(air.co2Ppm).toBeLessThan(1900);
    }
  });

  it('lets water rest at night, and no register of it runs backwards', () => {
    for (const place of places) {
      const flowLph = createWater(place);
      let resting = 0;
      for (let atMs = YEAR.fromMs; atMs < YEAR.fromMs + 7 * 24 * HOUR_MS; atMs += 5 * 60_000) {
        expect(flowLph(atMs)).toBeGreaterThanOrEqual(0);
        if (flowLph(atMs) === 0) resting += 1;
      }
      expect(resting, place.building.id).toBeGreaterThan(7 * 12);
    }
  });

  it('fills a container through the week and empties it once, on a weekday morning', () => {
    const [place] = places;
    if (!place) throw new Error('no building');
    const level = createContainer(place, place.chance.fork('a bin'), { emptyMm: 1500, fullMm: 300 });
    const emptied: number[] = [];
    for (let atMs = YEAR.fromMs; atMs < YEAR.fromMs + 8 * 7 * 24 * HOUR_MS; atMs += HOUR_MS) {
      const rise = level(atMs).distanceMm - level(atMs - HOUR_MS).distanceMm;
      if (rise > 300) emptied.push(atMs);
      else expect(Math.abs(rise)).toBeLessThan(200);
    }
    expect(emptied).toHaveLength(8);
    for (const atMs of emptied) expect(localTime(atMs).weekday).toBeLessThanOrEqual(5);
  });
});

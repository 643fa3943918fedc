import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createChance } from '../../../../simulators/chance.ts';
import { clearSkyWm2, onPlaneWm2, planeOf, sunAt, sunVector } from '../../../../simulators/world/sun.ts';
import { generatedWeather, type Weather } from '../../../../simulators/world/weather.ts';
import { weatherFromFile } from '../../../../simulators/world/weather-file.ts';
import { at, DAY_MS, HOUR_MS, MONDAY_MS, mean, worldOf } from './one-building.ts';

const bedford = join(import.meta.dirname, '../../../../../shared/data/cambridge/weather/bedford_2018.csv');
const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
const other: Weather = { at: () => ({ outdoorC: -99, irradianceWm2: 7, humidityPct: 60, windMs: 3 }) };

function yearOf(seed: number) {
  const weather = generatedWeather(createChance(seed));
  return Array.from({ length: 8760 }, (_, hour) => ({
    month: new Date(Date.UTC(2026, 0, 1) + hour * HOUR_MS).getUTCMonth() + 1,
    hour: hour % 24,
    ...weather.at(Date.UTC(2026, 0, 1) + hour * HOUR_MS),
  }));
}

describe('generated weather', () => {
  const years = seeds.map(yearOf);
  const all = years.flat();
  const outdoor = (fits: (hour: (typeof all)[number]) => boolean) =>
    mean(all.filter(fits).map(({ outdoorC }) => outdoorC));

  // Kalmar 1991–2020: 8 °C over the year, 0 in January and February, 17 in July and August.
  it('has the temperatures of Kalmar’s coast', () => {
    expect(outdoor(() => true)).toBeCloseTo(8, -0.3);
    expect(Math.abs(outdoor(({ month }) => month <= 2))).toBeLessThan(1.5);
    expect(Math.abs(outdoor(({ month }) => month === 7 || month === 8) - 17)).toBeLessThan(1.2);
    const coldest = years.map((year) => Math.min(...year.map(({ outdoorC }) => outdoorC)));
    expect(mean(coldest)).toBeGreaterThan(-17);
    expect(mean(coldest)).toBeLessThan(-7);
    const warmest = years.map((year) => Math.max(...year.map(({ outdoorC }) => outdoorC)));
    expect(mean(warmest)).toBeGreaterThan(24);
    expect(mean(warmest)).toBeLessThan(32);
  });

  it('has its days: more of them in summer', () => {
    const swing = (months: readonly number[]) =>
      outdoor(({ month, hour }) => months.includes(month) && hour === 13) -
      outdoor(({ month, hour }) => months.includes(month) && hour === 3);
    expect(swing([6, 7])).toBeGreaterThan(4);
    expect(swing([12, 1])).toBeLessThan(2.5);
  });

  it('remembers yesterday', () => {
    for (const year of years) {
      const days = Array.from({ length: 90 }, (_, day) =>
        mean(year.slice(day * 24, day * 24 + 24).map(({ outdoorC }) => outdoorC)),
      );
      const middle = mean(days);
      const lag = (by: number) =>
        mean(days.slice(by).map((value, i) => (value - middle) * ((days[i] ?? 0) - middle)));
      expect(lag(1) / lag(0)).toBeGreaterThan(0.6);
      expect(lag(1) / lag(0)).toBeLessThan(0.97);
    }
  });

  it('has sun, wind and humidity of the coast', () => {
    for (const year of years) {
      const kwh = mean(year.map(({ irradianceWm2 }) => irradianceWm2)) * 8.76;
      expect(kwh).toBeGreaterThan(950);
      expect(kwh).toBeLessThan(1250);
      expect(mean(year.map(({ humidityPct }) => humidityPct))).toBeCloseTo(82, -1);
      expect(mean(year.map(({ windMs }) => windMs))).toBeCloseTo(4, -0.3);
    }
  });
});

describe('the sun', () => {
  it.each([
    ['2026-06-21T10:56:00Z', 56.8],
    ['2026-12-21T10:53:00Z', 9.9],
    ['2026-03-20T11:02:00Z', 33.4],
  ])('stands over Kalmar at noon of %s as the almanac says', (time, degrees) => {
    const { up, north } = sunVector(Date.parse(time));
    expect((Math.asin(up) * 180) / Math.PI).toBeCloseTo(degrees, -0.2);
    expect(north).toBeLessThan(0);
  });

  it('is split into beam and sky that add up, and shines on a south wall more than on a north one', () => {
    const noon = Date.parse('2026-03-20T11:00:00Z');
    const sun = sunAt(noon, 0.9 * clearSkyWm2(sunVector(noon).up));
    expect(sun.beamWm2 * sun.up + sun.diffuseWm2).toBeCloseTo(sun.globalWm2, 6);
    expect(onPlaneWm2(sun, planeOf(0, 0))).toBeCloseTo(sun.globalWm2, 6);
    expect(onPlaneWm2(sun, planeOf(180, 90))).toBeGreaterThan(4 * onPlaneWm2(sun, planeOf(0, 90)));
  });
});

describe('weather of a file', () => {
  const read = (text: string) => weatherFromFile({ name: 'w.csv', text }, other);
  const rows = (count: number, of: (i: number) => string) =>
    Array.from(
      { length: count },
      (_, i) => `${new Date(Date.UTC(2018, 0, 1) + i * HOUR_MS).toISOString()},${of(i)}`,
    ).join('\n');

  it('is read between its hours, by names as weather services write them', () => {
    const { at: now } = read(
      'datetime,air_temperature [degC],rltv_hum [%]\n2018-01-01 00:00:00,4,80\n2018-01-01 01:00:00,6,90\n',
    );
    expect(now(Date.UTC(2018, 0, 1, 0, 30))).toEqual({
      outdoorC: 5,
      humidityPct: 85,
      irradianceWm2: 7,
      windMs: 3,
    });
  });

  it('is that of the same date in another year', () => {
    const { at: now } = read(`time,temp\n${rows(48, (i) => String(i))}\n`);
    expect(now(Date.UTC(2026, 0, 2, 3)).outdoorC).toBe(27);
    expect(() => now(Date.UTC(2026, 5, 2))).toThrow(/w.csv: there is no weather for 06-02T00:00 in any year/);
  });

  it('bridges a short gap, and refuses a long one', () => {
    const gap = (from: number, to: number) =>
      `time,temp\n${rows(72, (i) => (i >= from && i < to ? '' : String(i)))}\n`;
    expect(read(gap(10, 20)).at(Date.UTC(2018, 0, 1, 15)).outdoorC).toBe(15);
    expect(read(gap(0, 3)).at(Date.UTC(2018, 0, 1)).outdoorC).toBe(3);
    expect(() => read(gap(10, 60))).toThrow(/w.csv: more than a day is missing from 2018-01-01T10/);
  });

  it.each([
    ['time,rain\n2018-01-01T00:00Z,1\n', /w.csv:1: the header is .* must be time,temperature/],
    ['time,temp\n2018-01-01T00:00Z,warm\n', /w.csv:2: temperature "warm" is not a number/],
    ['', /w.csv:1: the header is missing/],
  ])('that cannot be read says where: %j', (text, says) => {
    expect(() => read(text)).toThrow(says);
  });

  it.skipIf(!existsSync(bedford))(
    'drives a world (Bedford 2018; NOT CHECKED where the archive is absent)',
    () => {
      const weather = weatherFromFile({ name: 'bedford', text: readFileSync(bedford, 'utf8') }, other);
      expect(weather.at(Date.UTC(2018, 5, 16, 16))).toMatchObject({
        outdoorC: 17,
        irradianceWm2: 210,
        humidityPct: 70.9,
      });
      const world = worldOf({ weather });
      world.advance(MONDAY_MS + DAY_MS);
      expect(world.read(at.outdoor, 'outdoorTemperatureC')).toBeCloseTo(
        weather.at(MONDAY_MS + DAY_MS - 300_000).outdoorC,
        6,
      );
    },
  );
});

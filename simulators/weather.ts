import { HOUR_MS } from '../src/domain/interval.ts';
import type { Chance } from './chance.ts';
import { DAY_MS } from './local-time.ts';

const YEAR_MS = 365.2425 * DAY_MS;
/** 1970-01-29, about the coldest day of a year on the Baltic coast of Småland. */
const COLDEST_MS = 28 * DAY_MS;
/** 1970-01-01T13:30Z: early afternoon at 16° east, when a day is warmest. */
const WARMEST_MS = 13.5 * HOUR_MS;

export type Weather = {
  readonly outdoorTemperatureC: (atMs: number) => number;
  /** 0 in midwinter … 1 in midsummer. */
  readonly season: (atMs: number) => number;
};

/** A climate like Kalmar's: 7.7 °C on average, about −0.5 °C in January and 16 °C in July, with fronts of some days. */
export function createWeather(chance: Chance): Weather {
  const own = chance.fork('weather');
  const season = (atMs: number) => (1 - Math.cos((2 * Math.PI * (atMs - COLDEST_MS)) / YEAR_MS)) / 2;
  return {
    season,
    outdoorTemperatureC: (atMs) => {
      const summer = season(atMs);
      const daily = (1 + 2.8 * summer) * Math.cos((2 * Math.PI * (atMs - WARMEST_MS)) / DAY_MS);
      const fronts = (8.5 - 5 * summer) * own.wave(atMs, 4 * DAY_MS) + 1.6 * own.wave(atMs, 9 * HOUR_MS);
      return -0.6 + 16.6 * summer + daily + fronts + 0.15 * own.wave(atMs, 20 * 60_000);
    },
  };
}

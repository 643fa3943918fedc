import { HOUR_MS } from '../../src/domain/interval.ts';
import type { Chance } from '../chance.ts';
import { DAY_MS } from '../local-time.ts';
import { clearSkyWm2, sunVector } from './sun.ts';

/** The weather at a moment. */
export type WeatherNow = {
  readonly outdoorC: number;
  /** On the horizontal. */
  readonly irradianceWm2: number;
  readonly humidityPct: number;
  readonly windMs: number;
};

export type Weather = { readonly at: (atMs: number) => WeatherNow };

const YEAR_MS = 365.2425 * DAY_MS;
/** 1970-01-29, about the coldest day of a year on the Baltic coast of Småland. */
const COLDEST_MS = 28 * DAY_MS;
/** 1970-01-01T13:15Z: early afternoon at 16° east, when a clear day is warmest. */
const WARMEST_MS = 13.25 * HOUR_MS;

/** 0 in midwinter … 1 in midsummer, by temperature. */
export function season(atMs: number): number {
  return (1 - Math.cos((2 * Math.PI * (atMs - COLDEST_MS)) / YEAR_MS)) / 2;
}

/**
 * Weather with the statistics of Kalmar's coast: 8 °C on average, about 0 in January and 17 in July, 1,000 to 1,100
 * kWh/m² of sun, wind of 4 m/s. Days remember each other (AR(1) by day and by hour), clear winter days are cold and
 * clear summer days warm, and now and then a high over Russia brings a week of frost.
 */
export function generatedWeather(chance: Chance): Weather {
  const own = chance.fork('weather');
  const airMass = autoregression(own.fork('air mass'), 0.74, DAY_MS);
  const hours = autoregression(own.fork('hours'), 0.88, HOUR_MS);
  const sky = autoregression(own.fork('sky'), 0.55, DAY_MS);
  const clouds = autoregression(own.fork('clouds'), 0.82, HOUR_MS);
  const gusts = autoregression(own.fork('wind'), 0.95, HOUR_MS);
  const spell = coldSpells(own.fork('cold spells'));
  const cloudsNow = (atMs: number) => {
    const summer = season(atMs);
    const lean = 0.55 * sky(atMs) + 0.45 * clouds(atMs) + 0.98 - 0.72 * summer - 1.2 * spell(atMs);
    return 1 / (1 + Math.exp(-2.2 * lean));
  };

  return {
    at: (atMs) => {
      const summer = season(atMs);
      const cloudiness = cloudsNow(atMs);
      const clearSky = clearSkyWm2(sunVector(atMs).up);
      // Kasten & Czeplak, Solar Energy 24 (1980): what clouds leave of a clear sky.
      const irradianceWm2 = clearSky * (1 - 0.75 * cloudiness ** 3.4);
      // A day and night swing with yesterday's and today's sky, not with the cloud overhead.
      const clear = 1 - (cloudsNow(atMs - 5 * HOUR_MS) + cloudsNow(atMs - 11 * HOUR_MS)) / 2;
      const swingC = (0.5 + 1.2 * summer + (1.3 + 4 * summer) * clear) * dayWave(atMs);
      const skyC = (clear - 0.4) * (4.5 * summer - 2.5);
      const airC = airMass(atMs) * (3.6 - 1.5 * summer) - 11 * spell(atMs);
      const outdoorC = 0.2 + 16.7 * summer + airC + swingC + skyC + 0.6 * hours(atMs);
      const dewC = outdoorC - swingC - (1.2 + 3.2 * summer + 3 * clear - 1.2 * cloudiness);
      const windMs =
        4 * Math.exp(0.45 * gusts(atMs) - 0.1) * (1.12 - 0.24 * summer) * (1 - 0.4 * spell(atMs));
      return { outdoorC, irradianceWm2, windMs, humidityPct: humidityPct(dewC, outdoorC) };
    },
  };
}

/** Warm in the afternoon, coldest at sunrise: a day is shorter than its night's cooling. */
function dayWave(atMs: number): number {
  const angle = (2 * Math.PI * (atMs - WARMEST_MS)) / DAY_MS;
  return Math.cos(angle) + 0.18 * Math.cos(2 * angle - 0.6);
}

/** Relative humidity from dew point and temperature, % (Magnus formula, WMO-No. 8). */
function humidityPct(dewC: number, airC: number): number {
  const pressure = (c: number) => Math.exp((17.62 * c) / (243.12 + c));
  return Math.min(Math.max((100 * pressure(dewC)) / pressure(airC), 20), 100);
}

/**
 * AR(1) of variance 1 with one value per cell, linear between them: `x = φ·x' + √(1 − φ²)·ε`, summed over as many cells
 * back as still count, so that a moment can be asked for without those before it.
 */
function autoregression(chance: Chance, phi: number, cellMs: number): (atMs: number) => number {
  const reach = Math.ceil(Math.log(0.002) / Math.log(phi));
  const known = new Map<number, number>();
  const cellValue = (cell: number): number => {
    let value = known.get(cell);
    if (value === undefined) {
      value = 0;
      for (let back = reach; back >= 0; back -= 1) value = phi * value + chance.normal(cell - back);
      value *= Math.sqrt(1 - phi * phi);
      if (known.size > 200) known.clear();
      known.set(cell, value);
    }
    return value;
  };
  return (atMs) => {
    const place = atMs / cellMs;
    const cell = Math.floor(place);
    return cellValue(cell) + (place - cell) * (cellValue(cell + 1) - cellValue(cell));
  };
}

const SPELL_CELL_MS = 14 * DAY_MS;

/** 0, or up to 1 in the midst of a cold spell: about three in two winters, four to nine days long. */
function coldSpells(chance: Chance): (atMs: number) => number {
  return (atMs) => {
    const cell = Math.floor(atMs / SPELL_CELL_MS);
    const winter = 1 - season((cell + 0.5) * SPELL_CELL_MS);
    if (winter < 0.75 || chance.at(4 * cell) > 0.2) return 0;
    const lengthMs = (4 + 5 * chance.at(4 * cell + 1)) * DAY_MS;
    const startMs = cell * SPELL_CELL_MS + chance.at(4 * cell + 2) * (SPELL_CELL_MS - lengthMs);
    const part = (atMs - startMs) / lengthMs;
    if (part <= 0 || part >= 1) return 0;
    return (0.5 + 0.5 * chance.at(4 * cell + 3)) * Math.min(Math.sin(Math.PI * part) * 1.4, 1);
  };
}

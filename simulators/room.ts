import { HOUR_MS } from '../src/domain/interval.ts';
import type { Chance } from './chance.ts';
import type { Place } from './place.ts';

const MINUTE_MS = 60_000;

type Climate = {
  readonly airTemperatureC: number;
  readonly relativeHumidityPct: number;
  readonly co2Ppm: number;
  readonly illuminanceLux: number;
  readonly motionCount: number;
  readonly batteryMv: number;
};

/** The air of one room as a function of time; `own` tells it from its neighbours. */
export function createRoom({ weather, localTime }: Place, own: Chance): (atMs: number) => Climate {
  const usualC = 21 + 1.4 * (own.at(0) - 0.5);
  const people = 1 + Math.floor(3 * own.at(1));
  return (atMs) => {
    const { hour, weekday } = localTime(atMs);
    // Moisture and a stone house follow the day and night together, not the hour.
    const outdoorC =
      (weather.outdoorTemperatureC(atMs - HOUR_MS) + weather.outdoorTemperatureC(atMs - 13 * HOUR_MS)) / 2;
    const windows = 1 - 0.7 * weather.season(atMs);
    const isHome = weekday >= 6 || hour < 8 || hour >= 16;
    const isAwake = hour >= 6.5 && hour < 22.5;
    // The air remembers about an hour: presence is felt with a ramp after each change.
    const ramp = Math.min(((hour + 24 - (isHome && hour >= 16 ? 16 : 8)) % 24) / 1.5, 1);
    const presence = weekday >= 6 ? 0.75 : isHome ? 0.35 + 0.65 * ramp : 1 - 0.85 * ramp;
    const airC =
      usualC +
      Math.max(outdoorC - 10, 0) * 0.3 +
      0.35 * presence +
      0.5 * own.wave(atMs, 7 * HOUR_MS) +
      0.1 * own.wave(atMs, 40 * MINUTE_MS);
    const supplementGPerM3 = windows * (1.2 + 0.4 * people * presence) + 0.6 * own.wave(atMs, 3 * HOUR_MS);
    const daylight =
      Math.max(Math.sin(((hour - 6) / 12) * Math.PI), 0) * (0.15 + 0.85 * weather.season(atMs));
    const lamp = isHome && isAwake && (hour >= 16 || hour < 8) ? 120 : 0;
    return {
      airTemperatureC: airC,
      relativeHumidityPct:
        clamped(humidityPct(outdoorC, airC, supplementGPerM3), 20, 72) + 2 * own.wave(atMs, 5 * HOUR_MS),
      co2Ppm: 430 + 190 * people * presence * (1 + 0.35 * own.wave(atMs, 90 * MINUTE_MS)),
      illuminanceLux: 450 * daylight * (1 + 0.4 * own.wave(atMs, HOUR_MS)) + lamp,
      motionCount: isHome && isAwake ? Math.floor(6 * own.at(Math.floor(atMs / (5 * MINUTE_MS)))) : 0,
      batteryMv: 3610 + 25 * own.wave(atMs, 90 * HOUR_MS),
    };
  };
}

/** Outdoor air of 75 % brought indoors, with the moisture that living adds, %. */
function humidityPct(outdoorC: number, indoorC: number, supplementGPerM3: number): number {
  const outdoorGPerM3 = 0.75 * saturationGPerM3(outdoorC);
  return (100 * (outdoorGPerM3 + supplementGPerM3)) / saturationGPerM3(indoorC);
}

/** Water vapour in saturated air, g/m³ (Magnus formula, WMO-No. 8). */
function saturationGPerM3(temperatureC: number): number {
  const hPa = 6.112 * Math.exp((17.62 * temperatureC) / (243.12 + temperatureC));
  return (216.7 * hPa) / (273.15 + temperatureC);
}

function clamped(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}

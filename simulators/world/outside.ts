import type { Chance } from '../chance.ts';
import type { Moment } from './calendar.ts';
import { type Sun, sunAt } from './sun.ts';
import { season, type Weather, type WeatherNow } from './weather.ts';

/** What all buildings share in a step. */
export type Outside = {
  readonly weather: WeatherNow;
  readonly sun: Sun;
  /** 0 in daylight … 1 at night. */
  readonly darkness: number;
  /** Water in the air, g/m³. */
  readonly moistureG: number;
  /** Water from the main, °C. */
  readonly coldWaterC: number;
  /** What the district sends, °C. */
  readonly primaryC: number;
  /** Draught of stacks against its mean over the heating season. */
  readonly stack: number;
  /** Are most people up? */
  readonly isAwake: boolean;
  readonly pressurePa: number;
  /** Does the lorry come by its schedule, or only where a collection list sends it? */
  readonly isScheduled: boolean;
};

const DARK_WM2 = 160;
/** The main follows the ground, two months behind the air. */
const GROUND_DELAY_MS = 45 * 86_400_000;

export function createOutside(weather: Weather, chance: Chance, isScheduled: boolean) {
  const network = chance.fork('district heating');
  return (moment: Moment): Outside => {
    const { atMs } = moment;
    const now = weather.at(atMs);
    const cold = Math.max(5 - now.outdoorC, 0);
    return {
      weather: now,
      sun: sunAt(atMs, now.irradianceWm2),
      darkness: Math.min(Math.max(1 - now.irradianceWm2 / DARK_WM2, 0), 1),
      moistureG: (now.humidityPct / 100) * saturationG(now.outdoorC),
      coldWaterC: 5.5 + 8.5 * season(atMs - GROUND_DELAY_MS),
      primaryC: 72 + Math.min(1.2 * cold, 26) + 1.5 * network.wave(atMs, 3_000_000),
      stack: Math.sqrt(Math.max(21 - now.outdoorC, 1) / 17) * (0.85 + 0.04 * now.windMs),
      isAwake: moment.hour >= 6.2 && moment.hour < 22.8,
      pressurePa: 101_300 + 1500 * network.wave(moment.atMs, 3 * 86_400_000),
      isScheduled,
    };
  };
}

/** Water vapour in saturated air, g/m³ (Magnus formula, WMO-No. 8). */
export function saturationG(temperatureC: number): number {
  const hPa = 6.112 * Math.exp((17.62 * temperatureC) / (243.12 + temperatureC));
  return (216.7 * hPa) / (273.15 + temperatureC);
}

import { HOUR_MS } from '../src/domain/interval.ts';
import { hourly } from './local-time.ts';
import type { Place } from './place.ts';

const MINUTE_MS = 60_000;

/** Losses through walls, windows and ventilation, W per m² floor and degree. */
const LOSS_W_PER_M2_C = 1;
/** Above this outdoors the sun and the people heat the house, °C. */
const HEATING_LIMIT_C = 16;
/** Hot water on average, W/m²: about 25 kWh/m² and year. */
const HOT_WATER_W_PER_M2 = 2.9;
/** Cold and hot water on average, litres per m² floor and hour: about 1.2 m³/m² and year. */
const WATER_LPH_PER_M2 = 0.14;

/** How much tap water is drawn, by hour; 1 on average. */
const taps = [
  0.25, 0.1, 0.05, 0.05, 0.1, 0.5, 1.5, 2.1, 1.7, 1.1, 0.9, 0.9, 1.0, 0.9, 0.8, 0.9, 1.1, 1.4, 1.7, 1.8, 1.7,
  1.5, 1.2, 0.7,
];

type Heat = {
  readonly powerW: number;
  readonly supplyTemperatureC: number;
  readonly returnTemperatureC: number;
};

/** District heating of a building as a function of time: space heating by outdoor temperature, hot water by the taps. */
export function createHeat({ building, areaM2, weather, localTime, chance }: Place): (atMs: number) => Heat {
  const own = chance.fork('heat');
  const hasHeatPump = building.flexibleLoads.some(({ id }) => id.startsWith('hp'));
  const lossWPerC = areaM2 * LOSS_W_PER_M2_C * (hasHeatPump ? 0.6 : 1) * (0.9 + 0.2 * own.at(0));
  return (atMs) => {
    const outdoorC = weather.outdoorTemperatureC(atMs);
    // A stone house answers to the last half day, not to the minute.
    const feltC = (outdoorC + weather.outdoorTemperatureC(atMs - 5 * HOUR_MS)) / 2;
    const { hour } = localTime(atMs);
    const heating = lossWPerC * Math.max(HEATING_LIMIT_C - feltC, 0) * (1 + 0.05 * own.wave(atMs, HOUR_MS));
    const hotWater =
      areaM2 * HOT_WATER_W_PER_M2 * hourly(taps, hour) * (1 + 0.3 * own.wave(atMs, 12 * MINUTE_MS));
    const cold = Math.max(5 - outdoorC, 0);
    return {
      powerW: heating + hotWater,
      supplyTemperatureC: 70 + Math.min(1.3 * cold, 28) + 1.5 * own.wave(atMs, 50 * MINUTE_MS),
      returnTemperatureC: 37 + Math.min(0.4 * cold, 9) + 2 * own.wave(atMs, 25 * MINUTE_MS),
    };
  };
}

/** Water that flows into a building, litres per hour. At night it comes in draughts and rests between them: no leak. */
export function createWater({ areaM2, localTime, chance }: Place): (atMs: number) => number {
  const own = chance.fork('water');
  return (atMs) => {
    const { hour } = localTime(atMs);
    const isNight = hour >= 0.5 && hour < 5;
    const slot = Math.floor(atMs / (15 * MINUTE_MS));
    if (isNight && own.at(slot) < 0.7) return 0;
    return areaM2 * WATER_LPH_PER_M2 * hourly(taps, hour) * (1 + 0.4 * own.wave(atMs, 20 * MINUTE_MS));
  };
}

import { meanOf } from '../../anomaly/mean.ts';
import { saturationGPerM3 } from '../../comfort/moist-air.ts';
import type { DayView, Hours } from '../days/day-view.ts';

/** When the rooms’ air says how well it was changed. */
export const ASLEEP: Hours = [5, 0];
/** Of outdoor air; what is above it is people’s. */
export const OUTDOOR_PPM = 420;
const LEAST_PPM = 20;
/** So many rooms of other houses say how the nights are. */
const LEAST_ROOMS = 6;
/** Of what a night says, which is never just this. */
export const UNKNOWN = 0;

/** Of the other houses’ rooms, in the mean. */
export function othersAir(view: DayView): number | undefined {
  const own = view.byDevice('room', 'co2Ppm', ASLEEP);
  const others = [...view.near('room', 'co2Ppm', ASLEEP)].filter(([device]) => !own.has(device));
  return others.length < LEAST_ROOMS
    ? undefined
    : meanOf(others.map(([, values]) => freshnessOf(meanOf(values))));
}

/** Of each own room that is known: ln of the water in its air, g/m³, against the other houses’ rooms, with the name of what is remembered. */
export function dampnessByRoom(view: DayView): readonly { readonly name: string; readonly damp: number }[] {
  const own = view.byDevice('room', 'relativeHumidityPct', ASLEEP);
  const warmth = view.near('room', 'airTemperatureC', ASLEEP);
  const waterOf = (rooms: ReadonlyMap<string, readonly number[]>) =>
    [...rooms].flatMap(([device, humidities]) => {
      const temperatures = warmth.get(device);
      const grams =
        temperatures === undefined ? 0 : (meanOf(humidities) / 100) * saturationGPerM3(meanOf(temperatures));
      return grams > 0 ? [{ device, grams }] : [];
    });
  const others = waterOf(view.near('room', 'relativeHumidityPct', ASLEEP)).filter(
    ({ device }) => !own.has(device),
  );
  if (others.length < LEAST_ROOMS) return [];
  const usual = Math.log(meanOf(others.map(({ grams }) => grams)));
  return waterOf(own).map(({ device, grams }) => ({ name: `damp ${device}`, damp: Math.log(grams) - usual }));
}

/**
 * How much drier the house is, spreads: by the mean of its rooms, and by the middle one (of two the damper one), which says less than all of
 * them do. Who goes away dries one flat, fans dry all.
 */
export function drynessOf(houseZ: number | undefined, roomsZ: readonly number[]): number {
  const middle = roomsZ.map((z) => -z).toSorted((a, b) => a - b)[(roomsZ.length - 1) >> 1];
  if (houseZ === undefined || middle === undefined) return UNKNOWN;
  return Math.min(-houseZ, middle * Math.sqrt(roomsZ.length));
}

/** Falls as the air gets fresher. */
export function freshnessOf(ppm: number): number {
  return Math.log(Math.max(ppm - OUTDOOR_PPM, LEAST_PPM));
}

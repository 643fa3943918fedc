import { commonShift, nightsKept } from '../../anomaly/common-shift.ts';
import { meanOf } from '../../anomaly/mean.ts';
import { median } from '../../anomaly/median.ts';
import { daysOf, keepDays } from '../../anomaly/usual-days.ts';
import { waterGPerM3 } from '../../comfort/moist-air.ts';
import { DAY_MS } from '../../domain/interval.ts';
import type { Memory } from '../days/day-rule.ts';
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

export type DampRoom = { readonly device: string; readonly name: string; readonly damp: number };

/** Of each own room that is known: ln of the water in its air, g/m³, against the other houses’ rooms, with the name of what is remembered. */
export function dampnessByRoom(view: DayView): readonly DampRoom[] {
  const own = view.byDevice('room', 'relativeHumidityPct', ASLEEP);
  const warmth = view.near('room', 'airTemperatureC', ASLEEP);
  const waterOf = (rooms: ReadonlyMap<string, readonly number[]>) =>
    [...rooms].flatMap(([device, humidities]) => {
      const temperatures = warmth.get(device);
      const grams =
        temperatures === undefined
          ? 0
          : waterGPerM3({ airC: meanOf(temperatures), humidityPct: meanOf(humidities) });
      return grams > 0 ? [{ device, grams }] : [];
    });
  const others = waterOf(view.near('room', 'relativeHumidityPct', ASLEEP)).filter(
    ({ device }) => !own.has(device),
  );
  if (others.length < LEAST_ROOMS) return [];
  const usual = Math.log(meanOf(others.map(({ grams }) => grams)));
  return waterOf(own).map(({ device, grams }) => ({
    device,
    name: `damp ${device}`,
    damp: Math.log(grams) - usual,
  }));
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

/**
 * What the air of the rooms did from one night on, each room against its own nights before: nothing that fans do to all of them (`unlike`:
 * who goes away or opens a window does it to one), or as much to each (`alike`), or so clearly that it is told by itself (`sure`).
 */
export type RoomsShift = 'unlike' | 'alike' | 'sure';
/**
 * ln of people’s CO₂ by which rooms are fresher: the middle one of rooms and nights by so much, by so many spreads of the nights before, and
 * each room. Fans change the air half as often again, not five times: `most` is of the middle one, and of each that is sure.
 */
const ALIKE = { middle: 0.15, spreads: 1, each: 0.1, most: 0.45, rooms: 2 };
const SURE = { middle: 0.18, spreads: 2.5, each: 0.15, most: 0.5, dry: 0.02, eachDry: 0.01 };

/** Undefined: fewer than two rooms, or too few nights, are known. Remembers the night. */
export function shiftOfRooms(
  view: DayView,
  memory: Memory,
  { damp: dampRooms, nights }: { readonly damp: readonly DampRoom[]; readonly nights: number },
): RoomsShift | undefined {
  const today = Math.floor(view.endMs / DAY_MS);
  const dampOf = new Map(dampRooms.map(({ device, damp }) => [device, damp]));
  const rooms = freshnessByRoom(view).flatMap(({ device, freshness }) => {
    const damp = dampOf.get(device);
    if (damp === undefined) return [];
    const days = memory(`shift ${device}`);
    const all = [...daysOf(days), [freshness, damp, today]].slice(-nightsKept(nights));
    keepDays(days, all);
    return [all];
  });
  const isInARow = rooms.every((all) => (all.at(-nights)?.[2] ?? 0) >= today - nights);
  if (rooms.length < ALIKE.rooms || !isInARow) return undefined;
  const of = (i: number) =>
    commonShift(
      rooms.map((all) => all.map((day) => day[i] ?? 0)),
      nights,
    );
  const [air, water] = [of(0), of(1)];
  if (air === undefined || water === undefined) return undefined;
  const isFresher = ({ middle, spreads, each }: typeof ALIKE | typeof SURE) =>
    air.middle >= Math.max(middle, spreads * air.spread) && air.least >= each;
  const isDrier = water.middle >= SURE.dry && water.least >= SURE.eachDry;
  if (isFresher(SURE) && air.most <= SURE.most && isDrier) return 'sure';
  return isFresher(ALIKE) && air.middle <= ALIKE.most ? 'alike' : 'unlike';
}

/** Of each own room that is known: how fresh its air is against the middle one of the other houses’ rooms. */
function freshnessByRoom(view: DayView): readonly { readonly device: string; readonly freshness: number }[] {
  const own = view.byDevice('room', 'co2Ppm', ASLEEP);
  const of = (values: readonly number[]) => freshnessOf(meanOf(values));
  const others = [...view.near('room', 'co2Ppm', ASLEEP)].filter(([device]) => !own.has(device));
  if (others.length < LEAST_ROOMS) return [];
  const usual = median(others.map(([, values]) => of(values)));
  return [...own].map(([device, values]) => ({ device, freshness: of(values) - usual }));
}

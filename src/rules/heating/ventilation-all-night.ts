import { z } from 'zod';
import { median } from '../../anomaly/median.ts';
import { driversOf, expectFloor, type NightWeather } from '../../anomaly/night-weather.ts';
import { daysOf, expectDay, keepDays, learnDay, type UsualDays } from '../../anomaly/usual-days.ts';
import { saturationGPerM3 } from '../../comfort/moist-air.ts';
import { DAY_MS } from '../../domain/interval.ts';
import type { Register } from '../../domain/register.ts';
import { type DayVerdict, dayParameters, dayRule, type Memory, type OthersMemory } from '../days/day-rule.ts';
import { type DayView, type Hours, meanOf } from '../days/day-view.ts';
import { inWords } from '../in-words.ts';
import { integer, number } from '../parameters.ts';

const parameters = z.strictObject({
  minDays: integer(5, 42)
    .default(14)
    .describe(dayParameters.minDays.description ?? ''),
  acceptDays: dayParameters.acceptDays,
  nights: integer(2, 28).default(4).describe('judged by mean and median of so many nights'),
  minRiseW: number(0, 10_000_000)
    .default(150)
    .describe('more electricity by night than usual by at least this, W, …'),
  eachSpreads: number(0, 100)
    .default(0.7)
    .describe('… by so many spreads of ordinary nights, and the air of the rooms fresher by as many, …'),
  sumSpreads: number(0, 100).default(2.4).describe('… and both together by this;'),
  eachOfThreeSpreads: number(0, 100)
    .default(0.3)
    .describe('where humidity is known as well: electricity and air by so many, …'),
  drySpreads: number(0, 100)
    .default(0.5)
    .describe('… the rooms drier against those of other houses by so many, …'),
  threeSpreads: number(0, 100).default(4).describe('… and all three together by this;'),
  aloneSpreads: number(0, 100).default(3.5).describe('electricity alone tells from so many spreads'),
});
type VentilationAllNight = z.infer<typeof parameters>;

const NIGHT: Hours = [4, 0];
/** When the rooms’ air says how well it was changed. */
const ASLEEP: Hours = [5, 0];
const LEAST = 2;
/** Of outdoor air; what is above it is people’s. */
const OUTDOOR_PPM = 420;
const LEAST_PPM = 20;
/** So many rooms of other houses say how the nights are, and so many houses what all of them take. */
const LEAST_ROOMS = 6;
const LEAST_HOUSES = 5;
/** In warmer nights windows are open. */
const AIRING_C = 10;
/** One night counts for no more than this, spreads. */
const MOST = { electricity: 4, air: 3 };
/** Of a night's dryness, which is never just this. */
const UNKNOWN = 0;
/** A night so far off is not remembered as an ordinary one, spreads. */
const ODD_NIGHT = 3;

export const ventilationAllNight = dayRule({
  type: 'ventilation-all-night',
  doc: `The fans run by night as by day. Seen together in the electricity that never goes away at night (main meter) and in the
CO₂ of the rooms, which is lower against other houses than in ordinary nights of such weather; a large fan, of a
school for instance, in the electricity alone. What most houses take more of at once is not counted. Where rooms here and in
other houses measure humidity, the rooms must be drier, too, in the mean and the middle one of them, and less electricity and CO₂
will do. Mean and median of some nights must say so. Needs an outdoor thermometer.`,
  parameters,
  sees: ({ role, quantity }) =>
    (role === 'electricityMain' && quantity === 'activePowerW') ||
    (role === 'room' &&
      (quantity === 'co2Ppm' || quantity === 'relativeHumidityPct' || quantity === 'airTemperatureC')),
  judge,
});

function judge(
  view: DayView,
  memory: Memory,
  settings: VentilationAllNight,
  _: Register,
  others: OthersMemory,
): readonly DayVerdict[] {
  const [nightC, dayC] = [view.outdoorC([8, 0]), view.outdoorC([32, 8])];
  const baseW = view.lowest('electricityMain', 'activePowerW', NIGHT, LEAST);
  if (nightC === undefined || dayC === undefined || baseW === undefined) return [];
  const weather = { nightC, dayC };
  // Holidays and mild nights make all houses fresher by as much: beside others, not along a line of other nights.
  const airOfOthers = othersAir(view);
  const airDrivers = [nightC, Math.max(nightC - AIRING_C, 0)];
  const levels = [...view.rooms('co2Ppm', ASLEEP).values()];
  const ppm = meanOf(levels);
  const hasAir = levels.length > 0;
  const air = freshnessOf(ppm) - (airOfOthers ?? 0);
  const airName = `air ${levels.length}${airOfOthers === undefined ? '' : ' by others'}`;
  const { minDays } = settings;
  const base = expectBase(memory('base'), baseW, weather, minDays);
  const fresh = hasAir
    ? expectDay(memory(airName), air, airDrivers, { minDays, minSpread: 0.05 })
    : undefined;
  const dampRooms = dampnessByRoom(view);
  const dampZ = (name: string, damp: number) =>
    expectDay(memory(name), damp, [nightC], { minDays, minSpread: 0.01 })?.z;
  const damp = meanOf(dampRooms.map((room) => room.damp));
  const dryZ = drynessOf(
    dampZ('damp', damp),
    dampRooms.flatMap((room) => dampZ(room.name, room.damp) ?? []),
  );
  const riseW = base === undefined ? 0 : baseW - base.expected;
  const today = Math.floor(view.endMs / DAY_MS);
  const ownZ = base === undefined ? 0 : riseW / base.spread;
  const [electricityZ, airZ] = [
    clamp(ownZ - sharedRise(others, today), MOST.electricity),
    clamp(-(fresh?.z ?? 0), MOST.air),
  ];
  const learn = () => {
    if (Math.min(electricityZ, ODD_NIGHT) + airZ >= ODD_NIGHT) return;
    learnDay(memory('base'), baseW, driversOf(weather));
    if (hasAir) learnDay(memory(airName), air, airDrivers);
    if (dampRooms.length > 0) learnDay(memory('damp'), damp, [nightC]);
    for (const room of dampRooms) learnDay(memory(room.name), room.damp, [nightC]);
  };
  if (base === undefined) {
    learn();
    return [];
  }
  const night = [
    ...[electricityZ, fresh === undefined ? 0 : airZ, riseW, dryZ, clamp(ownZ, MOST.electricity)].map((one) =>
      Number(one.toPrecision(4)),
    ),
    today,
  ];
  const nights = [...daysOf(memory('nights')), night].slice(-settings.nights);
  keepDays(memory('nights'), nights);
  const [electricity, freshness, meanRiseW, dryness] = [0, 1, 2, 3].map((i) =>
    steady(nights.map((night) => night[i] ?? 0)),
  );
  const [byBase = 0, byAir = 0, rise = 0, byDamp = 0] = [electricity, freshness, meanRiseW, dryness];
  // Where the rooms' humidity is known as well, three weak signs are held against one sum.
  const isDryKnown = nights.every(([, , , dryness = UNKNOWN]) => dryness !== UNKNOWN);
  const each = isDryKnown ? settings.eachOfThreeSpreads : settings.eachSpreads;
  const isDry = !isDryKnown || byDamp >= settings.drySpreads;
  const sum = byBase + byAir + (isDryKnown ? byDamp : 0);
  const together =
    byBase >= each &&
    byAir >= each &&
    isDry &&
    sum >= (isDryKnown ? settings.threeSpreads : settings.sumSpreads);
  const isAirTold = together || byAir >= settings.eachSpreads;
  const isOdd =
    nights.length >= settings.nights &&
    rise >= settings.minRiseW &&
    (together || byBase >= settings.aloneSpreads);
  const usualPpm =
    fresh === undefined ? undefined : OUTDOOR_PPM + Math.exp(fresh.expected + (airOfOthers ?? 0));
  const ofAir =
    usualPpm === undefined
      ? ''
      : `, and the rooms are at ${Math.round(ppm)} ppm of CO₂ where ${Math.round(usualPpm)} are usual`;
  return [
    {
      isOdd,
      isUsual: byBase + byAir < settings.sumSpreads / 3,
      told: {
        title: `${isAirTold ? 'Ventilation likely runs' : 'Something large runs, perhaps the ventilation,'} all night: ${inWords(rise, 'W')} more electricity by night${isAirTold ? ', fresher air' : ''}`,
        detail: `the last ${settings.nights} nights took ${inWords(rise, 'W')} more than usual in the mean, the last one ${inWords(baseW, 'W')} instead of ${inWords(base.expected, 'W')}${ofAir}. It costs electricity and, in winter, heat. First look at the time programme of the fans (power cut, change of daylight-saving time, a forgotten forced run), then at what else was switched on.`,
        facts: {
          unit: 'W',
          value: Math.round(baseW),
          usual: Math.round(base.expected),
          riseW: Math.round(rise),
          ...(usualPpm === undefined ? {} : { co2Ppm: Math.round(ppm), co2UsualPpm: Math.round(usualPpm) }),
          spreads: Math.round(byBase * 10) / 10,
          airSpreads: Math.round(byAir * 10) / 10,
        },
      },
      learn,
      memories: ['base', airName, 'damp', 'nights', ...dampRooms.map(({ name }) => name)],
    },
  ];
}

/** A heat pump takes more the colder it is, and no less than it ever took when it is warmer than ever. */
function expectBase(known: UsualDays, baseW: number, weather: NightWeather, minDays: number) {
  return daysOf(known).length < minDays ? undefined : expectFloor(known, baseW, weather);
}

/** What most other houses take more, spreads: people come home from their holidays, a cold night comes early. */
function sharedRise(others: OthersMemory, today: number): number {
  const rises = others('nights').flatMap((nights) => {
    const [, , , , z = 0, day = 0] = daysOf(nights).at(-1) ?? [];
    return day >= today - 1 ? [z] : [];
  });
  return rises.length < LEAST_HOUSES ? 0 : Math.max(median(rises), 0);
}

/** Of the other houses’ rooms, in the mean. */
function othersAir(view: DayView): number | undefined {
  const own = view.byDevice('room', 'co2Ppm', ASLEEP);
  const others = [...view.near('room', 'co2Ppm', ASLEEP)].filter(([device]) => !own.has(device));
  return others.length < LEAST_ROOMS
    ? undefined
    : meanOf(others.map(([, values]) => freshnessOf(meanOf(values))));
}

/** Of each own room that is known: ln of the water in its air, g/m³, against the other houses’ rooms, with the name of what is remembered. */
function dampnessByRoom(view: DayView): readonly { readonly name: string; readonly damp: number }[] {
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
function drynessOf(houseZ: number | undefined, roomsZ: readonly number[]): number {
  const middle = roomsZ.map((z) => -z).toSorted((a, b) => a - b)[(roomsZ.length - 1) >> 1];
  if (houseZ === undefined || middle === undefined) return UNKNOWN;
  return clamp(Math.min(-houseZ, middle * Math.sqrt(roomsZ.length)), MOST.air);
}

/** Falls as the air gets fresher. */
function freshnessOf(ppm: number): number {
  return Math.log(Math.max(ppm - OUTDOOR_PPM, LEAST_PPM));
}

/** What most nights say, and all together: one night of much is no fault that goes on. */
function steady(values: readonly number[]): number {
  return Math.min(meanOf(values), median(values));
}

function clamp(value: number, most: number): number {
  return Math.min(Math.max(value, -3), most);
}

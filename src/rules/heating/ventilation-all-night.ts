import { z } from 'zod';
import { meanOf } from '../../anomaly/mean.ts';
import { median } from '../../anomaly/median.ts';
import { driversOf, expectFloor, type NightWeather } from '../../anomaly/night-weather.ts';
import { type Day, daysOf, expectDay, keepDays, learnDay, type UsualDays } from '../../anomaly/usual-days.ts';
import { DAY_MS } from '../../domain/interval.ts';
import type { Register } from '../../domain/register.ts';
import { type DayVerdict, dayParameters, dayRule, type Memory, type OthersMemory } from '../days/day-rule.ts';
import type { DayView, Hours } from '../days/day-view.ts';
import { inWords } from '../in-words.ts';
import { integer, number } from '../parameters.ts';
import {
  ASLEEP,
  dampnessByRoom,
  drynessOf,
  freshnessOf,
  OUTDOOR_PPM,
  othersAir,
  type RoomsShift,
  shiftOfRooms,
  UNKNOWN,
} from './night-air.ts';

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
  threeSpreads: number(0, 100)
    .default(4)
    .describe('… and all three together by this, where one room alone is known, …'),
  alikeSpreads: number(0, 100)
    .default(3)
    .describe('… or by this, where all rooms got fresher alike from one night on: otherwise it is no fan;'),
  aloneSpreads: number(0, 100).default(3.5).describe('electricity alone tells from so many spreads,'),
  airSpreads: number(0, 100)
    .default(4.5)
    .describe('and so do fresh and dry air together, where windows are shut and electricity is not less'),
});
type VentilationAllNight = z.infer<typeof parameters>;

const NIGHT: Hours = [4, 0];
const LEAST = 2;
/** So many other houses say what all of them take. */
const LEAST_HOUSES = 5;
/** In warmer nights windows are open. */
const AIRING_C = 10;
/** One night counts for no more than this, spreads. */
const MOST = { electricity: 4, air: 3 };
/** In so many of the nights it must be known what electricity is usual; where in some it is not, the air says so much, spreads. */
const LEAST_KNOWN = 2;
const SURE = { air: 1.5, dry: 1 };
/** A night so far off is not remembered as an ordinary one, spreads. */
const ODD_NIGHT = 3;
const ODD_NIGHTS = 10;
/** It is over when so many nights say so: those before them would say otherwise for as long again. */
const ENDS = 2;
/** … or where electricity alone was clear, when so much of its rise is left. */
const BACK = 0.5;

export const ventilationAllNight = dayRule({
  type: 'ventilation-all-night',
  doc: `The fans run by night as by day. Seen together in the electricity that never goes away at night (main meter) and in the
CO₂ of the rooms, which is lower against other houses than in ordinary nights of such weather; a large fan, of a
school for instance, in the electricity alone. What most houses take more of at once is not counted. Where rooms here and in
other houses measure humidity, the rooms must be drier, too, in the mean and the middle one of them, and less electricity and CO₂
will do, or none where both are clear. Where two rooms or more are known, all must have got fresher alike from one night on: who goes away
or opens a window changes the air of one. Mean and median of some nights must say so. Needs an outdoor thermometer.`,
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
  const shift = shiftOfRooms(view, memory, { damp: dampRooms, nights: settings.nights });
  const dampZ = (name: string, damp: number) =>
    expectDay(memory(name), damp, [nightC], { minDays, minSpread: 0.01 })?.z;
  const damp = meanOf(dampRooms.map((room) => room.damp));
  const dryZ = clamp(
    drynessOf(
      dampZ('damp', damp),
      dampRooms.flatMap((room) => dampZ(room.name, room.damp) ?? []),
    ),
    MOST.air,
  );
  const riseW = base === undefined ? 0 : baseW - base.expected;
  const today = Math.floor(view.endMs / DAY_MS);
  const ownZ = base === undefined ? 0 : riseW / base.spread;
  const [electricityZ, airZ] = [
    base === undefined ? UNKNOWN : clamp(ownZ - sharedRise(others, today), MOST.electricity),
    clamp(-(fresh?.z ?? 0), MOST.air),
  ];
  // Nobody knows what electricity is usual in such cold: it must not be learned from fans.
  const unknownZ = base === undefined ? Math.max(dryZ, 0) : Math.min(electricityZ, ODD_NIGHT);
  const learn = () => {
    if (isPassedOver(memory('odd'), unknownZ + Math.max(airZ, 0) >= ODD_NIGHT)) return;
    learnDay(memory('base'), baseW, driversOf(weather));
    if (hasAir) learnDay(memory(airName), air, airDrivers);
    if (dampRooms.length > 0) learnDay(memory('damp'), damp, [nightC]);
    for (const room of dampRooms) learnDay(memory(room.name), room.damp, [nightC]);
  };
  if (daysOf(memory('base')).length < minDays) {
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
  const signs = signsOf(nights);
  const { byBase, byAir, riseW: rise } = signs;
  const latest = signsOf(nights.slice(-ENDS));
  const isMore = rise >= settings.minRiseW && byBase > UNKNOWN;
  const areTogether = shift !== 'unlike' && isTogether(signs, settings, shift);
  const isSure = nightC <= AIRING_C && isAirSure(signs, settings, shift);
  const isAirTold = areTogether || isSure || byAir >= settings.eachSpreads;
  const isOdd =
    nights.length >= settings.nights &&
    (isSure || (isMore && (areTogether || (signs.isKnown && byBase >= settings.aloneSpreads))));
  if (isOdd && byBase >= settings.aloneSpreads) keepDays(memory('clear'), [[rise]]);
  const [clearW = 0] = daysOf(memory('clear')).at(-1) ?? [];
  const isBack = clearW > 0 && latest.byBase > UNKNOWN && latest.riseW < clearW * BACK;
  // What all rooms alike say together is more than the mean of them: it has no such number.
  const strength = isAirTold ? together(signs) : byBase;
  const usualPpm =
    fresh === undefined ? undefined : OUTDOOR_PPM + Math.exp(fresh.expected + (airOfOthers ?? 0));
  const ofAir =
    usualPpm === undefined
      ? ''
      : `, and the rooms are at ${Math.round(ppm)} ppm of CO₂ where ${Math.round(usualPpm)} are usual`;
  return [
    {
      isOdd,
      days: settings.nights,
      isUsual: isBack || latest.byBase + latest.byAir < settings.sumSpreads / 3,
      told: {
        title: `${isAirTold ? 'Ventilation likely runs' : 'Something large runs, perhaps the ventilation,'} all night: ${isMore ? `${inWords(rise, 'W')} more electricity by night${isAirTold ? ', fresher air' : ''}` : 'fresher and drier air'}`,
        detail: `${isMore ? `the last ${settings.nights} nights took ${inWords(rise, 'W')} more than usual in the mean, ` : ''}the last ${isMore ? 'one' : 'night took'} ${inWords(baseW, 'W')}${base === undefined ? '' : ` instead of ${inWords(base.expected, 'W')}`}${ofAir}. It costs electricity and, in winter, heat. First look at the time programme of the fans (power cut, change of daylight-saving time, a forgotten forced run), then at what else was switched on.`,
        facts: {
          unit: 'W',
          value: Math.round(baseW),
          ...(base === undefined ? {} : { usual: Math.round(base.expected) }),
          ...(isMore ? { riseW: Math.round(rise) } : {}),
          ...(usualPpm === undefined ? {} : { co2Ppm: Math.round(ppm), co2UsualPpm: Math.round(usualPpm) }),
          seenBy: isAirTold ? 'air' : 'electricity',
          ...(strength >= 1 ? { spreads: Math.round(strength * 10) / 10 } : {}),
          airSpreads: Math.round(byAir * 10) / 10,
        },
      },
      learn: () => {
        keepDays(memory('clear'), []);
        learn();
      },
      memories: ['clear', 'base', airName, 'damp', 'nights', ...dampRooms.map(({ name }) => name)],
    },
  ];
}

/** What some nights say, each as {@link steady}: electricity, W and spreads, of those in which it is known what is usual. */
type Signs = {
  readonly byBase: number;
  readonly riseW: number;
  readonly byAir: number;
  readonly byDamp: number;
  readonly isDryKnown: boolean;
  /** Of the nights: electricity is known in none but so many, and in all. */
  readonly known: number;
  readonly isKnown: boolean;
};

function signsOf(nights: readonly Day[]): Signs {
  const known = nights.filter(([electricityZ]) => electricityZ !== UNKNOWN);
  const of = (some: readonly Day[], i: number) => steady(some.map((night) => night[i] ?? 0));
  return {
    byBase: known.length === 0 ? UNKNOWN : of(known, 0),
    riseW: known.length === 0 ? 0 : of(known, 2),
    byAir: of(nights, 1),
    byDamp: of(nights, 3),
    isDryKnown: nights.every(([, , , dryness = UNKNOWN]) => dryness !== UNKNOWN),
    known: known.length,
    isKnown: known.length === nights.length,
  };
}

/** What all that is known says as one, spreads (Stouffer's sum). */
function together({ byBase, byAir, byDamp, isDryKnown }: Signs): number {
  const known = [...(byBase > UNKNOWN ? [byBase] : []), byAir, ...(isDryKnown ? [byDamp] : [])];
  return known.reduce((sum, one) => sum + one, 0) / Math.sqrt(known.length);
}

/** Electricity and air. Where the rooms' humidity is known as well, three weak signs are held against one sum. */
function isTogether(
  { byBase, byAir, byDamp, isDryKnown, known, isKnown }: Signs,
  settings: VentilationAllNight,
  shift: RoomsShift | undefined,
): boolean {
  if (!isKnown && !(known >= LEAST_KNOWN && isDryKnown && byAir >= SURE.air && byDamp >= SURE.dry))
    return false;
  if (!isDryKnown) {
    const { eachSpreads, sumSpreads } = settings;
    return byBase >= eachSpreads && byAir >= eachSpreads && byBase + byAir >= sumSpreads;
  }
  const { eachOfThreeSpreads: each, drySpreads, threeSpreads, alikeSpreads } = settings;
  const least = shift === undefined ? threeSpreads : alikeSpreads;
  return byBase >= each && byAir >= each && byDamp >= drySpreads && byBase + byAir + byDamp >= least;
}

/**
 * Fans that are small beside a heat pump are seen in the air alone, while nobody leaves windows open: in that of the house, or in that of
 * all rooms alike.
 */
function isAirSure(
  { byBase, byAir, byDamp, isDryKnown }: Signs,
  { airSpreads, eachSpreads }: VentilationAllNight,
  shift: RoomsShift | undefined,
): boolean {
  const isClear = isDryKnown && byAir + byDamp >= airSpreads;
  return byBase > -1 && ((shift !== 'unlike' && isClear) || (shift === 'sure' && byAir >= eachSpreads));
}

/** An odd night is not learned from, but what goes on for longer than a fault would is how people live. */
function isPassedOver(odd: UsualDays, isOdd: boolean): boolean {
  if (isOdd) learnDay(odd, 1, []);
  else keepDays(odd, []);
  return isOdd && daysOf(odd).length <= ODD_NIGHTS;
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

/** What most nights say, and all together: one night of much is no fault that goes on. */
function steady(values: readonly number[]): number {
  return Math.min(meanOf(values), median(values));
}

function clamp(value: number, most: number): number {
  return Math.min(Math.max(value, -3), most);
}

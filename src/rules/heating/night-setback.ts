import { z } from 'zod';
import { meanOf } from '../../anomaly/mean.ts';
import { likeness, shapeOf, UNKNOWN } from '../../anomaly/night-shape.ts';
import { driversOf, expectFloor, type NightWeather } from '../../anomaly/night-weather.ts';
import { type Day, daysOf, type Expectation, expectDay, learnDay, noDays } from '../../anomaly/usual-days.ts';
import type { Said } from '../../domain/alert.ts';
import {
  type DayVerdict,
  dayParameters,
  dayRule,
  heatedBelow,
  type Memory,
  unjudged,
} from '../days/day-rule.ts';
import type { DayView, Hours } from '../days/day-view.ts';
import { inWords } from '../in-words.ts';
import { integer, number } from '../parameters.ts';

const parameters = z.strictObject({
  ...dayParameters,
  spreads: number(1, 100)
    .default(3)
    .describe('odd is a night whose shape is so many spreads from what ordinary ones say, …'),
  days: integer(1, 28).default(2).describe('so many odd nights in a row'),
  setbackPct: number(0, 100)
    .default(10)
    .describe('a house has a set-back when its least hours take this much less heat than its highest, %'),
  lostPct: number(0, 100)
    .default(50)
    .describe('… and it is lost when this much of the shape of its heat is gone, %'),
  heatingBelowC: heatedBelow('night'),
});
type NightSetback = z.infer<typeof parameters>;

/** From some hours before a night is set back until it is over; the last hour is the one in which the rule looks. */
const NIGHT: Hours = [10, -1];
/** When the night's level is seen: hours without people's hot water are the least of these. */
const ASLEEP: Hours = [6, 1];
const LEAST = 3;
/** The morning before: where people come and go, fans start. Sun is not up yet in the heating season. */
const MORNING: Hours = [23, 19];
/** Nobody came, and the house rests (a school in its holidays), when its morning took so many spreads and such a share less. */
const RESTING = { spreads: 2, share: 0.85 };
/** So many nights of a kind, or mornings, say what is usual for it. */
const LEAST_OF_KIND = 4;
/** Ordinary nights have at least this much of the shape that all have together. */
const LEAST_SHAPE = 0.5;
/** Likeness is not known better than to this. */
const SHAPE_SPREAD = 0.1;
/** What the shape and the level say together, spreads … */
const TOGETHER = 3.5;
/** … where the level alone may not say everything, and has risen by what a set-back takes, not by a multiple. */
const RISE = { least: -0.3, most: 1.5 };

/** Rooms are asked how far they cool from the evening to the end of the night, … */
const EVENING: Hours = [10, 7];
const LATE: Hours = [3, 0];
/** … while the day is colder than this, °C: in milder weather sun warms them and they cool without a set-back, … */
const ROOMS_BELOW_C = 9;
/** … where they usually cool by this, °C, and by so many spreads of it (of no less than that, °C). */
const LEAST_DIP_C = 0.25;
const DIP_SPREADS = 4;
const LEAST_DIP_SPREAD_C = 0.05;
/** Without a set-back they still cool somewhat: it is lost when so much of what they cool by is. */
const LOST_OF_DIP = 0.35;
/** A night that takes less than so many times the least that is known is not heated, whatever its shape. */
const HEATED = 1.3;
/** A night milder than this, °C, is odd when it takes so many times what such nights took, and so many spreads more. */
const MILD = { aboveC: 8, learnedAboveC: 7, times: 1.8, spreads: 3 };
const TODO =
  'First look at the clock and time programme of the heating controller (power cut, change of daylight-saving time, somebody’s override), then whether the valve still closes.';

export const nightSetback = dayRule({
  type: 'night-setback',
  doc: `A house that was heated less by night is heated by night as by day. Its ordinary nights have a shape: less heat when the set-back
begins, more when it ends. A night without a set-back has none of it, and takes no less heat than nights of such weather. Judged from the
hours of the heat meter; in the cold by how far the rooms cool, too, where they have thermometers and cool by enough each night; in mild
weather by heat in nights that hardly took any. A house without a set-back, or one that rests all day (a holiday), is not judged. Needs an outdoor thermometer.`,
  parameters,
  sees: ({ role, quantity }) =>
    (role === 'heatMain' && quantity === 'heatPowerW') || (role === 'room' && quantity === 'airTemperatureC'),
  judge,
});

function judge(view: DayView, memory: Memory, settings: NightSetback): readonly DayVerdict[] {
  const [nightC, dayC] = [view.outdoorC([9, 1]), view.outdoorC([32, 8])];
  const nightW = view.lowest('heatMain', 'heatPowerW', ASLEEP, LEAST);
  const morningW = view.mean('heatMain', 'heatPowerW', MORNING);
  if (nightC === undefined || dayC === undefined || nightW === undefined || morningW === undefined) return [];
  const byMild = mildNight(memory, nightW, { nightC, dayC }, settings.minDays);
  const learnMild = () => {
    if (nightC > MILD.learnedAboveC) learnDay(memory('mild'), nightW, driversOf({ nightC, dayC }));
  };
  if (nightC > settings.heatingBelowC)
    return [{ ...unjudged, ...byMild, learn: learnMild, memories: ['mild'] }];
  const hours = view.byHour('heatMain', 'heatPowerW', NIGHT).map((one) => one ?? UNKNOWN);
  const { minDays } = settings;
  const drivers = [nightC, dayC];
  const [nights, levels, mornings] = [
    memory('nights'),
    memory('levels'),
    memory(`mornings ${view.isFree ? 'free' : 'work'}`),
  ];
  const dipC = dayC > ROOMS_BELOW_C ? undefined : dipOfRooms(view);
  // What has rested all day has less to cool by.
  const dipDrivers = [nightC, kindOf(view.weekday) === 'after free day' ? 1 : 0];
  const learn = () => {
    if (dipC !== undefined) learnDay(memory('dips'), dipC, dipDrivers);
    learnDay(nights, view.weekday, [nightC, ...hours]);
    learnDay(levels, nightW, drivers);
    learnDay(mornings, morningW, drivers);
    learnMild();
  };
  const known = daysOf(nights);
  const level = expectDay(levels, nightW, drivers, { minDays, minSpread: 0.03 * nightW });
  if (level === undefined || known.length < minDays) {
    learn();
    return [];
  }
  const morning = expectDay(mornings, morningW, drivers, {
    minDays: LEAST_OF_KIND,
    minSpread: 0.03 * Math.abs(morningW),
  });
  const isResting =
    morning !== undefined && morning.z <= -RESTING.spreads && morningW < RESTING.share * morning.expected;
  if (isResting) return [{ ...unjudged, isUsual: false }];
  const byRooms = dipC === undefined ? undefined : judgeRooms(memory, { dipC, dipDrivers, nightC }, settings);
  const leastW = Math.min(...daysOf(levels).map(([one = 0]) => one));
  const byShape = judgeShape(
    { known, hours, weekday: view.weekday, nightC, nightW, leastW, level },
    settings,
  );
  const judged = [byRooms, byShape, byMild].filter((one) => one !== undefined);
  const [first] = judged;
  if (first === undefined) {
    learn();
    return [];
  }
  const found = judged.find(({ isOdd }) => isOdd) ?? first;
  return [{ ...found, isUsual: judged.every((one) => one.isUsual), learn, memories: MEMORIES }];
}

type Judged = Pick<DayVerdict, 'isOdd' | 'isUsual' | 'told'>;

type Dip = { readonly dipC: number; readonly dipDrivers: readonly number[]; readonly nightC: number };

/** Do the rooms still cool? Undefined: they do not say. */
function judgeRooms(
  memory: Memory,
  { dipC, dipDrivers, nightC }: Dip,
  { minDays, spreads }: NightSetback,
): Judged | undefined {
  const cooled = expectDay(memory('dips'), dipC, dipDrivers, { minDays, minSpread: LEAST_DIP_SPREAD_C });
  if (cooled === undefined || !isTelling(cooled)) return undefined;
  const lost = 1 - dipC / cooled.expected;
  return {
    isOdd: -cooled.z >= spreads && lost >= LOST_OF_DIP,
    isUsual: -cooled.z < spreads / 2 || lost < LOST_OF_DIP / 2,
    told: toldOfRooms(dipC, cooled, nightC),
  };
}

type Night = {
  readonly known: readonly Day[];
  readonly hours: readonly number[];
  readonly weekday: number;
  readonly nightC: number;
  readonly nightW: number;
  /** The least that an ordinary night took. */
  readonly leastW: number;
  readonly level: Expectation;
};

/** Has the heat of the night still the shape of ordinary ones? Undefined: they have none that could be lost. */
function judgeShape(
  { known, hours, weekday, nightC, nightW, leastW, level }: Night,
  { setbackPct, lostPct, spreads }: NightSetback,
): Judged | undefined {
  const shape = shapeOf(known.map((night) => night.slice(FIRST_HOUR)));
  const like = likeness(hours, shape);
  const alike = noDays();
  for (const [day = 0, atC = 0, ...night] of known) {
    const one = kindOf(day) === kindOf(weekday) ? likeness(night, shape) : undefined;
    if (one !== undefined) learnDay(alike, one, [atC]);
  }
  const usual =
    like === undefined
      ? undefined
      : expectDay(alike, like, [nightC], { minDays: LEAST_OF_KIND, minSpread: SHAPE_SPREAD });
  const isSetBack = shape.depth >= (setbackPct / 100) * shape.height;
  if (like === undefined || usual === undefined || !isSetBack || usual.expected < LEAST_SHAPE)
    return undefined;
  // Of nights that usually have more than the shape of all, one that has all of it has lost nothing.
  const expected = Math.min(usual.expected, 1);
  const lost = 1 - like / expected;
  const rise = (nightW - level.expected) / shape.depth;
  const isHeated = nightW > HEATED * leastW;
  return {
    isOdd:
      isHeated &&
      -usual.z >= spreads &&
      lost >= lostPct / 100 &&
      rise >= RISE.least &&
      rise <= RISE.most &&
      level.z - usual.z >= TOGETHER,
    isUsual: -usual.z < spreads / 2 || lost < lostPct / 200,
    told: {
      title: `Night set-back lost: ${percent(Math.max(1 - lost, 0))} of the usual fall of heat by night is left`,
      detail: `the night has ${percent(Math.max(like, 0))} of the usual shape, where ${percent(expected)} are ordinary: heat no longer falls when the set-back should begin, nor rises when it should end. It took ${inWords(nightW, 'W')} at ${inWords(nightC, '°C')} outdoors, usual are ${inWords(level.expected, 'W')}. ${TODO}`,
      facts: {
        unit: 'W',
        value: Math.round(nightW),
        usual: Math.round(level.expected),
        shapePct: Math.round(100 * Math.max(like, 0)),
        leftPct: Math.round(100 * Math.max(1 - lost, 0)),
        usualShapePct: Math.round(100 * expected),
        setbackW: Math.round(shape.depth),
        outdoorC: Math.round(nightC * 10) / 10,
        spreads: Math.round(-usual.z * 10) / 10,
      },
    },
  };
}

/**
 * In milder nights a house with a set-back takes hardly any heat but for its hot water until morning, however its evenings are. One that
 * takes so many times what nights of such weather did has lost it. Undefined: few such nights are known.
 */
function mildNight(
  memory: Memory,
  nightW: number,
  weather: NightWeather,
  minDays: number,
): Judged | undefined {
  if (weather.nightC <= MILD.aboveC || daysOf(memory('mild')).length < minDays) return undefined;
  const usual = expectFloor(memory('mild'), nightW, weather);
  if (usual === undefined) return undefined;
  const [z, times] = [(nightW - usual.expected) / usual.spread, nightW / usual.expected];
  return {
    isOdd: z >= MILD.spreads && times >= MILD.times,
    isUsual: z < MILD.spreads / 2 || times < (1 + MILD.times) / 2,
    told: {
      title: `Night set-back lost: ${inWords(nightW, 'W')} of heat in a mild night instead of ${inWords(usual.expected, 'W')}`,
      detail: `the night took ${inWords(nightW, 'W')} at ${inWords(weather.nightC, '°C')} outdoors, nights of such weather ${inWords(usual.expected, 'W')}. ${TODO}`,
      facts: {
        unit: 'W',
        value: Math.round(nightW),
        usual: Math.round(usual.expected),
        outdoorC: Math.round(weather.nightC * 10) / 10,
        spreads: Math.round(z * 10) / 10,
      },
    },
  };
}

const MEMORIES = ['nights', 'levels', 'dips', 'mild'];

/** By how much the rooms cool from the evening to the end of the night, °C, in the mean of those that were heard in both. */
function dipOfRooms(view: DayView): number | undefined {
  const [evening, late] = [EVENING, LATE].map((hours) => view.byDevice('room', 'airTemperatureC', hours));
  const dips = [...(evening ?? [])].flatMap(([device, before]) => {
    const after = late?.get(device);
    return after === undefined ? [] : [meanOf(before) - meanOf(after)];
  });
  return dips.length === 0 ? undefined : meanOf(dips);
}

/** Do rooms cool by so much, and so evenly from night to night, that half of it would be seen? */
function isTelling({ expected, spread }: Expectation): boolean {
  return expected >= LEAST_DIP_C && expected >= DIP_SPREADS * spread;
}

function toldOfRooms(dipC: number, { expected, z }: Expectation, nightC: number): Said {
  return {
    title: `Night set-back lost: the rooms cool by ${inWords(dipC, '°C')} instead of ${inWords(expected, '°C')}`,
    detail: `from the evening to the end of the night the rooms cooled by ${inWords(dipC, '°C')} at ${inWords(nightC, '°C')} outdoors, usual are ${inWords(expected, '°C')}. ${TODO}`,
    facts: {
      unit: '°C',
      // Never minus nothing.
      value: Math.round(dipC * 10) / 10 + 0,
      usual: Math.round(expected * 10) / 10,
      outdoorC: Math.round(nightC * 10) / 10,
      spreads: Math.round(-z * 10) / 10,
    },
  };
}

/** Of a night that is remembered: its day and its outdoor temperature come before. */
const FIRST_HOUR = 2;

/** By the day on which it ends. Schools rest at weekends, and are warmed up only where lessons come. */
function kindOf(weekday: number): 'before free day' | 'after free day' | 'other' {
  if (weekday === 6) return 'before free day';
  return weekday === 7 || weekday === 1 ? 'after free day' : 'other';
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

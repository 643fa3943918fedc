import { z } from 'zod';
import { degreesBelow } from '../../anomaly/degree-days.ts';
import { median } from '../../anomaly/median.ts';
import { daysOf, expectDay, keepDays, learnDay } from '../../anomaly/usual-days.ts';
import { saturationGPerM3 } from '../../comfort/moist-air.ts';
import { type DayVerdict, dayParameters, dayRule, type Memory } from '../days/day-rule.ts';
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
/** So many rooms of other houses say how the nights are. */
const LEAST_ROOMS = 6;
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
CO₂ of the rooms, which is lower than in ordinary nights of such weather, and of such air in other houses; a large fan, of a
school for instance, in the electricity alone. Where rooms here and in other houses measure humidity, the rooms must be drier, too, and less
electricity and CO₂ will do. Mean and median of some nights must say so. Needs an outdoor thermometer.`,
  parameters,
  sees: ({ role, quantity }) =>
    (role === 'electricityMain' && quantity === 'activePowerW') ||
    (role === 'room' &&
      (quantity === 'co2Ppm' || quantity === 'relativeHumidityPct' || quantity === 'airTemperatureC')),
  judge,
});

function judge(view: DayView, memory: Memory, settings: VentilationAllNight): readonly DayVerdict[] {
  const nightC = view.outdoorC([8, 0]);
  const baseW = view.lowest('electricityMain', 'activePowerW', NIGHT, LEAST);
  if (nightC === undefined || baseW === undefined) return [];
  const drivers = [degreesBelow(nightC)];
  const airOfOthers = othersAir(view);
  const airDrivers = [
    nightC,
    Math.max(nightC - AIRING_C, 0),
    ...(airOfOthers === undefined ? [] : [airOfOthers]),
  ];
  const levels = [...view.rooms('co2Ppm', ASLEEP).values()];
  const ppm = meanOf(levels);
  const hasAir = levels.length > 0;
  const air = freshnessOf(ppm);
  const airName = `air ${levels.length}${airOfOthers === undefined ? '' : ' by others'}`;
  const { minDays } = settings;
  const base = expectDay(memory('base'), baseW, drivers, { minDays, minSpread: 0.02 * Math.abs(baseW) });
  const fresh = hasAir
    ? expectDay(memory(airName), air, airDrivers, { minDays, minSpread: 0.05 })
    : undefined;
  const damp = dampness(view, 'own');
  const dampOfOthers = dampness(view, 'others');
  const dampDrivers = dampOfOthers === undefined ? undefined : [dampOfOthers, nightC];
  const dry =
    damp === undefined || dampDrivers === undefined
      ? undefined
      : expectDay(memory('damp'), damp, dampDrivers, { minDays, minSpread: 0.01 });
  const riseW = base === undefined ? 0 : baseW - base.expected;
  const [electricityZ, airZ] = [clamp(base?.z ?? 0, MOST.electricity), clamp(-(fresh?.z ?? 0), MOST.air)];
  const learn = () => {
    if (Math.min(electricityZ, ODD_NIGHT) + airZ >= ODD_NIGHT) return;
    learnDay(memory('base'), baseW, drivers);
    if (hasAir) learnDay(memory(airName), air, airDrivers);
    if (damp !== undefined && dampDrivers !== undefined) learnDay(memory('damp'), damp, dampDrivers);
  };
  if (base === undefined) {
    learn();
    return [];
  }
  const dryZ = dry === undefined ? UNKNOWN : clamp(-dry.z, MOST.air);
  const night = [electricityZ, fresh === undefined ? 0 : airZ, riseW, dryZ].map((one) =>
    Number(one.toPrecision(4)),
  );
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
  const usualPpm = fresh === undefined ? undefined : OUTDOOR_PPM + Math.exp(fresh.expected);
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
      over: {
        title: 'The nights’ ventilation is as it was',
        detail: `The night took ${inWords(baseW, 'W')} of electricity.`,
      },
      learn,
      memories: ['base', airName, 'damp', 'nights'],
    },
  ];
}

/** Of the other houses’ rooms, in the mean: holidays and mild nights make all of them fresher. */
function othersAir(view: DayView): number | undefined {
  const own = view.byDevice('room', 'co2Ppm', ASLEEP);
  const others = [...view.near('room', 'co2Ppm', ASLEEP)].filter(([device]) => !own.has(device));
  return others.length < LEAST_ROOMS
    ? undefined
    : meanOf(others.map(([, values]) => freshnessOf(meanOf(values))));
}

/** ln of the water in the rooms’ air, g/m³, in the mean of those that are known. */
function dampness(view: DayView, whose: 'own' | 'others'): number | undefined {
  const own = view.byDevice('room', 'relativeHumidityPct', ASLEEP);
  const all = whose === 'own' ? own : view.near('room', 'relativeHumidityPct', ASLEEP);
  const warmth = view.near('room', 'airTemperatureC', ASLEEP);
  const found = [...all].flatMap(([device, humidities]) => {
    const temperatures = warmth.get(device);
    if (temperatures === undefined || (whose === 'others' && own.has(device))) return [];
    return [(meanOf(humidities) / 100) * saturationGPerM3(meanOf(temperatures))];
  });
  const grams = meanOf(found);
  return found.length < (whose === 'own' ? 1 : LEAST_ROOMS) || !(grams > 0) ? undefined : Math.log(grams);
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

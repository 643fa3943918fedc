import { z } from 'zod';
import { meanOf } from '../../anomaly/mean.ts';
import { median } from '../../anomaly/median.ts';
import { isStep } from '../../anomaly/step.ts';
import { type Day, daysOf, expectDay, keepDays, learnDay, type UsualDays } from '../../anomaly/usual-days.ts';
import { waterGPerM3 } from '../../comfort/moist-air.ts';
import { DAY_MS } from '../../domain/interval.ts';
import {
  type DayVerdict,
  dayParameters,
  dayRule,
  heatedBelow,
  type Memory,
  unjudged,
} from '../days/day-rule.ts';
import type { DayView, Hours } from '../days/day-view.ts';
import { offLately } from '../days/lately.ts';
import { inWords } from '../in-words.ts';
import { integer, number } from '../parameters.ts';

const parameters = z.strictObject({
  ...dayParameters,
  spreads: number(1, 100)
    .default(3)
    .describe('odd is a room that is so many spreads from what it is beside the others, …'),
  days: integer(1, 28).default(2).describe('so many odd days in a row'),
  minRiseC: number(0, 10).default(0.25).describe('… and warmer beside them by at least this, °C, …'),
  minFallC: number(0, 10).default(0.5).describe('… or colder by this, °C;'),
  steadyC: number(0, 10)
    .default(0.11)
    .describe('odd are also three days in a row that are warmer by this in the mean, °C, …'),
  steadyTimes: number(1, 100)
    .default(3.5)
    .describe('… and by so many times what the days before them were off by more than those'),
  timesLately: number(0, 100)
    .default(3)
    .describe(
      'of a room that differs from its line by much, as in changeable sun, so many times what it did of late;',
    ),
  mostRiseC: number(0, 20)
    .default(1.5)
    .describe('what is warmer by more, or moves by half of it in a day, is left to sensor-drift, °C'),
  mostApartC: number(1, 50)
    .default(5)
    .describe(
      'a day on which a room is further than this from the others, °C, is none to learn what is usual from',
    ),
  heatingBelowC: heatedBelow('day'),
});
type RadiatorValve = z.infer<typeof parameters>;

const DAY: Hours = [24, 0];
const ORDINARY_C = 0.08;
const DAY_BEFORE: Hours = [48, 24];
/** A room that a valve warms comes to rest within a day; a sensor that drifts adds the same again each day, or is off at once. */
const SMALL_RISE_C = 0.5;
const GROWN_SHARE = 0.5;
/** Days in a row that are a little warmer, each by so much, and days before them that say how the room was. */
const STEADY = { days: 3, eachC: 0.07, before: 8, leastBefore: 2 };
/** Of so many rooms the median of the others bears an odd one. */
const MANY = 5;

/** `meanC`: the rise of the newest days together. */
type Verdict = DayVerdict & { readonly riseC: number; readonly meanC: number; readonly isSteady: boolean };

export const radiatorValve = dayRule({
  type: 'radiator-valve',
  seenBy: 'room',
  doc: `A room is much warmer or colder beside the other rooms of the house than it used to be: its radiator valve is stuck open
or closed. What is usual goes by the weather, by how warm the other rooms are, and by how much damper the room is than they are (who is
at home), where sensors measure that. A little warmer counts when it began at once and stays for three days; a room that was restless of
late must be further off than it was. Judged while the house is
heated, in houses with three rooms or more that have a thermometer. A room that is at once, or day by day, much warmer than a valve makes it is sensor-drift's.`,
  parameters,
  sees: ({ role, quantity }) =>
    role === 'room' && (quantity === 'airTemperatureC' || quantity === 'relativeHumidityPct'),
  judge,
});

function judge(view: DayView, memory: Memory, settings: RadiatorValve): readonly DayVerdict[] {
  const outdoorC = view.outdoorC(DAY);
  const rooms = [...view.rooms('airTemperatureC', DAY)];
  if (outdoorC === undefined || rooms.length < 3) return [];
  const before = view.rooms('airTemperatureC', DAY_BEFORE);
  const water = waterByRoom(view);
  const besideOthers = (of: ReadonlyMap<string, number>, space: string) =>
    (of.get(space) ?? Number.NaN) - median([...of].flatMap(([other, c]) => (other === space ? [] : [c])));
  const today = Math.floor(view.endMs / DAY_MS);
  const verdicts = rooms.map(([space, valueC]): Verdict => {
    const othersC = median(rooms.flatMap(([other, otherC]) => (other === space ? [] : [otherC])));
    const aboveC = valueC - othersC;
    const days = memory(space);
    // Weather and sun, which a room feels less or more than the others, and people, who warm and dampen it.
    const drivers = [outdoorC, othersC, dampnessOf(space, water) ?? usualDampness(days)];
    const learn = () => {
      // A sensor that is so far off would leave its room far from what is usual on the day that it is mended.
      if (Math.abs(aboveC) <= settings.mostApartC) learnDay(days, aboveC, drivers);
    };
    const nothing = { ...unjudged, riseC: 0, meanC: 0, isSteady: false, space };
    if (outdoorC > settings.heatingBelowC) return nothing;
    const usual = expectDay(days, aboveC, drivers, { minDays: settings.minDays, minSpread: ORDINARY_C });
    if (usual === undefined) return { ...nothing, learn };
    const riseC = aboveC - usual.expected;
    const isWarm = riseC > 0;
    const grownC = aboveC - besideOthers(before, space);
    const newest = [...daysOf(memory(`rise ${space}`)), [riseC, today]].slice(-STEADY.days - STEADY.before);
    keepDays(memory(`rise ${space}`), newest);
    const meanC = meanOf(risesOf(newest.slice(-STEADY.days)));
    const restlessC = settings.timesLately * offLately(risesOf(newest.slice(0, -STEADY.days)));
    const isMoving = riseC > SMALL_RISE_C && Math.abs(grownC) > GROWN_SHARE * riseC;
    return {
      riseC,
      meanC,
      isSteady: meanC >= restlessC && isSteady(newest, settings),
      space,
      isOdd:
        Math.abs(usual.z) >= settings.spreads &&
        Math.abs(riseC) >= restlessC &&
        (riseC >= settings.minRiseC || -riseC >= settings.minFallC),
      isUsual: Math.abs(usual.z) < settings.spreads / 2,
      isOthers: riseC > settings.mostRiseC || isMoving,
      told: {
        title: `Radiator valve stuck ${isWarm ? 'open' : 'closed'} in ${space}: ${inWords(Math.abs(riseC), '°C')} ${isWarm ? 'warmer' : 'colder'} beside the other rooms than usual`,
        detail: `it is at ${inWords(valueC, '°C')} while the other rooms are at ${inWords(othersC, '°C')}; usual would be ${inWords(othersC + usual.expected, '°C')}. ${
          isWarm
            ? 'First turn the thermostat down and feel whether the radiator cools; if not, the valve or its head is stuck. A sensor in the sun or beside the radiator looks the same.'
            : 'First feel the radiators: cold ones need the valve’s pin freed or air let out. Ask whether a window stands open or the sensor was moved.'
        }`,
        facts: {
          unit: '°C',
          space,
          kind: isWarm ? 'warm' : 'cold',
          value: Math.round(valueC * 10) / 10,
          usual: Math.round((othersC + usual.expected) * 10) / 10,
          others: Math.round(othersC * 10) / 10,
          differenceC: Math.round(Math.abs(riseC) * 10) / 10,
          outdoorC: Math.round(outdoorC * 10) / 10,
          spreads: Math.round(Math.abs(usual.z) * 10) / 10,
        },
      },
      learn,
      memories: [space, `rise ${space}`],
    };
  });
  // Of few rooms one alone moves what the others are held against: the one that is furthest off is the odd one.
  const furthest = (of: (one: Verdict) => number) => {
    const most = Math.max(...verdicts.map((one) => Math.abs(of(one))));
    return (one: Verdict) => rooms.length >= MANY || Math.abs(of(one)) >= most;
  };
  const [isFurthest, isSteadiest] = [furthest(({ riseC }) => riseC), furthest(({ meanC }) => meanC)];
  return verdicts.map((one) => {
    if (one.isSteady && isSteadiest(one)) return { ...one, isOdd: true, days: STEADY.days };
    if (one.isOdd && isFurthest(one)) return one;
    return one.isOdd ? { ...one, isOdd: false, learn: () => {} } : one;
  });
}

/** Water in a room's air above that of the others, g/m³; undefined: not measured. */
function dampnessOf(space: string, water: ReadonlyMap<string, number>): number | undefined {
  const own = water.get(space);
  const others = [...water].flatMap(([other, grams]) => (other === space ? [] : [grams]));
  return own === undefined || others.length === 0 ? undefined : own - median(others);
}

/** Of a day on which it was not measured. */
function usualDampness(days: UsualDays): number {
  const known = daysOf(days).map(([, , , damp = 0]) => damp);
  return known.length === 0 ? 0 : median(known);
}

/** Water in the air of each room that says it, g/m³. */
function waterByRoom(view: DayView): ReadonlyMap<string, number> {
  const warmth = view.rooms('airTemperatureC', DAY);
  return new Map(
    [...view.rooms('relativeHumidityPct', DAY)].flatMap(([space, humidityPct]): [string, number][] => {
      const airC = warmth.get(space);
      return airC === undefined ? [] : [[space, waterGPerM3({ airC, humidityPct })]];
    }),
  );
}

/** Are the newest days a little warmer, each of them and at once? */
function isSteady(days: readonly Day[], { steadyC, steadyTimes }: RadiatorValve): boolean {
  const [before, newest] = [days.slice(0, -STEADY.days), days.slice(-STEADY.days)];
  const inARow = (newest.at(-1)?.[1] ?? 0) - (newest[0]?.[1] ?? 0) < STEADY.days;
  const offBefore = Math.sqrt(meanOf(risesOf(before).map((riseC) => riseC ** 2)));
  const limits = { mean: steadyC, each: STEADY.eachC, more: steadyTimes * offBefore };
  return inARow && isStep(risesOf(before), risesOf(newest), STEADY.leastBefore, limits);
}

function risesOf(days: readonly Day[]): readonly number[] {
  return days.map(([riseC = 0]) => riseC);
}

import { z } from 'zod';
import { likeness, shapeOf, UNKNOWN } from '../../anomaly/night-shape.ts';
import { daysOf, expectDay, learnDay, noDays } from '../../anomaly/usual-days.ts';
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
  lostPct: number(0, 100).default(50).describe('… and it is lost when this much of its shape is gone, %'),
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

export const nightSetback = dayRule({
  type: 'night-setback',
  doc: `A house that was heated less by night is heated by night as by day. Its ordinary nights have a shape: less heat when the set-back
begins, more when it ends. A night without a set-back has none of it, and takes no less heat than nights of such weather. Judged from the
hours of the heat meter. A house without a set-back, or one that rests all day (a holiday), is not judged. Needs an outdoor thermometer.`,
  parameters,
  sees: ({ role, quantity }) => role === 'heatMain' && quantity === 'heatPowerW',
  judge,
});

function judge(view: DayView, memory: Memory, settings: NightSetback): readonly DayVerdict[] {
  const [nightC, dayC] = [view.outdoorC([9, 1]), view.outdoorC([32, 8])];
  const nightW = view.lowest('heatMain', 'heatPowerW', ASLEEP, LEAST);
  const morningW = view.mean('heatMain', 'heatPowerW', MORNING);
  if (nightC === undefined || dayC === undefined || nightW === undefined || morningW === undefined) return [];
  if (nightC > settings.heatingBelowC) return [unjudged];
  const hours = view.byHour('heatMain', 'heatPowerW', NIGHT).map((one) => one ?? UNKNOWN);
  const { minDays, spreads } = settings;
  const weather = [nightC, dayC];
  const [nights, levels, mornings] = [
    memory('nights'),
    memory('levels'),
    memory(`mornings ${view.isFree ? 'free' : 'work'}`),
  ];
  const learn = () => {
    learnDay(nights, view.weekday, [nightC, ...hours]);
    learnDay(levels, nightW, weather);
    learnDay(mornings, morningW, weather);
  };
  const known = daysOf(nights);
  const level = expectDay(levels, nightW, weather, { minDays, minSpread: 0.03 * nightW });
  if (level === undefined || known.length < minDays) {
    learn();
    return [];
  }
  const morning = expectDay(mornings, morningW, weather, {
    minDays: LEAST_OF_KIND,
    minSpread: 0.03 * Math.abs(morningW),
  });
  const isResting =
    morning !== undefined && morning.z <= -RESTING.spreads && morningW < RESTING.share * morning.expected;
  if (isResting) return [{ ...unjudged, isUsual: false }];
  const shape = shapeOf(known.map((night) => night.slice(FIRST_HOUR)));
  const like = likeness(hours, shape);
  const alike = noDays();
  for (const [weekday = 0, atC = 0, ...night] of known) {
    const one = kindOf(weekday) === kindOf(view.weekday) ? likeness(night, shape) : undefined;
    if (one !== undefined) learnDay(alike, one, [atC]);
  }
  const usual =
    like === undefined
      ? undefined
      : expectDay(alike, like, [nightC], { minDays: LEAST_OF_KIND, minSpread: SHAPE_SPREAD });
  const isSetBack = shape.depth >= (settings.setbackPct / 100) * shape.height;
  if (like === undefined || usual === undefined || !isSetBack || usual.expected < LEAST_SHAPE) {
    learn();
    return [];
  }
  const lost = 1 - like / usual.expected;
  const rise = (nightW - level.expected) / shape.depth;
  const isOdd =
    -usual.z >= spreads &&
    lost >= settings.lostPct / 100 &&
    rise >= RISE.least &&
    rise <= RISE.most &&
    level.z - usual.z >= TOGETHER;
  return [
    {
      isOdd,
      isUsual: -usual.z < spreads / 2 || lost < settings.lostPct / 200,
      told: {
        title: `Night set-back lost: ${Math.round(100 * Math.min(lost, 1))} % of what the nights take less is gone`,
        detail: `the night has ${percent(like)} of the usual shape, where ${percent(usual.expected)} are ordinary: heat no longer falls when the set-back should begin, nor rises when it should end. It took ${inWords(nightW, 'W')} at ${inWords(nightC, '°C')} outdoors, usual are ${inWords(level.expected, 'W')}. First look at the clock and time programme of the heating controller (power cut, change of daylight-saving time, somebody’s override), then whether the valve still closes.`,
        facts: {
          unit: 'W',
          value: Math.round(nightW),
          usual: Math.round(level.expected),
          shapePct: Math.round(100 * like),
          usualShapePct: Math.round(100 * usual.expected),
          setbackW: Math.round(shape.depth),
          outdoorC: Math.round(nightC * 10) / 10,
          spreads: Math.round(-usual.z * 10) / 10,
        },
      },
      learn,
      memories: ['nights', 'levels'],
    },
  ];
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

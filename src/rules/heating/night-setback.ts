import { z } from 'zod';
import { expectDay, learnDay } from '../../anomaly/usual-days.ts';
import {
  type DayVerdict,
  dayParameters,
  dayRule,
  heatedBelow,
  type Memory,
  unjudged,
} from '../days/day-rule.ts';
import type { DayView, Hours } from '../days/day-view.ts';
import { inWords } from '../days/day-words.ts';
import { integer, number } from '../parameters.ts';

const parameters = z.strictObject({
  ...dayParameters,
  spreads: number(1, 100)
    .default(3)
    .describe('odd is a night that is so many spreads from what ordinary ones say, …'),
  days: integer(1, 28).default(2).describe('so many odd nights in a row'),
  setbackPct: number(0, 100)
    .default(10)
    .describe('a house has a set-back when its nights take this much less heat than its days, %'),
  lostPct: number(0, 100).default(50).describe('… and it is lost when this much of it is gone, %'),
  heatingBelowC: heatedBelow('night'),
});
type NightSetback = z.infer<typeof parameters>;

/** Where the nights begin: from so many hours before the end of the night. */
const EVENING_ON: Hours = [13, 1];
/** Hours without people's hot water are the least ones of each part. */
const NIGHT: Hours = [6, 1];
const EVENING: Hours = [12, 7];
const DAYTIME: Hours = [20, 13];
const LEAST = 3;
/** How deep the dip is where a set-back begins, at least, and how deep the one of a night without it, at most. */
const CLEAR_DIP = 0.5;
const FLAT_DIP = 0.4;
/** No dip is deeper than whole: what is expected deeper lies outside of what is known. */
const MOST_DIP = 1.05;
/** The house rests all day when it takes so many spreads less heat than such days. */
const RESTING = 2;
/** … unless its night takes more than it did by this: a day after a warm night needs less. */
const CLEAR_RISE = 1.2;
/** A set-back that is lost brings the night to what the day takes … */
const MOST_SHARE = 1.4;
/** … and so many times what it took: where it is more, something else heats the house until it gets too cold for it (a heat pump). */
const MOST_RISE = 3;

export const nightSetback = dayRule({
  type: 'night-setback',
  doc: `A house that was heated less by night is heated by night as by day. Judged from the power of the heat meter: the least
hours of the night against those of the day and evening, and against nights of such weather before, or by the hour in which next
to nothing is heated until the supply has come down to the set-back: where nights used to begin so and no longer do. A house without a
set-back, or one that is set back all day (a holiday), is not judged. Needs an outdoor thermometer.`,
  parameters,
  sees: ({ role, quantity }) => role === 'heatMain' && quantity === 'heatPowerW',
  judge,
});

function judge(view: DayView, memory: Memory, settings: NightSetback): readonly DayVerdict[] {
  const [nightC, eveningC, dayC] = [view.outdoorC([9, 1]), view.outdoorC([14, 7]), view.outdoorC([32, 8])];
  const nightW = view.lowest('heatMain', 'heatPowerW', NIGHT, LEAST);
  const eveningW = view.lowest('heatMain', 'heatPowerW', EVENING, LEAST);
  const daytimeW = view.lowest('heatMain', 'heatPowerW', DAYTIME, LEAST);
  if (nightC === undefined || eveningC === undefined || dayC === undefined) return [];
  if (nightW === undefined || eveningW === undefined || daytimeW === undefined) return [];
  const over = {
    title: 'The nights are set back again',
    detail: `The night took ${inWords(nightW, 'W')} of heat at ${inWords(nightC, '°C')} outdoors.`,
  };
  const awakeW = Math.max(eveningW, daytimeW);
  if (nightC > settings.heatingBelowC || awakeW <= 0) return [unjudged(over)];
  // Working days and others are two kinds of days: schools rest at weekends.
  const kind = view.isFree ? 'free' : 'work';
  const [shares, heats] = [memory(`share ${kind}`), memory(`heat ${kind}`)];
  const share = nightW / awakeW;
  const dip = dipOf(view.of('heatMain', 'heatPowerW', EVENING_ON)[0] ?? []);
  const drivers = [nightC - eveningC, nightC];
  const weather = [nightC, dayC];
  const [dips, awake] = [memory(`dip ${kind}`), memory(`awake ${kind}`)];
  const learn = () => {
    if (dip !== undefined) learnDay(dips, dip, [nightC]);
    learnDay(shares, share, drivers);
    learnDay(heats, nightW, weather);
    learnDay(awake, awakeW, weather);
  };
  const { minDays, spreads } = settings;
  const usual = expectDay(shares, share, drivers, { minDays, minSpread: 0.025 });
  const heat = expectDay(heats, nightW, weather, { minDays, minSpread: 0.03 * nightW });
  if (usual === undefined || heat === undefined) {
    learn();
    return [];
  }
  // Little heat by day as well: nobody is there (a school in its holidays), and the set-back goes on instead of beginning.
  const asleep = expectDay(awake, awakeW, weather, { minDays, minSpread: 0.03 * awakeW });
  if (asleep !== undefined && -asleep.z >= RESTING && nightW < CLEAR_RISE * heat.expected)
    return [{ ...unjudged(over), isUsual: false }];
  const setback = 1 - usual.expected;
  const hasSetback = setback >= settings.setbackPct / 100;
  const lost = (share - usual.expected) / Math.max(setback, 0.01);
  const isWithinRise = nightW <= MOST_RISE * heat.expected;
  // A set-back begins with an hour or two in which next to nothing is heated, until the supply has come down to it.
  const usualDip =
    dip === undefined ? undefined : expectDay(dips, dip, [nightC], { minDays, minSpread: 0.08 });
  const isFlat = dip !== undefined && dip < FLAT_DIP;
  const isWithoutDip =
    isWithinRise &&
    usualDip !== undefined &&
    isFlat &&
    usualDip.expected >= CLEAR_DIP &&
    usualDip.expected <= MOST_DIP &&
    -usualDip.z >= spreads &&
    heat.z >= 1;
  const isWarm =
    hasSetback &&
    isWithinRise &&
    share <= MOST_SHARE &&
    usual.z >= spreads &&
    lost >= settings.lostPct / 100 &&
    heat.z >= 0;
  // Where the share cannot tell (a school, whose fans rest at night), the dip does; where it can, both must agree if a dip is usual.
  const isOdd =
    isWithoutDip || (isWarm && (usualDip === undefined || usualDip.expected < CLEAR_DIP || isFlat));
  const percent = (part: number) => `${Math.round(100 * part)} %`;
  return [
    {
      isOdd,
      isUsual: !isWithoutDip && (usual.z < spreads / 2 || lost < settings.lostPct / 200),
      told: {
        title: isWarm
          ? `Night set-back lost: the night takes ${percent(share)} of the heat of the day instead of ${percent(usual.expected)}`
          : 'Night set-back lost: the heating no longer goes down when the night begins',
        detail: `the night took ${inWords(nightW, 'W')} of heat at ${inWords(nightC, '°C')} outdoors, usual are ${inWords(heat.expected, 'W')}. First look at the clock and time programme of the heating controller (power cut, change of daylight-saving time, somebody’s override), then whether the valve still closes.`,
        facts: {
          value: Math.round(nightW),
          usual: Math.round(heat.expected),
          sharePct: Math.round(100 * share),
          usualSharePct: Math.round(100 * usual.expected),
          ...(dip === undefined ? {} : { dipPct: Math.round(100 * dip) }),
          ...(usualDip === undefined ? {} : { usualDipPct: Math.round(100 * usualDip.expected) }),
          outdoorC: Math.round(nightC * 10) / 10,
          spreads: Math.round(usual.z * 10) / 10,
        },
      },
      over,
      learn,
      memories: [`share ${kind}`, `heat ${kind}`, `dip ${kind}`],
    },
  ];
}

/** How far the least hour lies below the hours on both sides of it: 0 not at all, 1 nothing is heated. Undefined: not known. */
function dipOf(hours: readonly number[]): number | undefined {
  let deepest: number | undefined;
  for (let i = 1; i + 3 < hours.length; i += 1) {
    const before = hours[i - 1] ?? 0;
    const after = Math.min(hours[i + 2] ?? 0, hours[i + 3] ?? 0);
    const level = Math.min(before, after);
    if (level <= 0) continue;
    const dip = 1 - Math.min(hours[i] ?? 0, hours[i + 1] ?? 0) / level;
    deepest = Math.max(deepest ?? 0, dip);
  }
  return deepest;
}

import { z } from 'zod';
import { meanOf } from '../../anomaly/mean.ts';
import { daysOf, expectDay, keepDays, learnDay, type UsualDays } from '../../anomaly/usual-days.ts';
import { type DayVerdict, dayParameters, dayRule, type Memory } from '../days/day-rule.ts';
import type { DayView, Hours } from '../days/day-view.ts';
import { offLately } from '../days/lately.ts';
import { inWords } from '../in-words.ts';
import { integer, number } from '../parameters.ts';

const parameters = z.strictObject({
  ...dayParameters,
  spreads: number(1, 100)
    .default(5)
    .describe('odd is a night that is so many spreads from what ordinary ones say, …'),
  days: integer(1, 28).default(1).describe('so many odd nights in a row'),
  minFallC: number(0, 50).default(1).describe('… and whose return is colder by at least this, °C;'),
  moreSpreads: number(0, 100)
    .default(1)
    .describe('a night that takes more heat or flow than such weather did by so many spreads is not it,'),
  timesLately: number(0, 100)
    .default(3)
    .describe('nor one that is not so many times as far off as the middle one of the nights before'),
});
type CirculationStopped = z.infer<typeof parameters>;

/** Nobody draws water in the hours with the least flow. */
const NIGHT: Hours = [5, 0];
const LEAST = 4;
/** What is left of the evening's cold in the walls. */
const EVENING: Hours = [12, 6];
const RETURN_SPREAD_C = 0.25;
/** Keeps flows near nothing apart by no more than they are. */
const FLOOR_LPH = 50;
/** So many nights before say how restless the house is of late. */
const LATELY_NIGHTS = 8;
/** Heat of a litre of water for each degree, Wh. */
const WATER_WH_PER_L_K = 1.16;

export const circulationStopped = dayRule({
  type: 'circulation-stopped',
  seenBy: 'heatMain',
  doc: `The circulation of hot water stands still, or its water is colder than it was, seen from the district-heating meter: what
only keeps the circulation warm comes back warm, so the return of a night without it is colder than that of ordinary nights
of such weather and flow, and colder than it has been warmer or colder of late. For houses without a thermometer in the hot water; with one, hot-water-cold is sooner.`,
  parameters,
  sees: ({ role, quantity }) =>
    role === 'heatMain' &&
    (quantity === 'returnTemperatureC' ||
      quantity === 'supplyTemperatureC' ||
      quantity === 'flowLph' ||
      quantity === 'heatPowerW'),
  judge,
});

function judge(view: DayView, memory: Memory, settings: CirculationStopped): readonly DayVerdict[] {
  const [nightC, eveningC] = [view.outdoorC([8, 0]), view.outdoorC(EVENING)];
  const [flows] = view.of('heatMain', 'flowLph', NIGHT);
  const [returns] = view.of('heatMain', 'returnTemperatureC', NIGHT);
  const [supplies] = view.of('heatMain', 'supplyTemperatureC', NIGHT);
  // Flow and return belong together hour by hour: a night of which the meter said only one at times tells nothing.
  if (
    nightC === undefined ||
    eveningC === undefined ||
    flows === undefined ||
    returns?.length !== flows.length
  )
    return [];
  const stillest = flows.map((_, hour) => hour).toSorted((a, b) => (flows[a] ?? 0) - (flows[b] ?? 0));
  const atLeast = (values: readonly number[]) =>
    meanOf(stillest.slice(0, LEAST).map((hour) => values[hour] ?? 0));
  const [flowLph, returnC] = [atLeast(flows), atLeast(returns)];
  // The share of the circulation in the flow goes with its inverse; what comes hotter from the district goes back so.
  const hasSupply = supplies?.length === flows.length;
  const drivers = [
    nightC,
    eveningC,
    1000 / (FLOOR_LPH + Math.max(flowLph, 0)),
    ...(hasSupply ? [atLeast(supplies)] : []),
  ];
  const name = hasSupply ? 'return by supply' : 'return';
  const days = memory(name);
  const [powers] = view.of('heatMain', 'heatPowerW', NIGHT);
  const { minDays } = settings;
  const grown = [
    {
      name: 'flow',
      value: Math.log(FLOOR_LPH + Math.max(flowLph, 0)),
      minSpread: 0.03,
      least: Math.log(FLOOR_LPH),
    },
    ...(powers?.length === flows.length
      ? [{ name: 'heat', value: atLeast(powers), minSpread: 0.03 * Math.abs(atLeast(powers)), least: 0 }]
      : []),
  ].map((one) => ({ ...one, days: memory(one.name) }));
  const learn = () => {
    learnDay(days, returnC, drivers);
    for (const one of grown) learnDay(one.days, one.value, [nightC]);
  };
  const usual = expectDay(days, returnC, drivers, { minDays, minSpread: RETURN_SPREAD_C });
  if (usual === undefined) {
    learn();
    return [];
  }
  const fallC = usual.expected - returnC;
  // Where nothing flows at all the line goes on beyond anything that was ever seen.
  const usualC = Math.min(usual.expected, Math.max(...daysOf(days).map(([before = 0]) => before)));
  // Without circulation less is taken, not more: a night with more is one in which the radiators begin to be warm. What the same water
  // gave up in addition, since it went back colder, is what is looked for here, and no more that is taken.
  const moreW = WATER_WH_PER_L_K * Math.max(flowLph, 0) * Math.max(fallC, 0);
  const isMore = grown.some(({ name: of, days: before, value, minSpread, least }) => {
    const night = expectDay(before, value, [nightC], { minDays, minSpread });
    const taken = of === 'heat' ? value - moreW : value;
    return (
      night !== undefined && taken - Math.max(night.expected, least) >= settings.moreSpreads * night.spread
    );
  });
  const least = Math.max(
    settings.spreads,
    settings.timesLately * offLately(nightsBefore(memory('off'), usual.z)),
  );
  return [
    {
      isOdd: !isMore && -usual.z >= least && fallC >= settings.minFallC,
      isUsual: isMore || -usual.z < settings.spreads / 2,
      told: {
        title: `Hot-water circulation stopped or cold: return of the night at ${inWords(returnC, '°C')} instead of ${inWords(usualC, '°C')}`,
        detail: `the return of ordinary nights like this one is at ${inWords(usualC, '°C')}, and it is at ${inWords(returnC, '°C')} (with ${inWords(flowLph, 'l/h')}, ${inWords(nightC, '°C')} outdoors): the circulation takes less heat. Legionella grows in pipes at 20 to 45 °C. First feel whether the circulation pump runs and its pipe is warm (at least 50 °C all the way back), then look at the set-point of the hot water and the non-return valve.`,
        facts: {
          unit: '°C',
          value: Math.round(returnC * 10) / 10,
          usual: Math.round(usualC * 10) / 10,
          flowLph: Math.round(flowLph),
          outdoorC: Math.round(nightC * 10) / 10,
          spreads: Math.round(-usual.z * 10) / 10,
        },
      },
      learn,
      memories: [name, ...grown.map((one) => one.name)],
    },
  ];
}

/** By how many spreads nights before were off; remembers this one. */
function nightsBefore(off: UsualDays, z: number): readonly number[] {
  const before = daysOf(off);
  keepDays(off, [...before, [z]].slice(-LATELY_NIGHTS));
  return before.map(([one = 0]) => one);
}

import { z } from 'zod';
import { type AddedUp, addDay } from '../../anomaly/added-up.ts';
import { asColdDays, BASE_C, degreesBelow } from '../../anomaly/degree-days.ts';
import { median } from '../../anomaly/median.ts';
import { daysOf, expectDay, keepDays, learnDay, type UsualDays } from '../../anomaly/usual-days.ts';
import { DAY_MS } from '../../domain/interval.ts';
import type { Register } from '../../domain/register.ts';
import { type DayVerdict, dayParameters, dayRule, type Memory, type OthersMemory } from '../days/day-rule.ts';
import type { DayView, Hours } from '../days/day-view.ts';
import { aboveShare, isShared } from '../days/shared.ts';
import { inWords } from '../in-words.ts';
import { integer, number } from '../parameters.ts';

const parameters = z.strictObject({
  ...dayParameters,
  use: z.enum(['heat', 'electricity']).describe('what is judged'),
  spreads: number(1, 100)
    .default(8)
    .describe(
      'told when what days are above the weather’s line, less the slack, adds up to so many spreads, …',
    ),
  slack: number(0, 10).default(1).describe('… of which so many a day are ordinary'),
  risePct: number(0, 1000).default(8).describe('… and the day itself is above by at least this, %'),
  minDays: integer(5, 42).default(14).describe('judged once so many ordinary days are known'),
  days: integer(1, 28).default(1).describe('so many days in a row'),
});
type UnexplainedUse = z.infer<typeof parameters>;

const DAY: Hours = [24, 0];
const BEFORE: Hours = [48, 24];
const NIGHT: Hours = [7, 0];
/** Days of such cold must be known, so many of them: what a house takes when heating begins is no line’s to say. */
const AS_COLD = 5;
/** One ordinary day of a kind of so many is remembered for a year: after a summer, a house takes what it took before it. */
const YEAR = { everyDays: 5, days: 365 };
/** Those are days like this one whose degrees differ by no more, and of its kind where they are so many; the least say what is usual. */
const ALIKE = { degrees: 2, ofKind: 5, least: 3 };
/** One of those took about as much when it took such a share. It is nothing new when more than such a part of them did. */
const AS_EVER = { share: 0.97, part: { heat: 0, electricity: 0.1 } };
/** One ordinary day in ten is above by no more than so many spreads: where cars are charged on some nights it is, and the spread is more. */
const TAIL = { share: 0.9, spreads: 1.6, least: 14 };

export const unexplainedUse = dayRule({
  type: 'unexplained-use',
  doc: `Heat or electricity of a building that weather does not explain: each day against a line through the ordinary days before,
by degree days of the day and the day before it, by weekend, and for electricity by how warm it is; what is above adds up (CUSUM), so
that a little more for many days is told as well as much for a few; what one day in ten is above by is ordinary, as when cars are
charged now and then. Of a day colder than all but some that are known nobody can say that it took more, one on which a third of the other
buildings take more as well, or that took as much in such weather within the year, is not told, and a house that exports electricity is
judged by its nights. Needs an outdoor thermometer in the building, its area or the organisation.`,
  parameters,
  sees: ({ role, quantity }) =>
    (role === 'heatMain' && quantity === 'heatEnergyWh') ||
    (role === 'electricityMain' && (quantity === 'activeEnergyWh' || quantity === 'exportedEnergyWh')),
  judge,
});

function judge(
  view: DayView,
  memory: Memory,
  settings: UnexplainedUse,
  _: Register,
  others: OthersMemory,
): readonly DayVerdict[] {
  const { use, minDays, spreads, slack, risePct } = settings;
  const [todayC, beforeC] = [view.outdoorC(DAY), view.outdoorC(BEFORE)];
  const powerW =
    use === 'heat'
      ? view.mean('heatMain', 'heatEnergyWh', DAY)
      : view.mean('electricityMain', 'activeEnergyWh', hoursOf(view, memory));
  if (powerW === undefined || todayC === undefined || beforeC === undefined) return [];
  const degrees = degreesBelow(todayC);
  const cooling = use === 'electricity' ? [Math.max(todayC - BASE_C, 0)] : [];
  const drivers = [degrees, degreesBelow(beforeC), view.isFree ? 1 : 0, ...cooling];
  // Heat is the weather’s on all days alike.
  const kind = use === 'electricity' && view.isFree ? 1 : 0;
  const day = Math.floor(view.endMs / DAY_MS);
  const learn = () => {
    learnDay(memory('days'), powerW, drivers);
    learnYear(memory('year'), { powerW, degrees, exportedW: exportedOf(view), kind, day });
  };
  const known = daysOf(memory('days'));
  const expectation = expectDay(memory('days'), powerW, drivers, { minDays, minSpread: 0.03 * powerW });
  if (expectation === undefined) {
    learn();
    return [];
  }
  const asCold = yearOf(memory('year')).filter((one) => Math.abs(one.degrees - degrees) <= ALIKE.degrees);
  const ofKind = asCold.filter((one) => one.kind === kind);
  const alike = (ofKind.length < ALIKE.ofKind ? asCold : ofKind).map((one) => one.powerW);
  // Where it is warmer than on all days before, a line says less than what the house takes without heating; after
  // weeks in which people were away, less electricity than they take at home.
  const expected = Math.max(
    expectation.expected,
    Math.min(...known.map(([one = 0]) => one)),
    use === 'heat' || alike.length < ALIKE.least ? 0 : median(alike),
  );
  const spread = Math.max(expectation.spread, tailOf(memory('above')) / TAIL.spreads);
  const z = (powerW - expected) / spread;
  // Of a day colder than those that are known a line cannot say that it took more, but that it did not.
  if (asColdDays(known, degrees) < AS_COLD && z > slack) {
    learn();
    return [];
  }
  const sums = memory('sum');
  const { sum, level } = addDay(sumsOf(sums), z, { most: spreads, slack });
  keepDays(sums, [[sum, z, level].map((one) => Math.round(one * 100) / 100)]);
  const risen = powerW - expected;
  const isEverywhere =
    sum >= spreads / 2 && isShared(others('sum'), (one) => (sumsOf(one)?.sum ?? 0) >= spreads / 2);
  const asMuch = alike.filter((one) => one >= AS_EVER.share * powerW);
  const isAsEver = asMuch.length > AS_EVER.part[use] * alike.length;
  const name = use === 'heat' ? 'heat' : 'electricity';
  return [
    {
      isOdd: sum >= spreads && risen >= (risePct / 100) * expected && !isAsEver && !isEverywhere,
      isUsual: sum < spreads / 2,
      told: {
        title: `More ${name} than the weather explains: ${inWords(powerW, 'W')} instead of ${inWords(expected, 'W')}`,
        detail: `in the mean of a day at ${inWords(todayC, '°C')} outdoors; up to ${inWords(expected + 2 * spread, 'W')} would be ordinary. ${texts[use]}`,
        facts: {
          unit: 'W',
          use,
          value: Math.round(powerW),
          usual: Math.round(expected),
          limit: Math.round(expected + 2 * spread),
          outdoorC: Math.round(todayC * 10) / 10,
          spreads: Math.round(z * 10) / 10,
          cusum: Math.round(sum * 10) / 10,
        },
      },
      // What adds up is not taken for ordinary, but that there are such days is known.
      learn: () => {
        learnDay(memory('above'), risen, []);
        if (isEverywhere || z < 2 * slack + 1) learn();
      },
      memories: ['days', 'sum'],
    },
  ];
}

/** What days have added up to, where any have. */
function sumsOf(sums: UsualDays): AddedUp | undefined {
  const [sum, z = 0, level = 0] = daysOf(sums)[0] ?? [];
  return sum === undefined ? undefined : { sum, z, level };
}

/** What nine of ten days are not above by, W; 0 of too few. */
function tailOf(days: UsualDays): number {
  return aboveShare(
    daysOf(days).map(([one = 0]) => one),
    TAIL,
  );
}

/** What a house with solar cells takes from the grid by day is the sun’s to say: it is judged by its nights. */
function hoursOf(view: DayView, memory: Memory): Hours {
  const hasExported = yearOf(memory('year')).some(({ exportedW }) => exportedW > 0);
  return hasExported || exportedOf(view) > 0 ? NIGHT : DAY;
}

function exportedOf(view: DayView): number {
  return view.mean('electricityMain', 'exportedEnergyWh', DAY) ?? 0;
}

/** Of an ordinary day of the year; kind: 1 for the electricity of weekends and holidays, else 0. */
const YEAR_COLUMNS = ['powerW', 'degrees', 'exportedW', 'kind', 'day'] as const;
type YearDay = Readonly<Record<(typeof YEAR_COLUMNS)[number], number>>;

function yearOf(year: UsualDays): readonly YearDay[] {
  return daysOf(year).map(([powerW = 0, degrees = 0, exportedW = 0, kind = 0, day = 0]) => ({
    powerW,
    degrees,
    exportedW,
    kind,
    day,
  }));
}

function learnYear(year: UsualDays, newest: YearDay): void {
  const known = yearOf(year);
  const last = known.findLast(({ kind }) => kind === newest.kind);
  if (last !== undefined && newest.day < last.day + YEAR.everyDays) return;
  const kept = known.filter(({ day }) => day > newest.day - YEAR.days);
  keepDays(
    year,
    [...kept, newest].map((one) => YEAR_COLUMNS.map((name) => one[name])),
  );
}

const texts: Readonly<Record<UnexplainedUse['use'], string>> = {
  heat: 'Likely the heating curve was raised, a set-back is lost, ventilation runs at night, hot water leaks, or a window stands open. First compare supply temperatures and running hours with the week before.',
  electricity:
    'Likely something new is on all day, heating is done by electricity, or fans and pumps run by hand. First compare the night with the nights before, then submeters.',
};

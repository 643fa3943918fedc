import { z } from 'zod';
import { extraterrestrialWm2 } from '../../anomaly/extraterrestrial.ts';
import { median } from '../../anomaly/median.ts';
import { type Day, daysOf, expectDay, keepDays, learnDay } from '../../anomaly/usual-days.ts';
import type { Register } from '../../domain/register.ts';
import { type DayVerdict, dayParameters, dayRule, type Memory } from '../days/day-rule.ts';
import type { DayView } from '../days/day-view.ts';
import { inWords } from '../in-words.ts';
import { integer, number } from '../parameters.ts';
import { isLight, isPvPoint, plantsIn, witnessesOf } from './pv-sun.ts';

const parameters = z.strictObject({
  ...dayParameters,
  lossPct: number(5, 95).default(25).describe('… and by at least this below, %, …'),
  days: integer(1, 28).default(2).describe('… for so many days in a row'),
  bestOfDays: integer(3, 28)
    .default(10)
    .describe(
      'where nothing tells how sunny it was: told when the best of so many days is below what it always was',
    ),
  latitudeDeg: number(-90, 90).default(59).describe('how high the sun stands by season, for that best day'),
});
type PvOutput = z.infer<typeof parameters>;

/** Logarithms: days differ by this much however alike they were. */
const LEAST_SPREAD = 0.08;
/** Snow lies on cells that give less than this of what they should while it is so cold, °C. */
const SNOWED_SHARE = 0.15;
const SNOW_C = 2;

export const pvOutput = dayRule({
  type: 'pv-output',
  doc: `Solar cells that give less than they should: a string, an inverter, a fuse, shade that was not there. How sunny a day was is
told by other plants and by light sensors (outdoors, else in rooms) of the area, each by the days before; where nothing tells it, by the
best of many days. Snow on the cells is passed over. Judged from meters of production: submeters whose channel, space or id says
pv, solar or sol.`,
  parameters,
  sees: (point, register) => isPvPoint(register, point) || isLight(point),
  judge,
});

function judge(view: DayView, memory: Memory, settings: PvOutput, register: Register): readonly DayVerdict[] {
  const own = plantsIn(register, view);
  if (own.size === 0) return [];
  const near = plantsIn(register, { byDevice: view.near });
  return [...own].flatMap(([plant, powerW]) => {
    const witnesses = witnessesOf(plant, near, view.near);
    return judgePlant(
      { plant, powerW, witnesses, view, memory: (name) => memory(`${plant}|${name}`) },
      settings,
    );
  });
}

type Plant = {
  readonly plant: string;
  /** In the mean of the daylight. */
  readonly powerW: number;
  readonly witnesses: ReadonlyMap<string, number>;
  readonly view: DayView;
  readonly memory: Memory;
};

function judgePlant(day: Plant, settings: PvOutput): readonly DayVerdict[] {
  const { plant, powerW, witnesses, view, memory } = day;
  const { lossPct, minDays, spreads } = settings;
  const said = Math.log(Math.max(powerW, 1));
  const best = bestDay(day, settings);
  const known = [...witnesses].flatMap(([name, sun]) => {
    const found = expectDay(memory(name), said, [sun], { minDays, minSpread: LEAST_SPREAD });
    return found === undefined ? [] : [{ name, ...found }];
  });
  const least = Math.log(1 - lossPct / 100);
  const low = known.filter(({ z, expected }) => z <= -spreads && said - expected <= least);
  const isLow = known.length > 0 ? 2 * low.length >= known.length : best?.isLow === true;
  const expectedW =
    known.length > 0
      ? Math.exp(median((low.length > 0 ? low : known).map(({ expected }) => expected)))
      : (best?.usualW ?? powerW);
  const outdoorC = view.outdoorC([24, 0]);
  if (isLow && outdoorC !== undefined && outdoorC < SNOW_C && powerW < SNOWED_SHARE * expectedW) return [];
  const lost = Math.round(100 * (1 - powerW / expectedW));
  return [
    {
      device: plant,
      isOdd: isLow,
      isUsual: known.length > 0 ? said - median(known.map(({ expected }) => expected)) > least / 2 : !isLow,
      told: {
        title: `Solar cells of ${plant} give ${lost} % less than they should: ${inWords(powerW, 'W')} instead of ${inWords(expectedW, 'W')}`,
        detail: `in the mean of the daylight, ${known.length > 0 ? `by ${low.map(({ name }) => names[name] ?? name).join(', ')}` : 'in the best of the last days'}. Likely a string or an inverter is down, a fuse has gone, or something shades the cells. First read the inverters’ fault memory and the current of each string.`,
        facts: {
          device: plant,
          value: Math.round(powerW),
          usual: Math.round(expectedW),
          limit: Math.round(expectedW * Math.exp(least)),
          lostPct: lost,
          unit: 'W',
        },
      },
      learn: () => {
        for (const [name, sun] of witnesses) learnPair(day, { name, sun, said }, settings);
        learnDay(memory('best'), Math.exp(said) / extraterrestrialWm2(view.endMs, settings.latitudeDeg), []);
      },
      memories: [...witnesses.keys(), 'best', 'recent'].map((name) => `${plant}|${name}`),
    },
  ];
}

const names: Readonly<Record<string, string>> = { light: 'light outdoors', rooms: 'light in rooms' };

/**
 * A day on which a plant gives far more than a witness says is one on which the witness failed: it is not learned, unless it is so
 * for weeks.
 */
function learnPair(
  { memory }: Plant,
  { name, sun, said }: { readonly name: string; readonly sun: number; readonly said: number },
  { minDays, spreads, acceptDays }: PvOutput,
): void {
  const found = expectDay(memory(name), said, [sun], { minDays, minSpread: LEAST_SPREAD });
  const skipped = memory(`${name}|skipped`);
  if (found === undefined || found.z < spreads) {
    keepDays(skipped, []);
    learnDay(memory(name), said, [sun]);
    return;
  }
  const days = (daysOf(skipped)[0]?.[0] ?? 0) + 1;
  keepDays(skipped, [[days]]);
  if (days < acceptDays) return;
  keepDays(skipped, []);
  keepDays(memory(name), []);
}

/**
 * The best of the last days against the least that the best of so many days in a row has been before, by season. A day that is low
 * is learned until it is known to be, so the last days are no example.
 */
function bestDay(
  { powerW, view, memory }: Plant,
  { bestOfDays, minDays, lossPct, latitudeDeg }: PvOutput,
): { readonly isLow: boolean; readonly usualW: number } | undefined {
  const season = extraterrestrialWm2(view.endMs, latitudeDeg);
  const recent = memory('recent');
  learnDay(recent, powerW / season, []);
  keepDays(recent, daysOf(recent).slice(-bestOfDays));
  const shares = (days: readonly Day[]) => days.map(([share = 0]) => share);
  const newest = shares(daysOf(recent));
  const before = shares(daysOf(memory('best'))).slice(0, -bestOfDays);
  if (newest.length < bestOfDays || before.length < bestOfDays + minDays) return undefined;
  const bests = before.slice(bestOfDays - 1).map((_, i) => Math.max(...before.slice(i, i + bestOfDays)));
  const usual = Math.min(...bests);
  const isLow = Math.max(...newest) < (1 - lossPct / 100) * usual;
  return { isLow, usualW: usual * season };
}

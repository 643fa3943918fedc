import { HOUR_MS } from '../domain/interval.ts';
import { bandOf, type ComfortLimits } from './limits.ts';

/** Means of an hour; what is missing is undefined. */
export type ComfortHour = {
  readonly fromMs: number;
  /** By the calendar of the place, 1 … 12. */
  readonly month: number;
  readonly temperatureC?: number | undefined;
  readonly humidityPct?: number | undefined;
  readonly co2Ppm?: number | undefined;
  readonly outdoorC?: number | undefined;
};

/**
 * A temperature that falls faster than an unheated room can. `window`: within an hour, as when a window stands open.
 * `heatingLost`: as fast as physics allows for six hours on end, as when nothing heats any more.
 */
export type Fall = {
  readonly kind: 'window' | 'heatingLost';
  readonly fromMs: number;
  readonly toMs: number;
  readonly fellC: number;
};

export type FlatComfort = {
  /** Hours with a temperature; shares are of them, 0 … 1. */
  readonly hours: number;
  readonly inBand: number;
  readonly tooCold: number;
  readonly severelyCold: number;
  readonly tooWarm: number;
  readonly meanC: number;
  readonly minC: number;
  readonly maxC: number;
  /** Mean at the reference outdoor temperature, or the nearest to it that there was, °C; the plain mean where outdoors is not known. */
  readonly correctedC: number;
  /** Mean outdoors in these hours, °C. */
  readonly outdoorC: number | undefined;
  /** Shares of the hours with a humidity and with CO₂; undefined without any. */
  readonly tooDry: number | undefined;
  readonly tooDamp: number | undefined;
  readonly stale: number | undefined;
  readonly falls: readonly Fall[];
};

/** So many unheated hours on end are no set-back. */
export const LOST_HOURS = 6;
/** An unheated room falls at no less than this part of what its time constant says. */
const LOST_SHARE = 0.4;
/** Hours of proof that a slope of none is worth, and the largest slope: a flat follows the weather by a part only. */
const SLOPE_PRIOR = 500;
const STEEPEST = 0.5;

/** Undefined when no temperature is known. Hours in order of time. */
export function flatComfort(
  hours: readonly ComfortHour[],
  limits: ComfortLimits,
  { isSensitive }: { readonly isSensitive: boolean },
): FlatComfort | undefined {
  const known = hours.flatMap((hour) =>
    hour.temperatureC === undefined ? [] : [{ ...hour, c: hour.temperatureC }],
  );
  if (known.length === 0) return undefined;
  const temperatures = known.map(({ c }) => c);
  const meanC = mean(temperatures);
  const bands = known.map((hour) => bandOf(limits, { month: hour.month, isSensitive }));
  const cold = known.map(({ c }, at) => c < (bands[at]?.minC ?? 0));
  const warm = known.map(({ c }, at) => c > (bands[at]?.maxC ?? 0));
  const humidities = hours.flatMap(({ humidityPct }) => (humidityPct === undefined ? [] : [humidityPct]));
  const outdoors = known.flatMap(({ outdoorC }) => (outdoorC === undefined ? [] : [outdoorC]));
  const co2 = hours.flatMap(({ co2Ppm }) => (co2Ppm === undefined ? [] : [co2Ppm]));
  return {
    hours: known.length,
    inBand: shareOf(known, (_, at) => !cold[at] && !warm[at]) ?? 0,
    tooCold: shareOf(cold, (is) => is) ?? 0,
    severelyCold: shareOf(temperatures, (c) => c < limits.severeC) ?? 0,
    tooWarm: shareOf(warm, (is) => is) ?? 0,
    meanC,
    minC: Math.min(...temperatures),
    maxC: Math.max(...temperatures),
    correctedC: corrected(known, meanC, limits.referenceOutdoorC),
    outdoorC: outdoors.length === 0 ? undefined : mean(outdoors),
    tooDry: shareOf(humidities, (pct) => pct < limits.dryPct),
    tooDamp: shareOf(humidities, (pct) => pct > limits.dampPct),
    stale: shareOf(co2, (ppm) => ppm > limits.co2Ppm),
    falls: fallsOf(known, meanC, limits),
  };
}

/**
 * How many °C a flat follows one of the weather: least squares drawn to none. `together`: sum of the products of what indoors and
 * outdoors are off their means; `spread`: of the squares of the latter.
 */
export function slopeOf(together: number, spread: number): number {
  return Math.min(Math.max(together / (spread + SLOPE_PRIOR), -STEEPEST), STEEPEST);
}

export type Cooling = 'faster' | 'unheated' | 'heated';

/**
 * What an hour's fall from `beforeC` to `nowC` says. Without heat a room nears the outdoor temperature by (indoor − outdoor) /
 * time constant in an hour (Newton's law of cooling); `faster` than that is an open window.
 */
export function coolingOf(
  { beforeC, nowC, outdoorC }: { readonly beforeC: number; readonly nowC: number; readonly outdoorC: number },
  { coolingHours, slackC }: Pick<ComfortLimits, 'coolingHours' | 'slackC'>,
): Cooling {
  const most = Math.max(beforeC - outdoorC, 0) / coolingHours;
  const fellC = beforeC - nowC;
  if (fellC > most + slackC) return 'faster';
  return most > 0.2 && fellC >= LOST_SHARE * most ? 'unheated' : 'heated';
}

/** The indoor mean moved along its own slope on the outdoor temperature, by least squares drawn to none. */
function corrected(
  hours: readonly (ComfortHour & { readonly c: number })[],
  meanC: number,
  referenceC: number,
): number {
  const both = hours.flatMap(({ c, outdoorC }) => (outdoorC === undefined ? [] : [{ c, outdoorC }]));
  if (both.length === 0) return meanC;
  const outdoors = both.map(({ outdoorC }) => outdoorC);
  const [indoor, outdoor] = [mean(both.map(({ c }) => c)), mean(outdoors)];
  const nearestC = Math.min(Math.max(referenceC, Math.min(...outdoors)), Math.max(...outdoors));
  let [together, spread] = [0, 0];
  for (const { c, outdoorC } of both) {
    together += (c - indoor) * (outdoorC - outdoor);
    spread += (outdoorC - outdoor) ** 2;
  }
  return meanC + slopeOf(together, spread) * (nearestC - outdoor);
}

/**
 * By {@link coolingOf}. Where outdoors is not known nothing can be said. Heating is lost on a cold day only, and by a flat that is
 * colder than it is in the mean: after a sunny day thermostats are closed.
 */
function fallsOf(
  hours: readonly (ComfortHour & { readonly c: number })[],
  meanC: number,
  limits: ComfortLimits,
): readonly Fall[] {
  const falls: Fall[] = [];
  const usualC = medianOf(hours.map(({ c }) => c).toSorted((a, b) => a - b));
  let slow = { from: 0, hours: 0 };
  for (let at = 1; at < hours.length; at += 1) {
    const [before, now] = [hours[at - 1], hours[at]];
    if (!before || !now || before.outdoorC === undefined || now.fromMs - before.fromMs !== HOUR_MS) {
      slow = { from: at, hours: 0 };
      continue;
    }
    const fellC = before.c - now.c;
    const cooling = coolingOf({ beforeC: before.c, nowC: now.c, outdoorC: before.outdoorC }, limits);
    // Back to what is usual is a sensor or a stove that was too warm, and no window.
    if (cooling === 'faster' && now.c < usualC - limits.slackC) {
      falls.push({ kind: 'window', fromMs: before.fromMs, toMs: now.fromMs, fellC });
    }
    slow =
      cooling === 'unheated'
        ? { from: slow.hours === 0 ? at - 1 : slow.from, hours: slow.hours + 1 }
        : { from: at, hours: 0 };
    const start = hours[slow.from];
    if (slow.hours < LOST_HOURS || !start || now.c >= meanC || !isCold(hours, at, limits)) continue;
    const fall: Fall = {
      kind: 'heatingLost',
      fromMs: start.fromMs,
      toMs: now.fromMs,
      fellC: start.c - now.c,
    };
    const known = falls.findLastIndex(({ kind, fromMs }) => kind === 'heatingLost' && fromMs === fall.fromMs);
    if (known === -1) falls.push(fall);
    else falls[known] = fall;
  }
  return falls;
}

/** Was it cold enough outdoors for heating, in the mean of the day up to an hour? */
function isCold(hours: readonly ComfortHour[], at: number, { heatingBelowC }: ComfortLimits): boolean {
  const toMs = hours[at]?.fromMs ?? 0;
  const outdoors = hours
    .slice(Math.max(at - 23, 0), at + 1)
    .flatMap(({ fromMs, outdoorC }) =>
      outdoorC === undefined || fromMs <= toMs - 24 * HOUR_MS ? [] : [outdoorC],
    );
  return outdoors.length > 0 && mean(outdoors) < heatingBelowC;
}

function shareOf<T>(values: readonly T[], holds: (value: T, at: number) => boolean): number | undefined {
  return values.length === 0 ? undefined : values.filter(holds).length / values.length;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function medianOf(sorted: readonly number[]): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[half] ?? 0) : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
}

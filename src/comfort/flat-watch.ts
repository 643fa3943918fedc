import { HOUR_MS } from '../domain/interval.ts';
import { coolingOf, LOST_HOURS, slopeOf } from './flat-comfort.ts';
import type { Discomfort, FlatWatch, Running } from './flat-state.ts';
import { bandOf, type ComfortLimits } from './limits.ts';
import { warmedPct } from './moist-air.ts';

export type WatchLimits = ComfortLimits & {
  /** Hours that the running mean of the temperature looks back, and that of the air; days that the balance does. */
  readonly meanHours: number;
  /** Too warm is the mean of so many hours: an afternoon's sun is over before anybody could do anything. */
  readonly warmHours: number;
  readonly airMeanHours: number;
  readonly balanceDays: number;
  /** Hours that a change is looked for in; a flat has changed that is by so much further from its neighbours than it usually is, °C. */
  readonly changeHours: number;
  readonly changeC: number;
  /** After so many days a change is how people live. */
  readonly adoptDays: number;
  /** How far back inside its limit ends what was found. */
  readonly hysteresisC: number;
  readonly hysteresisPct: number;
  readonly hysteresisPpm: number;
  /** Sun, people and what they use keep a house that nobody heats warmer than the day outdoors by up to this, °C. */
  readonly weatherC: number;
  /** What people may add to the water in the outdoor air, g/m³. */
  readonly supplementGPerM3: number;
  /** Where nothing is measured outdoors: as cold as it may be, °C. */
  readonly assumedOutdoorC: number;
};

/** A window that has been open for so long is none. */
const FALL_HOURS = 24;
/** Of the outdoor air: as dry as it is for a day while it freezes, and as damp as it is for a day of rain. */
const DRY_OUTDOORS_PCT = 55;
const DAMP_OUTDOORS_PCT = 95;
const FLAT_C = 0.05;
/** What every day takes a flat from its mean. */
const ORDINARY_C = 0.3;
/** Flats are known, and their usual temperature, after so many hours. */
const KNOWN_HOURS = 72;

/** Takes a value into the running hour. */
export function addValue(flat: FlatWatch, kind: 'temperature' | 'humidity' | 'co2', value: number): void {
  flat[kind][0] += value;
  flat[kind][1] += 1;
}

export type HourOutside = {
  readonly toMs: number;
  readonly month: number;
  readonly outdoorC: number | undefined;
};

/**
 * Ends the running hour and judges it. What was not measured in it stays as it was: a missing value is no fault. Where nobody
 * lives (`isHome`) no limit holds: a classroom's nights are cold, its lessons stale.
 */
export function closeHour(
  flat: FlatWatch,
  { toMs, month, outdoorC }: HourOutside,
  limits: WatchLimits,
  { isSensitive, isHome }: { readonly isSensitive: boolean; readonly isHome: boolean },
): void {
  const [airC, humidityPct, co2Ppm] = [flat.temperature, flat.humidity, flat.co2].map(([sum, count]) =>
    count > 0 ? sum / count : undefined,
  );
  flat.temperature = [0, 0];
  flat.humidity = [0, 0];
  flat.co2 = [0, 0];
  const judge = (kind: Discomfort, holds: boolean, sinceMs = toMs) => {
    if (holds && isHome) flat.holds[kind] ??= sinceMs;
    else delete flat.holds[kind];
  };
  const slack = (kind: Discomfort, by: number) => (flat.holds[kind] === undefined ? 0 : by);

  if (airC !== undefined || humidityPct !== undefined)
    follow(flat.outsideC, outdoorC ?? limits.assumedOutdoorC, limits.airMeanHours);
  if (airC !== undefined) {
    watchFall(flat, { airC, toMs, outdoorC: outdoorC ?? limits.assumedOutdoorC }, limits, judge);
    flat.heardMs = toMs;
    flat.airC = airC;
    follow(flat.recentC, airC, limits.changeHours);
    learn(flat, airC, limits);
    watchBalance(flat, airC, outdoorC ?? limits.referenceOutdoorC, limits);
    if (isKnown(follow(flat.meanC, airC, limits.meanHours), limits.meanHours)) {
      const { minC } = bandOf(limits, { month, isSensitive });
      judge('cold', flat.meanC.mean < minC + slack('cold', limits.hysteresisC));
    }
    if (isKnown(follow(flat.longC, airC, limits.warmHours), limits.warmHours)) {
      const maxC = mostC(flat, limits, { month, isSensitive }) - slack('warm', limits.hysteresisC);
      // What was warm yesterday and no longer is does not begin now.
      const warmC =
        flat.holds.warm === undefined ? Math.min(flat.longC.mean, flat.meanC.mean) : flat.longC.mean;
      judge('warm', warmC > maxC && (isSensitive || !isExplained(flat, maxC, limits)));
    }
  }
  if (humidityPct !== undefined) {
    if (isKnown(follow(flat.humidityPct, humidityPct, limits.airMeanHours), limits.airMeanHours)) {
      const { mean } = flat.humidityPct;
      // Frost dries the air of every flat, and a damp summer wets it: only what is beyond the weather is worth a word.
      const outsideC = flat.outsideC.mean;
      const indoorC = flat.meanC.hours > 0 ? flat.meanC.mean : limits.coldC;
      const dryest = warmedPct({ airC: outsideC, humidityPct: DRY_OUTDOORS_PCT }, indoorC);
      const dampest = warmedPct(
        { airC: outsideC, humidityPct: DAMP_OUTDOORS_PCT },
        indoorC,
        limits.supplementGPerM3,
      );
      judge('dry', mean < Math.min(limits.dryPct, dryest) + slack('dry', limits.hysteresisPct));
      judge('damp', mean > Math.max(limits.dampPct, dampest) - slack('damp', limits.hysteresisPct));
    }
  }
  if (
    co2Ppm !== undefined &&
    isKnown(follow(flat.co2Ppm, co2Ppm, limits.airMeanHours), limits.airMeanHours)
  ) {
    judge('stale', flat.co2Ppm.mean > limits.co2Ppm - slack('stale', limits.hysteresisPpm));
  }
}

/** While nobody heats it is summer, whatever the month: no valve and no curve would make the flat cooler. */
function mostC(
  { outsideC }: FlatWatch,
  limits: WatchLimits,
  of: { readonly month: number; readonly isSensitive: boolean },
): number {
  const { maxC } = bandOf(limits, of);
  const isHeated = of.isSensitive || outsideC.mean < limits.heatingBelowC;
  return isHeated ? maxC : Math.max(maxC, limits.summerWarmC);
}

/** What hot weather does to every flat nobody can mend, and what has moved one from its neighbours is told by what knows of it. */
function isExplained(
  { longC: { mean }, outsideC, offC, holds }: FlatWatch,
  maxC: number,
  { weatherC, hysteresisC }: WatchLimits,
): boolean {
  const slackC = holds.warm === undefined ? 0 : hysteresisC;
  return outsideC.mean + weatherC >= mean + slackC || (offC > ORDINARY_C && mean - offC <= maxC);
}

/** The mean by which a flat is too cold or too warm, °C. */
export function feltC({ meanC, longC }: FlatWatch, kind: Discomfort): number {
  return kind === 'warm' ? longC.mean : meanC.mean;
}

/** How much warmer the flat was over the last hours than it usually is, °C; undefined before it is known. */
export function changeOf({ usualC, recentC }: FlatWatch): number | undefined {
  return usualC.hours < KNOWN_HOURS ? undefined : recentC.mean - usualC.mean;
}

/**
 * Weather, the plant and the season change all flats alike: a flat whose change is not that of its neighbours (`othersC`, their
 * median) has changed itself: a valve that sticks, a radiator without flow, a window. Without neighbours nothing can be said.
 */
export function judgeChange(
  flat: FlatWatch,
  othersC: number | undefined,
  toMs: number,
  { changeC, hysteresisC }: WatchLimits,
): void {
  const own = changeOf(flat);
  flat.offC = own === undefined || othersC === undefined ? 0 : own - othersC;
  if (-flat.offC > changeC - (flat.holds.behind === undefined ? 0 : hysteresisC)) flat.holds.behind ??= toMs;
  else delete flat.holds.behind;
}

/** The flat's running mean at the reference outdoor temperature, °C; undefined before it is three days old. */
export function balancedC(
  { balance: [weight, indoor, outdoor, product, square], balanceHours }: FlatWatch,
  { referenceOutdoorC }: Pick<ComfortLimits, 'referenceOutdoorC'>,
): number | undefined {
  if (balanceHours < KNOWN_HOURS || weight <= 0) return undefined;
  const [indoorC, outdoorC] = [indoor / weight, outdoor / weight];
  const slope = slopeOf(product - weight * indoorC * outdoorC, square - weight * outdoorC ** 2);
  return indoorC + slope * (referenceOutdoorC - outdoorC);
}

function follow(running: Running, value: number, hours: number): Running {
  // While it is young, a plain mean.
  running.hours = Math.min(running.hours + 1, hours);
  running.mean += (value - running.mean) / Math.max(running.hours, 1);
  return running;
}

function isKnown({ hours }: Running, least: number): boolean {
  return hours >= least;
}

function watchBalance(flat: FlatWatch, airC: number, outdoorC: number, { balanceDays }: WatchLimits): void {
  const fade = Math.exp(-1 / (24 * balanceDays));
  const [weight, indoor, outdoor, product, square] = flat.balance;
  flat.balance = [
    weight * fade + 1,
    indoor * fade + airC,
    outdoor * fade + outdoorC,
    product * fade + airC * outdoorC,
    square * fade + outdoorC ** 2,
  ];
  flat.balanceHours = Math.min(flat.balanceHours + 1, 1e6);
}

/**
 * What is usual follows slowly. A flat that moves away from its neighbours is asked to be where they let expect it, so that a fault
 * is not learned, nor its end a change; after `adoptDays` it lives like that.
 */
function learn(flat: FlatWatch, airC: number, { changeC, adoptDays, balanceDays }: WatchLimits): void {
  const isSuspect = Math.abs(flat.offC) > changeC / 2;
  flat.suspectHours = isSuspect ? flat.suspectHours + 1 : 0;
  if (flat.suspectHours > 24 * adoptDays) {
    flat.usualC.mean += flat.offC;
    flat.suspectHours = 0;
  } else follow(flat.usualC, isSuspect ? airC - flat.offC : airC, 24 * balanceDays);
}

function watchFall(
  flat: FlatWatch,
  { airC, toMs, outdoorC }: { readonly airC: number; readonly toMs: number; readonly outdoorC: number },
  limits: WatchLimits,
  judge: (kind: Discomfort, holds: boolean, sinceMs?: number) => void,
): void {
  const { fall, unheated } = flat;
  if (fall) {
    fall.lowC = Math.min(fall.lowC, airC);
    const isMadeGood = airC >= (fall.fromC + fall.lowC) / 2;
    if (isMadeGood || toMs - fall.sinceMs > FALL_HOURS * HOUR_MS) {
      delete flat.fall;
      judge('window', false);
    }
  }
  const isNext = toMs - flat.heardMs === HOUR_MS;
  const cooling = isNext ? coolingOf({ beforeC: flat.airC, nowC: airC, outdoorC }, limits) : 'heated';
  // Back to what is usual is a sensor or a stove that was too warm, and no window.
  const isLow = flat.usualC.hours < KNOWN_HOURS || airC < flat.usualC.mean - limits.slackC;
  if (cooling === 'faster' && isLow && !flat.fall) {
    flat.fall = { sinceMs: flat.heardMs, fromC: flat.airC, lowC: airC };
    judge('window', true, flat.heardMs);
  }
  // What was told as lost goes on until it gets warmer: the colder it is, the slower it falls.
  const isFalling = cooling === 'unheated' || (unheated.hours >= LOST_HOURS && airC < flat.airC + FLAT_C);
  if (!isNext || !isFalling) flat.unheated = { hours: 0, sinceMs: toMs, fromC: airC };
  else if (unheated.hours === 0) flat.unheated = { hours: 1, sinceMs: flat.heardMs, fromC: flat.airC };
  else unheated.hours += 1;
  // Where it is mild, or the flat is as warm as it uses to be, thermostats are closed: it cools without heat, and nothing is lost.
  const isMissed =
    flat.outsideC.mean < limits.heatingBelowC &&
    (flat.usualC.hours < KNOWN_HOURS || airC < flat.usualC.mean - ORDINARY_C);
  judge('heatingLost', isMissed && flat.unheated.hours >= LOST_HOURS, flat.unheated.sinceMs);
}

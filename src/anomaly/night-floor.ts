import { z } from 'zod';
import { HOUR_MS, MINUTE_MS } from '../domain/interval.ts';
import { MAD_TO_SIGMA, median } from './median.ts';
import { nightStepSchema, noteNight, ordinaryNights, stepOf } from './night-step.ts';
import { driversOf, expectFloor, type NightWeather } from './night-weather.ts';
import type { StepLimits } from './step.ts';
import { daysOf, keepDays, learnDay, noDays, usualDaysSchema } from './usual-days.ts';

/** A slot is at least so long, and at most: a meter that says less often cannot tell when it stood still. */
const SLOT_MS = { min: HOUR_MS / 2, max: 2 * HOUR_MS };
/** One night of much is a party: it counts for no more than this among those that must be above together. */
const MOST_TIMES = 2;
/** So many nights are remembered. */
const NIGHTS = 28;
/** A night so far below, in times of what it may be above, is none to learn from, unless more than so many of them are in a row. */
const LOW = { times: -4, nights: 10 };
/** What was told ends when a night is above by no more than this, or than this share of what was told: the rest is told anew, if it stays. */
const BACK = { times: 0.5, share: 0.1 };
/** A night is above by itself when it is so many times as far above as the upper quarter of other places. */
const OF_OTHERS = 2;

/** What the night floor of one register is known by. Plain JSON of bounded size. */
export const nightFloorSchema = z.object({
  /** Where the running slot began. */
  fromMs: z.number(),
  fromValue: z.number(),
  lastMs: z.number(),
  /** The night that is being looked at: its local day, when its first slot began, its least rate, how much of it was seen. */
  night: z
    .object({ dayMs: z.number(), sinceMs: z.number(), floor: z.number(), seenMs: z.number() })
    .exactOptional(),
  /** Floors of ordinary nights, the newest last, in the register's unit per hour. */
  floors: z.array(z.number()),
  /** The same of those whose weather is known, with it: {@link driversOf}. */
  weathered: usualDaysSchema.exactOptional(),
  /** Nights in a row above the limit, and when the first of them began. */
  above: z.number(),
  aboveSinceMs: z.number(),
  /** By how many times as much as they must be those nights are above, together; each counts for {@link MOST_TIMES} at most. */
  aboveTimes: z.number().default(0),
  /** Nights in a row that were far below. */
  low: z.number().default(0),
  isUp: z.boolean(),
  /** By how many times as much as it must be the night was above that was told. */
  toldTimes: z.number().exactOptional(),
  /** Newest nights, where steps are asked for. */
  newest: nightStepSchema.exactOptional(),
});
export type NightFloor = z.infer<typeof nightFloorSchema>;

export type NightLimits = {
  /** The night, in local minutes of the day. */
  readonly fromMinute: number;
  readonly toMinute: number;
  /** Nights that must be known before one is judged. */
  readonly minNights: number;
  /** Nights in a row that must be above. */
  readonly nights: number;
  /** The least rise, in the register's unit per hour, in % of what is usual, and in spreads of ordinary nights. */
  readonly minRise: number;
  readonly risePct: number;
  readonly spreads: number;
  /** An ordinary night may be so many times as far above the median as the highest that is known. */
  readonly reserve: number;
  /** Where the weather is known: spreads of nights of such weather, instead of spreads and reserve. Absent: not asked. */
  readonly weatherSpreads?: number;
  /** Those nights together are so many times as far above as one must be: what is hardly above has to go on. */
  readonly together?: number;
  /** Nights that are a little above at once are told, too, unless many others are: asked then. Absent: they are not. */
  readonly step?: StepLimits;
  /** A night that is so many times as far above as it must be is enough by itself. */
  readonly sure: number;
  /** After so many nights in a row the new floor is what is usual. */
  readonly acceptNights: number;
};

/** Of a zone: local minute of the day, and when the local day began. */
export type LocalClock = (atMs: number) => { readonly minuteOfDay: number; readonly dayMs: number };

/** Of the night that ended then; undefined: nobody knows. */
export type WeatherAt = (nightEndMs: number) => NightWeather | undefined;

/** What other places do in the night of a local day. */
export type OtherPlaces = {
  /** By how many times as much as one night may be their upper quarter is above; 0 where too few are known. */
  readonly timesAbove: (dayMs: number) => number;
  /** Have many of them been above for some nights, if only by half? */
  readonly areAbove: (dayMs: number) => boolean;
};
const NO_OTHERS: OtherPlaces = { timesAbove: () => 0, areAbove: () => false };

export type NightChange = {
  readonly is: 'up' | 'normal' | 'accepted';
  readonly sinceMs: number;
  /** Of the night that changed it, what is usual, and from where on it is too much: unit per hour. */
  readonly floor: number;
  readonly usual: number;
  readonly limit: number;
  readonly nights: number;
  /** Floor is the mean of those nights, each a little above. */
  readonly isMean?: true;
  /** The weather by which it was judged. */
  readonly weather?: NightWeather;
};

export function createNightFloor(atMs: number, value: number): NightFloor {
  return {
    fromMs: atMs,
    fromValue: value,
    lastMs: atMs,
    floors: [],
    above: 0,
    aboveSinceMs: 0,
    aboveTimes: 0,
    low: 0,
    isUp: false,
  };
}

/**
 * Folds a reading of a register: the least rate of any half-hour to two hours of the night against that of the nights
 * before: those of such weather where it is known, else all (median and its absolute deviation). What goes on all night lifts
 * it; what comes and goes does not. Late readings are passed over, a gap is no slot, and a night seen for less than half is not
 * judged. Says what changed, if anything.
 */
export function foldNight(
  state: NightFloor,
  reading: { readonly atMs: number; readonly value: number },
  limits: NightLimits,
  clock: LocalClock,
  weatherAt: WeatherAt = () => undefined,
  others = NO_OTHERS,
): NightChange | undefined {
  const { atMs, value } = reading;
  if (atMs <= state.lastMs) return undefined;
  state.lastMs = atMs;
  const lengthMs = atMs - state.fromMs;
  if (lengthMs < SLOT_MS.min) return undefined;
  const { fromMs } = state;
  const rate = ((value - state.fromValue) * HOUR_MS) / lengthMs;
  state.fromMs = atMs;
  state.fromValue = value;
  const { minuteOfDay, dayMs } = clock(fromMs);
  const change =
    state.night !== undefined && isPast(state.night, fromMs, limits)
      ? judge(state, limits, weatherAt, others)
      : undefined;
  const startsInside = minuteOfDay >= limits.fromMinute && minuteOfDay < limits.toMinute;
  const endsInside = minuteOfDay + lengthMs / MINUTE_MS <= limits.toMinute + 1;
  if (rate < 0 || lengthMs > SLOT_MS.max || !startsInside || !endsInside) return change;
  const { night } = state;
  if (night?.dayMs !== dayMs) state.night = { dayMs, sinceMs: fromMs, floor: rate, seenMs: lengthMs };
  else {
    night.floor = Math.min(night.floor, rate);
    night.seenMs += lengthMs;
  }
  return change;
}

/** A night is over when a slot begins an hour of slack behind its end (days of 25 hours included). */
function isPast({ dayMs }: { readonly dayMs: number }, fromMs: number, { toMinute }: NightLimits): boolean {
  return fromMs >= dayMs + toMinute * MINUTE_MS + HOUR_MS;
}

function judge(
  state: NightFloor,
  limits: NightLimits,
  weatherAt: WeatherAt,
  others: OtherPlaces,
): NightChange | undefined {
  const { night } = state;
  delete state.night;
  if (!night || night.seenMs < ((limits.toMinute - limits.fromMinute) * MINUTE_MS) / 2) return undefined;
  const weather =
    limits.weatherSpreads === undefined ? undefined : weatherAt(night.dayMs + limits.toMinute * MINUTE_MS);
  const learn = () => {
    state.floors.push(night.floor);
    if (state.floors.length > NIGHTS) state.floors.shift();
    if (weather === undefined) return;
    state.weathered ??= noDays();
    learnDay(state.weathered, night.floor, driversOf(weather));
  };
  const ordinary = ordinaryOf(state, night.floor, limits, weather);
  if (ordinary === undefined) {
    learn();
    return undefined;
  }
  const { usual, rise } = ordinary;
  const told = (is: NightChange['is']): NightChange => ({
    is,
    sinceMs: state.aboveSinceMs,
    floor: night.floor,
    usual,
    limit: usual + rise,
    nights: state.above,
    ...(weather && ordinary.isOfWeather ? { weather } : {}),
  });
  const times = (night.floor - usual) / rise;
  const step = stepUp(state, night.dayMs, times, limits.step);
  if (step !== undefined && !others.areAbove(night.dayMs)) {
    // They are none to learn what is usual from.
    const learned = ordinaryNights(state.newest ?? [], step.nights);
    state.floors = state.floors.slice(0, state.floors.length - learned);
    const known = daysOf(state.weathered ?? noDays());
    if (state.weathered) keepDays(state.weathered, known.slice(0, Math.max(known.length - learned, 0)));
    Object.assign(state, {
      isUp: true,
      above: step.nights,
      aboveSinceMs: step.sinceMs,
      toldTimes: step.times,
    });
    const floor = usual + step.times * rise;
    return { ...told('up'), floor, limit: usual + (limits.step?.mean ?? 1) * rise, isMean: true };
  }
  const isBack = state.isUp && times <= Math.max(BACK.times, BACK.share * (state.toldTimes ?? 0));
  const ended = isBack ? told('normal') : undefined;
  if (isBack) Object.assign(state, { above: 0, aboveTimes: 0, isUp: false });
  const isAbove = state.isUp || (times > 1 && times >= OF_OTHERS * others.timesAbove(night.dayMs));
  if (isAbove) {
    if (state.above === 0) state.aboveSinceMs = night.sinceMs;
    state.above += 1;
    state.low = 0;
    state.aboveTimes += Math.min(times, MOST_TIMES);
    if (state.above >= limits.acceptNights) {
      const accepted = told('accepted');
      Object.assign(state, { floors: [], above: 0, aboveTimes: 0, isUp: false });
      delete state.weathered;
      learn();
      return accepted;
    }
    const isSure = times > limits.sure;
    const isEnough = state.above >= limits.nights && state.aboveTimes >= (limits.together ?? 0);
    if (isBack || state.isUp || !(isEnough || isSure)) return ended;
    Object.assign(state, { isUp: true, toldTimes: times });
    return told('up');
  }
  state.low = times < LOW.times ? state.low + 1 : 0;
  Object.assign(state, { above: 0, aboveTimes: 0 });
  if (state.low === 0 || state.low > LOW.nights) learn();
  return ended;
}

/** Takes a night in, and says whether those before it were a step with it. */
function stepUp(state: NightFloor, dayMs: number, times: number, limits: StepLimits | undefined) {
  if (limits === undefined) return undefined;
  state.newest = noteNight(state.newest ?? [], dayMs, times);
  return state.isUp ? undefined : stepOf(state.newest, limits);
}

/** What a night is usually, and by how much it may be more. Undefined: nobody can say. */
function ordinaryOf(
  { floors, weathered = noDays() }: NightFloor,
  floor: number,
  limits: NightLimits,
  weather: NightWeather | undefined,
): { readonly usual: number; readonly rise: number; readonly isOfWeather: boolean } | undefined {
  const { minNights, minRise, risePct, spreads, reserve, weatherSpreads } = limits;
  if (floors.length < minNights) return undefined;
  const riseOf = (usual: number, span: number) => Math.max(minRise, (risePct / 100) * usual, span);
  // A thermometer that is new has to be known as long as the meter had.
  if (weather && weatherSpreads !== undefined && daysOf(weathered).length >= minNights) {
    const found = expectFloor(weathered, floor, weather);
    if (found === undefined) return undefined;
    const { expected: usual, spread } = found;
    return { usual, rise: riseOf(usual, weatherSpreads * spread), isOfWeather: true };
  }
  const usual = median(floors);
  const spread = MAD_TO_SIGMA * median(floors.map((known) => Math.abs(known - usual)));
  // Seven nights know little of a spread that is skewed: what the highest of them was belongs to it.
  const span = Math.max(spreads * spread, reserve * (Math.max(...floors) - usual));
  return { usual, rise: riseOf(usual, span), isOfWeather: false };
}

import { z } from 'zod';
import {
  createNightFloor,
  foldNight,
  type NightChange,
  type NightLimits,
  nightFloorSchema,
  type OtherPlaces,
} from '../../anomaly/night-floor.ts';
import { newestTimes, timesAround } from '../../anomaly/night-step.ts';
import type { PlacedPoint } from '../../domain/reading.ts';
import { isoTime } from '../../domain/time.ts';
import { aboutPoint } from '../about.ts';
import { createBuildingStates } from '../building-states.ts';
import { inWords } from '../in-words.ts';
import { localClock } from '../local-clock.ts';
import { integer, number } from '../parameters.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { isOutdoor } from './hour-store.ts';
import { weatherAt } from './outdoors.ts';
import { isShared, upperQuarter } from './shared.ts';

/** What every rule about the least use of a night may be told. */
export const nightParameters = {
  fromHour: number(0, 23).default(1).describe('the night begins, local time'),
  toHour: number(1, 24).default(5).describe('… and ends, local time, on the same day'),
  minNights: integer(3, 28).default(7).describe('judged once so many nights are known'),
  acceptNights: integer(2, 366)
    .default(28)
    .describe('after so many nights in a row it is what is usual, and the alert ends'),
};

type Hours = {
  readonly fromHour: number;
  readonly toHour: number;
  readonly minNights: number;
  readonly acceptNights: number;
};

export const isNight = ({ fromHour, toHour }: Hours) => toHour - fromHour >= 2;
export const NOT_A_NIGHT = { message: 'must be at least two hours after fromHour', path: ['toHour'] };

type NightRule<P> = {
  readonly quantity: PlacedPoint['quantity'];
  /** `waterVolumeL` is told in l/h, `activeEnergyWh` in W. */
  readonly unit: 'W' | 'l/h';
  readonly limits: (
    parameters: P,
  ) => Pick<
    NightLimits,
    'nights' | 'minRise' | 'risePct' | 'spreads' | 'reserve' | 'sure' | 'weatherSpreads' | 'together' | 'step'
  >;
  /** It asks for the weather: with `weatherSpreads` of the limits. */
  readonly hasWeather?: true;
  readonly texts: Readonly<Record<'title' | 'cause' | 'todo', string>>;
};

/** Such a share of the others that are so many times as far above as one night may be. */
const MANY = { share: 0.2, times: 0.5 };

/** A rule about the least use of a night, of registers. */
export function createNightRule<P extends Hours>(
  context: RuleContext<P>,
  { quantity, unit, limits, hasWeather, texts }: NightRule<P>,
): Rule<P> {
  const states = createBuildingStates(z.record(z.string(), nightFloorSchema), () => ({}));
  const clock = localClock(context.register);
  // Made once for each entry: this runs for every reading of a register.
  const made = new Map<P, NightLimits>();
  const limitsOf = (parameters: P): NightLimits => {
    const known = made.get(parameters);
    if (known) return known;
    const { fromHour, toHour, minNights, acceptNights } = parameters;
    const night = { fromMinute: fromHour * 60, toMinute: toHour * 60, minNights, acceptNights };
    const all = { ...night, ...limits(parameters) };
    made.set(parameters, all);
    return all;
  };

  /** What many of the other buildings do is the weather. Made once for each building: this runs for every reading of a register. */
  const placesBeside = new Map<string, OtherPlaces>();
  const othersOf = (building: string): OtherPlaces => {
    const known = placesBeside.get(building);
    if (known) return known;
    const nights = () =>
      states.others(building).flatMap((points) => Object.values(points).map(({ newest = [] }) => newest));
    const others: OtherPlaces = {
      timesAbove: (dayMs) => upperQuarter(nights().flatMap((newest) => timesAround(newest, dayMs) ?? [])),
      areAbove: (dayMs) =>
        isShared(nights(), (newest) => newestTimes(newest, dayMs) >= MANY.times, MANY.share),
    };
    placesBeside.set(building, others);
    return others;
  };

  return {
    sees: (point) => point.quantity === quantity,
    seesHoursOf: (point) => hasWeather === true && isOutdoor(point),
    onReading: ({ point, atMs, value }, { parameters, told }, emit) => {
      const points = states.of(point.building);
      const state = points[point.key];
      if (state === undefined) {
        points[point.key] = createNightFloor(atMs, value);
        return;
      }
      const change = foldNight(
        state,
        { atMs, value },
        limitsOf(parameters),
        clock,
        weatherAt(context, point.building),
        othersOf(point.building),
      );
      if (change === undefined) return;
      const about = { ...told, ...aboutPoint(point), atMs };
      if (change.is !== 'up') {
        emit({ ...about, holds: false });
        return;
      }
      emit({
        ...about,
        holds: true,
        ...wordsOf(change, point.device, unit, texts),
        facts: {
          device: point.device,
          quantity,
          since: isoTime(change.sinceMs),
          nights: change.nights,
          value: round(change.floor),
          usual: round(change.usual),
          limit: round(change.limit),
          unit,
          ...(change.isMean ? { isMean: true } : {}),
          ...(change.weather ? { outdoorC: round(change.weather.nightC, 10) } : {}),
          timesLimit: round((change.floor - change.usual) / Math.max(change.limit - change.usual, 1e-9), 10),
        },
      });
    },
    snapshot: states.snapshot,
    restore: states.restore,
  };
}

function wordsOf(
  { sinceMs, floor, usual, limit, nights, weather, isMean }: NightChange,
  device: string,
  unit: NightRule<never>['unit'],
  { title, cause, todo }: NightRule<never>['texts'],
) {
  const [now, before, most] = [floor, usual, limit].map((value) => inWords(value, unit));
  const then = weather ? ` at ${round(weather.nightC, 10)} °C outdoors` : '';
  return {
    title: `${title}: ${now} instead of ${before} at ${device}`,
    detail: `Since ${isoTime(sinceMs)} (${nights === 1 ? 'one night' : `${nights} nights`}) ${isMean ? 'in the mean' : 'never less than'} ${now}; up to ${most} would be ordinary${then}. ${cause} ${todo}`,
  };
}

function round(value: number, parts = 1): number {
  return Math.round(value * parts) / parts;
}

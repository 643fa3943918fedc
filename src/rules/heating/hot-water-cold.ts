import { z } from 'zod';
import {
  createHourExtremes,
  endedHours,
  foldExtremes,
  type HourExtremes,
  hourExtremesSchema,
} from '../../anomaly/hour-extremes.ts';
import type { Said } from '../../domain/alert.ts';
import { type PlacedPoint, pointKey } from '../../domain/reading.ts';
import { isoTime } from '../../domain/time.ts';
import { aboutPoint } from '../about.ts';
import { createBuildingStates } from '../building-states.ts';
import { inWords } from '../in-words.ts';
import { integer, limitIn } from '../parameters.ts';
import type { RuleDefinition } from '../rule.ts';
import { isHotWater } from './hot-water-points.ts';

const parameters = z
  .strictObject({
    minC: limitIn(['hotWaterTemperatureC'])
      .prefault(50)
      .describe('hot water must not be colder than this, °C'),
    coldHours: integer(1, 24).default(2).describe('told when it was, at some moment, in so many hours …'),
    ofHours: integer(1, 23).default(6).describe('… of the newest so many'),
  })
  .refine(({ coldHours, ofHours }) => coldHours <= ofHours, {
    message: 'must be at most ofHours',
    path: ['coldHours'],
  });
type HotWaterCold = z.infer<typeof parameters>;

/** What was heard longer ago says nothing about today. */
const SPARSE_HOURS = 72;

const pointSchema = z.object({ extremes: hourExtremesSchema, isCold: z.boolean(), sinceMs: z.number() });
type PointState = z.infer<typeof pointSchema>;

export const hotWaterCold: RuleDefinition<HotWaterCold> = {
  type: 'hot-water-cold',
  doc: `Hot water, or its circulation, colder than 50 °C: Legionella grows at 20 to 45 °C, and the building code (BFS 2011:6, 6:622)
wants at least 50 °C at the tap and in the circulation, its return included. It asks each hotWaterTemperatureC, and of submeters whose
channel, space or kind of space is called circulation (vvc) or hot-water the probes, of the circulation its return as well. It tells water that is cold at all hours (the
set-point, the heat exchanger) from water that is cold while nobody draws any (the circulation stands still).`,
  level: 'point',
  parameters: () => parameters,
  defaults: { severity: 'warning', forMs: 0, clearMs: 12 * 3_600_000 },
  create: ({ register }) => {
    const states = createBuildingStates(z.record(z.string(), pointSchema), () => ({}));
    return {
      sees: (point) => isHotWater(point, register()),
      onReading: ({ point, atMs, value }, { parameters: limits, told }, emit) => {
        const points = states.of(point.building);
        if (isSaidTwice(point, points)) return;
        points[point.key] ??= { extremes: createHourExtremes(), isCold: false, sinceMs: 0 };
        const state = points[point.key];
        if (state === undefined || !foldExtremes(state.extremes, atMs, value)) return;
        const hours = newest(state.extremes, limits);
        const cold = hours.filter(({ lowest }) => lowest < limits.minC);
        const isCold = cold.length >= (state.isCold ? 1 : limits.coldHours);
        if (isCold === state.isCold) return;
        state.isCold = isCold;
        if (isCold) state.sinceMs = cold[0]?.fromMs ?? atMs;
        const about = { ...told, ...aboutPoint(point), atMs };
        if (isCold) emit({ ...about, holds: true, ...wordsOf(point, limits, state.sinceMs, hours) });
        else emit({ ...about, holds: false });
      },
      snapshot: states.snapshot,
      restore: states.restore,
    };
  },
};

/** A meter that names the hot water is not asked for its return as well: it is the same water. */
function isSaidTwice(
  { device, quantity, channel }: PlacedPoint,
  points: Readonly<Record<string, PointState>>,
) {
  return (
    quantity !== 'hotWaterTemperatureC' &&
    points[
      pointKey({ device, quantity: 'hotWaterTemperatureC', ...(channel === undefined ? {} : { channel }) })
    ] !== undefined
  );
}

/** A thermometer that speaks by the day is asked for the newest hours in which it did. */
function newest(extremes: HourExtremes, { coldHours, ofHours }: HotWaterCold) {
  const hours = endedHours(extremes, ofHours);
  return hours.length < coldHours ? endedHours(extremes, SPARSE_HOURS).slice(-coldHours) : hours;
}

function wordsOf(
  point: PlacedPoint,
  { minC }: HotWaterCold,
  sinceMs: number,
  hours: ReturnType<typeof endedHours>,
): Said {
  const lowestC = Math.min(...hours.map(({ lowest }) => lowest));
  // The hour in which it began was warm before.
  const after = hours.filter(({ fromMs }) => fromMs > sinceMs);
  const highestC = Math.max(...(after.length > 0 ? after : hours).map(({ highest }) => highest));
  const place = point.channel === undefined ? point.device : `${point.device} (${point.channel})`;
  // Water that somebody draws comes warm from the plant when only the circulation has failed.
  const isStanding = highestC >= minC;
  return {
    title: `Hot water cold: ${inWords(lowestC, '°C')} at ${place}${isStanding ? ', circulation likely stopped' : ''}`,
    detail: `Since ${isoTime(sinceMs)} between ${inWords(lowestC, '°C')} and ${inWords(highestC, '°C')}; at least ${minC} °C are needed all the way, because Legionella grows at 20 to 45 °C. ${
      isStanding
        ? 'It is warm when somebody draws and cold in between: first look whether the circulation pump runs and its valves are open.'
        : 'It is cold also when somebody draws: first look at the set-point of the hot water, then at the heat exchanger, its control valve and the tank. After longer than a day, flush the taps with hot water.'
    }`,
    facts: {
      device: point.device,
      quantity: point.quantity,
      since: isoTime(sinceMs),
      value: round(lowestC),
      highest: round(highestC),
      limit: minC,
      cause: isStanding ? 'circulation' : 'supply',
    },
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

import { z } from 'zod';
import type { Finding } from '../domain/alert.ts';
import type { PlacedPoint } from '../domain/reading.ts';
import { isoTime } from '../domain/time.ts';
import { createBuildingStates } from './building-states.ts';
import type { FlatLineOptions } from './options.ts';
import { quantityLabel } from './quantity-label.ts';
import type { Rule } from './rule.ts';

const NAME = 'flat-line';
const MINUTE_MS = 60_000;
/** Each move forgets this much of the longest rest, so that one strange night is not remembered for years. */
const FORGET = 0.999;
type Still = FlatLineOptions['quantities'][number];

const restSchema = z.object({
  lastMs: z.number(),
  /** Since when the value has stayed between low and high, and how many readings say so. */
  sinceMs: z.number(),
  low: z.number(),
  high: z.number(),
  readings: z.number(),
  /** How often it has moved, and the longest that it has rested before. */
  moves: z.number(),
  longestMs: z.number(),
  isFlat: z.boolean(),
});
type Rest = z.infer<typeof restSchema>;

/**
 * A value that normally moves has stopped moving: a stuck sensor. What is normal is learned: a point is judged only
 * after it has moved often, and only when it rests several times as long as it ever rested before, so what may
 * lawfully rest (a bin at night, an idle submeter, a room in summer) stays quiet. Silence is the stale rule's business.
 */
export function flatLineRule(options: FlatLineOptions): Rule {
  const states = createBuildingStates(z.record(z.string(), restSchema), () => ({}));
  const stills = Map.groupBy(options.quantities, ({ quantity }) => quantity);

  const isTooLong = (rest: Rest, still: Still) =>
    rest.moves >= options.minMoves &&
    rest.readings >= options.minReadings &&
    rest.lastMs - rest.sinceMs >= Math.max(still.windowMinutes * MINUTE_MS, options.rests * rest.longestMs);

  return {
    name: NAME,
    onReading: ({ point, atMs, value }, emit) => {
      const { role } = point;
      const still = stills
        .get(point.quantity)
        ?.find(({ roles }) => roles === undefined || (role !== undefined && roles.includes(role)));
      if (still === undefined) return;
      const points = states.of(point.building);
      const rest = points[point.key];
      if (rest === undefined) {
        points[point.key] = { ...resting(atMs, value), moves: 0, longestMs: 0, isFlat: false };
        return;
      }
      if (atMs <= rest.lastMs) return;
      const low = Math.min(rest.low, value);
      const high = Math.max(rest.high, value);
      if (high - low > still.tolerance) {
        if (rest.isFlat) emit(finding(point, { ...rest, lastMs: atMs, isFlat: false }));
        // What was told as a fault is no example of a normal rest.
        else rest.longestMs = Math.max(rest.longestMs * FORGET, rest.lastMs - rest.sinceMs);
        Object.assign(rest, resting(atMs, value), { moves: rest.moves + 1, isFlat: false });
        return;
      }
      rest.lastMs = atMs;
      rest.low = low;
      rest.high = high;
      rest.readings += 1;
      if (rest.isFlat || (still.zeroMayStay && low === 0 && high === 0) || !isTooLong(rest, still)) return;
      rest.isFlat = true;
      emit(finding(point, rest));
    },
    onTick: () => {},
    snapshot: states.snapshot,
    restore: states.restore,
  };
}

function resting(
  atMs: number,
  value: number,
): Pick<Rest, 'lastMs' | 'sinceMs' | 'low' | 'high' | 'readings'> {
  return { lastMs: atMs, sinceMs: atMs, low: value, high: value, readings: 1 };
}

function finding(point: PlacedPoint, { lastMs, sinceMs, low, high, isFlat, longestMs }: Rest): Finding {
  const { name, unit } = quantityLabel(point.quantity);
  const hours = Math.round((lastMs - sinceMs) / 360_000) / 10;
  const value = Math.round(((low + high) / 2) * 100) / 100;
  return {
    rule: NAME,
    subject: point.key,
    building: point.building,
    severity: 'warning',
    atMs: lastMs,
    holds: isFlat,
    forMs: 0,
    clearMs: 0,
    title: isFlat
      ? `${name} of ${point.device} is stuck at ${value} ${unit}`
      : `${name} of ${point.device} moves again`,
    detail: isFlat
      ? `It has said ${value} ${unit} for ${hours} hours and normally moves. Check the sensor before trusting it.`
      : `It rested at ${value} ${unit} for ${hours} hours.`,
    facts: {
      device: point.device,
      quantity: point.quantity,
      value,
      flatSince: isoTime(sinceMs),
      flatHours: hours,
      longestBeforeHours: Math.round(longestMs / 360_000) / 10,
    },
  };
}

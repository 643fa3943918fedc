import { z } from 'zod';
import type { Finding } from '../../domain/alert.ts';
import { MINUTE_MS } from '../../domain/interval.ts';
import type { PlacedPoint } from '../../domain/reading.ts';
import { isoTime } from '../../domain/time.ts';
import { aboutPoint } from '../about.ts';
import { inWords } from '../in-words.ts';
import { differenceIn, integer, minutes, number } from '../parameters.ts';
import { createPointRows } from '../point-rows.ts';
import { quantityLabel } from '../quantity-label.ts';
import type { RuleContext, RuleDefinition, Told } from '../rule.ts';
import type { Scope } from '../scope.ts';

/** Each move forgets this much of the longest rest, so that one strange night is not remembered for years. */
const FORGET = 0.999;

const parameters = ({ quantity }: Scope) =>
  z.strictObject({
    tolerance: differenceIn(quantity).describe("a change of up to this much is none, in the quantity's unit"),
    windowMinutes: minutes().describe('the shortest time without a change that is told'),
    zeroMayStay: z.boolean().default(false).describe('a value of exactly 0 is no fault (an idle meter)'),
    minMoves: integer(1, 100_000).default(20).describe('judged once it has moved this many times …'),
    rests: number(1, 1000)
      .default(3)
      .describe('… when it rests this many times as long as it ever rested before …'),
    minReadings: integer(2, 100_000).default(6).describe('… and has said the same this many times'),
  });
type Still = z.infer<ReturnType<typeof parameters>>;

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

export const flatLine: RuleDefinition<Still> = {
  type: 'flat-line',
  doc: `A value that normally moves has stopped moving: a stuck sensor. What is normal is learned: a point is judged only after
it has moved often, and only when it rests several times as long as it ever rested before, so what may lawfully rest (a bin at
night, an idle submeter, a room in summer) stays quiet. Silence is the business of the type stale.`,
  level: 'point',
  parameters,
  defaults: { severity: 'warning', forMs: 0, clearMs: 0 },
  create,
};

function create(_: RuleContext<Still>): ReturnType<(typeof flatLine)['create']> {
  const states = createPointRows(restSchema);

  const isTooLong = (rest: Rest, still: Still) =>
    rest.moves >= still.minMoves &&
    rest.readings >= still.minReadings &&
    rest.lastMs - rest.sinceMs >= Math.max(still.windowMinutes * MINUTE_MS, still.rests * rest.longestMs);

  return {
    sees: () => true,
    onReading: ({ point, atMs, value }, { parameters: still, told }, emit) => {
      const rest = states.find(point.building, point.key);
      if (rest === undefined) {
        states.add(point.building, point.key, {
          lastMs: atMs,
          sinceMs: atMs,
          low: value,
          high: value,
          readings: 1,
          moves: 0,
          longestMs: 0,
          isFlat: false,
        });
        return;
      }
      if (atMs <= rest.lastMs) return;
      const low = Math.min(rest.low, value);
      const high = Math.max(rest.high, value);
      if (high - low > still.tolerance) {
        if (rest.isFlat) emit({ ...told, ...aboutPoint(point), atMs, holds: false });
        // What was told as a fault is no example of a normal rest.
        else rest.longestMs = Math.max(rest.longestMs * FORGET, rest.lastMs - rest.sinceMs);
        // One by one: this runs for nearly every reading, and `Object.assign` takes several times as long.
        rest.lastMs = atMs;
        rest.sinceMs = atMs;
        rest.low = value;
        rest.high = value;
        rest.readings = 1;
        rest.moves += 1;
        rest.isFlat = false;
        return;
      }
      rest.lastMs = atMs;
      rest.low = low;
      rest.high = high;
      rest.readings += 1;
      if (rest.isFlat || (still.zeroMayStay && low === 0 && high === 0) || !isTooLong(rest, still)) return;
      rest.isFlat = true;
      emit(finding(point, told, rest));
    },
    snapshot: states.snapshot,
    restore: states.restore,
  };
}

function finding(point: PlacedPoint, told: Told, { lastMs, sinceMs, low, high, longestMs }: Rest): Finding {
  const { name, unit } = quantityLabel(point.quantity);
  const hours = Math.round((lastMs - sinceMs) / 360_000) / 10;
  const value = Math.round(((low + high) / 2) * 100) / 100;
  const shown = inWords(value, unit, 2);
  return {
    ...told,
    ...aboutPoint(point),
    atMs: lastMs,
    holds: true,
    title: `${name} of ${point.device} is stuck at ${shown}`,
    detail: `It has said ${shown} for ${hours} hours and normally moves. Check the sensor before trusting it.`,
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

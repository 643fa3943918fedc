import { z } from 'zod';
import type { Said } from '../../domain/alert.ts';
import type { PlacedPoint } from '../../domain/reading.ts';
import { aboutPoint, placeName } from '../about.ts';
import { inWords } from '../in-words.ts';
import { differenceIn, limitIn } from '../parameters.ts';
import { createPointRows } from '../point-rows.ts';
import { quantityLabel } from '../quantity-label.ts';
import type { RuleContext, RuleDefinition } from '../rule.ts';
import type { Scope } from '../scope.ts';

const parameters = ({ quantity }: Scope) =>
  z
    .strictObject({
      min: limitIn(quantity).exactOptional().describe("in the quantity's unit"),
      max: limitIn(quantity).exactOptional().describe("in the quantity's unit"),
      hysteresis: differenceIn(quantity)
        .prefault(0)
        .describe("how far back inside the limit ends the alert, in the quantity's unit"),
    })
    .refine(({ min, max }) => min !== undefined || max !== undefined, 'give min, max or both')
    .refine(({ min, max }) => min === undefined || max === undefined || min < max, {
      message: 'must be more than min',
      path: ['max'],
    })
    .refine(({ min, max, hysteresis }) => min === undefined || max === undefined || hysteresis < max - min, {
      message: 'must be less than there is between min and max',
      path: ['hysteresis'],
    });
type Limit = z.infer<ReturnType<typeof parameters>>;

const pointSchema = z.object({
  lastMs: z.number(),
  side: z.enum(['inside', 'below', 'above']),
  /** The value furthest outside that was told. */
  toldWorst: z.number(),
});
type PointState = z.infer<typeof pointSchema>;

const UNHEARD: PointState = { lastMs: Number.MIN_SAFE_INTEGER, side: 'inside', toldWorst: 0 };

export const outOfRange: RuleDefinition<Limit> = {
  type: 'out-of-range',
  doc: `A value outside what is comfortable or plausible for its quantity and role. It is inside again when it has come back by
the hysteresis. While it lasts, a value that is clearly worse refreshes the facts of the alert.`,
  level: 'point',
  parameters,
  defaults: { severity: 'warning', forMs: 30 * 60_000, clearMs: 15 * 60_000 },
  create,
};

function create(_: RuleContext<Limit>): ReturnType<(typeof outOfRange)['create']> {
  const states = createPointRows(pointSchema);

  return {
    sees: () => true,
    onReading: ({ point, atMs, value }, { parameters: limit, told }, emit) => {
      const state = states.find(point.building, point.key) ?? states.add(point.building, point.key, UNHEARD);
      if (atMs <= state.lastMs) return;
      state.lastMs = atMs;
      const side = sideOf(value, limit, state.side);
      if (side === state.side && !isClearlyWorse(value, limit, state)) return;
      state.side = side;
      state.toldWorst = value;
      const about = { ...told, ...aboutPoint(point), atMs };
      if (side === 'inside') emit({ ...about, holds: false });
      else emit({ ...about, holds: true, ...wordsOf(point, limit, side, value) });
    },
    snapshot: states.snapshot,
    restore: states.restore,
  };
}

function sideOf(value: number, limit: Limit, before: PointState['side']): PointState['side'] {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, hysteresis } = limit;
  if (value < min + (before === 'below' ? hysteresis : 0)) return 'below';
  if (value > max - (before === 'above' ? hysteresis : 0)) return 'above';
  return 'inside';
}

function isClearlyWorse(value: number, limit: Limit, { side, toldWorst }: PointState): boolean {
  if (side === 'inside') return false;
  const edge = side === 'below' ? limit.min : limit.max;
  const step = Math.max(limit.hysteresis, Math.abs(toldWorst - (edge ?? toldWorst)), 1e-9);
  return side === 'below' ? value <= toldWorst - step : value >= toldWorst + step;
}

function wordsOf(point: PlacedPoint, limit: Limit, side: 'below' | 'above', value: number): Said {
  const { name, unit } = quantityLabel(point.quantity);
  const edge = side === 'below' ? limit.min : limit.max;
  const shown = inWords(value, unit, 2);
  const bound = `${side === 'below' ? 'at least' : 'at most'} ${edge === undefined ? '' : inWords(edge, unit, 2)}`;
  return {
    title: `${name} ${side === 'below' ? 'low' : 'high'}: ${shown} in ${placeName(point)}`,
    detail: `${point.device} measures ${shown}; it should be ${bound}. First see on the spot whether the sensor is right, then look for the cause.`,
    facts: {
      device: point.device,
      quantity: point.quantity,
      ...(point.space === undefined ? {} : { space: point.space }),
      value,
      ...(edge === undefined ? {} : { limit: edge }),
      side,
    },
  };
}

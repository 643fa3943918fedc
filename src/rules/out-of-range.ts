import { z } from 'zod';
import type { Finding } from '../domain/alert.ts';
import type { Quantity } from '../domain/quantity.ts';
import type { PlacedPoint } from '../domain/reading.ts';
import { createBuildingStates } from './building-states.ts';
import type { OutOfRangeOptions } from './options.ts';
import { quantityLabel } from './quantity-label.ts';
import type { Rule } from './rule.ts';

const NAME = 'out-of-range';
const MINUTE_MS = 60_000;
type Limit = OutOfRangeOptions['limits'][number];

const pointSchema = z.object({
  lastMs: z.number(),
  side: z.enum(['inside', 'below', 'above']),
  /** The value furthest outside that was told. */
  toldWorst: z.number(),
});
type PointState = z.infer<typeof pointSchema>;

/**
 * A value outside what is comfortable or plausible for its quantity and role. It is inside again when it has come back
 * by the hysteresis. While it lasts, a value that is clearly worse refreshes the alert's facts.
 */
export function outOfRangeRule(options: OutOfRangeOptions): Rule {
  const states = createBuildingStates(z.record(z.string(), pointSchema), () => ({}));
  const limits = Map.groupBy(options.limits, ({ quantity }) => quantity);

  return {
    name: NAME,
    onReading: ({ point, atMs, value }, emit) => {
      const limit = limitOf(limits, point);
      if (limit === undefined) return;
      const points = states.of(point.building);
      points[point.key] ??= { lastMs: Number.MIN_SAFE_INTEGER, side: 'inside', toldWorst: 0 };
      const state = points[point.key];
      if (state === undefined || atMs <= state.lastMs) return;
      state.lastMs = atMs;
      const side = sideOf(value, limit, state.side);
      if (side === state.side && !isClearlyWorse(value, limit, state)) return;
      const before = state.side;
      state.side = side;
      state.toldWorst = value;
      emit(
        finding(point, limit, {
          atMs,
          value,
          side: side === 'inside' ? before : side,
          holds: side !== 'inside',
        }),
      );
    },
    onTick: () => {},
    snapshot: states.snapshot,
    restore: states.restore,
  };
}

function limitOf(limits: ReadonlyMap<Quantity, readonly Limit[]>, point: PlacedPoint): Limit | undefined {
  const { role } = point;
  return limits
    .get(point.quantity)
    ?.find(({ roles }) => roles === undefined || (role !== undefined && roles.includes(role)));
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

function finding(
  point: PlacedPoint,
  limit: Limit,
  { atMs, value, side, holds }: { atMs: number; value: number; side: PointState['side']; holds: boolean },
): Finding {
  const { name, unit } = quantityLabel(point.quantity);
  const edge = side === 'below' ? limit.min : limit.max;
  const place = point.space === undefined ? point.device : `${point.space} (${point.device})`;
  const shown = `${Math.round(value * 100) / 100} ${unit}`;
  const bound = `${side === 'below' ? 'at least' : 'at most'} ${edge} ${unit}`;
  return {
    rule: NAME,
    subject: point.key,
    building: point.building,
    severity: 'warning',
    atMs,
    holds,
    forMs: limit.forMinutes * MINUTE_MS,
    clearMs: limit.clearMinutes * MINUTE_MS,
    title: holds
      ? `${name} ${side === 'below' ? 'low' : 'high'}: ${shown} in ${place}`
      : `${name} back to ${shown} in ${place}`,
    detail: `${point.device} measures ${shown}; it should be ${bound}.`,
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

import { z } from 'zod';
import { createSwings, foldSwings, type HourOfSwings, swingsSchema } from '../../anomaly/swings.ts';
import type { Finding } from '../../domain/alert.ts';
import { HOUR_MS } from '../../domain/interval.ts';
import type { PlacedPoint } from '../../domain/reading.ts';
import { isoTime } from '../../domain/time.ts';
import { aboutPoint } from '../about.ts';
import { createBuildingStates } from '../building-states.ts';
import { inWords } from '../in-words.ts';
import { differenceIn, integer } from '../parameters.ts';
import { quantityLabel } from '../quantity-label.ts';
import type { RuleDefinition, Told } from '../rule.ts';
import type { Scope } from '../scope.ts';

const parameters = ({ quantity }: Scope) =>
  z.strictObject({
    swing: differenceIn(quantity).describe("a turn is a way back of at least this, in the quantity's unit"),
    turns: integer(2, 120).default(6).describe('an hour with so many turns hunts'),
    hours: integer(1, 168).default(3).describe('so many such hours in a row are told'),
  });
type Hunting = z.infer<ReturnType<typeof parameters>>;

const pointSchema = z.object({
  swings: swingsSchema,
  /** Hours in a row that hunted, when the first began, and the widest of them. */
  hours: z.number(),
  sinceMs: z.number(),
  lowest: z.number(),
  highest: z.number(),
});
type PointState = z.infer<typeof pointSchema>;

export const hunting: RuleDefinition<Hunting> = {
  type: 'hunting',
  doc: `A valve, or what it controls, swings to and fro and does not settle: the controller is too fast for the plant, the valve
too large, or it sticks. Seen only where values come several times as often as it turns: every few minutes.`,
  level: 'point',
  parameters,
  defaults: { severity: 'warning', forMs: 0, clearMs: 6 * HOUR_MS },
  create: () => {
    const states = createBuildingStates(z.record(z.string(), pointSchema), () => ({}));
    return {
      sees: () => true,
      onReading: ({ point, atMs, value }, { parameters: limits, told }, emit) => {
        const points = states.of(point.building);
        const state = points[point.key];
        if (state === undefined) {
          const swings = createSwings(atMs, value);
          points[point.key] = { swings, hours: 0, sinceMs: 0, lowest: value, highest: value };
          return;
        }
        const ended = foldSwings(state.swings, atMs, value, limits.swing);
        if (ended === undefined) return;
        const wasTold = state.hours >= limits.hours;
        if (ended.turns < limits.turns) {
          state.hours = 0;
          if (wasTold) emit({ ...told, ...aboutPoint(point), atMs, holds: false });
          return;
        }
        if (state.hours === 0) {
          Object.assign(state, { sinceMs: ended.fromMs, lowest: ended.lowest, highest: ended.highest });
        }
        state.hours += 1;
        state.lowest = Math.min(state.lowest, ended.lowest);
        state.highest = Math.max(state.highest, ended.highest);
        if (state.hours === limits.hours) emit(finding(point, told, state, ended, atMs));
      },
      snapshot: states.snapshot,
      restore: states.restore,
    };
  },
};

function finding(
  point: PlacedPoint,
  told: Told,
  { sinceMs, lowest, highest, hours }: PointState,
  ended: HourOfSwings,
  atMs: number,
): Finding {
  const { name, unit } = quantityLabel(point.quantity);
  const shown = (value: number) => inWords(value, unit);
  return {
    ...told,
    ...aboutPoint(point),
    atMs,
    holds: true,
    title: `${name} hunts at ${point.device}: ${ended.turns} turns an hour between ${shown(lowest)} and ${shown(highest)}`,
    detail: `Since ${isoTime(sinceMs)} it swings to and fro (${hours} hours). It wears the valve out and warms the return. First lower the controller’s gain or lengthen its time, then look whether the valve sticks, is too large, or has too high a differential pressure across it.`,
    facts: {
      device: point.device,
      quantity: point.quantity,
      since: isoTime(sinceMs),
      turnsPerHour: ended.turns,
      lowest: Math.round(lowest * 10) / 10,
      highest: Math.round(highest * 10) / 10,
    },
  };
}

import { z } from 'zod';
import {
  createNeighbours,
  foldNeighbour,
  type NeighbourChange,
  neighboursSchema,
} from '../../anomaly/against-neighbours.ts';
import type { Said } from '../../domain/alert.ts';
import type { PlacedPoint } from '../../domain/reading.ts';
import { isoTime } from '../../domain/time.ts';
import { aboutPoint, placeName } from '../about.ts';
import { createBuildingStates } from '../building-states.ts';
import { differenceIn, integer, number } from '../parameters.ts';
import { quantityLabel } from '../quantity-label.ts';
import type { RuleContext, RuleDefinition } from '../rule.ts';
import { type Scope, subjectOf } from '../scope.ts';

const parameters = ({ quantity }: Scope) =>
  z.strictObject({
    difference: differenceIn(quantity).describe(
      "off by at least this against its own history, in the quantity's unit, …",
    ),
    spreads: number(0, 100).default(6).describe('… by so many spreads of ordinary days, …'),
    reserve: number(1, 100).default(2).describe('… and by so many times what the oddest of them was, …'),
    days: integer(1, 28).default(2).describe('… for so many days in a row'),
    minNeighbours: integer(2, 100).default(2).describe('judged by the median of at least so many others'),
    minDays: integer(3, 28).default(5).describe('judged once so many days are known'),
    acceptDays: integer(2, 366)
      .default(28)
      .describe('after so many days in a row it is what is usual, and the alert ends'),
  });
type SensorDrift = z.infer<ReturnType<typeof parameters>>;

export const sensorDrift: RuleDefinition<SensorDrift> = {
  type: 'sensor-drift',
  doc: `A sensor that has moved away from its neighbours: it drifts, or is off by something since a day. Each is judged against
the median of the same quantity and role in its building, and that difference against its own days before, so that a room that is
always warmer is not told, nor what all rooms do at once.`,
  level: 'point',
  parameters,
  defaults: { severity: 'warning', forMs: 0, clearMs: 0 },
  create,
};

function create({ register, toldOf }: RuleContext<SensorDrift>): ReturnType<(typeof sensorDrift)['create']> {
  /** By quantity and role. */
  const states = createBuildingStates(z.record(z.string(), neighboursSchema), () => ({}));

  return {
    sees: () => true,
    onReading: ({ point, atMs, value }, { parameters: limits }, emit) => {
      const groups = states.of(point.building);
      const group = `${point.quantity}|${point.role ?? ''}`;
      groups[group] ??= createNeighbours();
      for (const change of foldNeighbour(groups[group], { key: point.key, atMs, value }, limits)) {
        const { building, quantity } = point;
        // The reading that ends a day is seldom of the sensor that is told of.
        const [device = '', , channel = ''] = change.key.split('|');
        const subject = { ...subjectOf(register(), building, device, channel || undefined), quantity };
        const { space } = subject;
        const place = {
          key: change.key,
          building,
          device,
          quantity,
          ...(space === undefined ? {} : { space }),
        };
        const about = { ...toldOf(subject), ...aboutPoint(place), atMs };
        if (change.is === 'off') emit({ ...about, holds: true, ...wordsOf(change, place) });
        else emit({ ...about, holds: false });
      }
    },
    snapshot: states.snapshot,
    restore: states.restore,
  };
}

function wordsOf(
  { sinceMs, difference, usual, limit, neighbours }: NeighbourChange,
  { device, quantity, space }: Pick<PlacedPoint, 'device' | 'quantity' | 'space'>,
): Said {
  const { name, unit } = quantityLabel(quantity);
  const place = placeName({ space, device });
  const by = (value: number) => `${Math.abs(round(value))} ${unit} ${value < 0 ? 'below' : 'above'}`;
  return {
    title: `${name} of ${place} has moved away from its neighbours: ${by(difference)} them`,
    detail: `Since ${isoTime(sinceMs)}; usually it is ${by(usual)} the median of the ${neighbours} others, and ${by(limit)} would be ordinary. Likely the sensor drifts, was moved into the sun or over a source of heat, or lost its calibration. First put a second instrument beside it; if that says the same, look at the room: a window, a radiator valve.`,
    facts: {
      device,
      quantity,
      ...(space === undefined ? {} : { space }),
      // As comfort has it: what it tells of the flat is not told twice.
      ...(quantity === 'airTemperatureC' ? { kind: difference < usual ? 'cold' : 'warm' } : {}),
      since: isoTime(sinceMs),
      difference: round(difference),
      usual: round(usual),
      limit: round(limit),
      neighbours,
      unit,
    },
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

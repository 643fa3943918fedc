import { z } from 'zod';
import type { Said } from '../../domain/alert.ts';
import { MINUTE_MS } from '../../domain/interval.ts';
import type { PlacedPoint } from '../../domain/reading.ts';
import { aboutPoint, placeName } from '../about.ts';
import { createBuildingStates } from '../building-states.ts';
import { number } from '../parameters.ts';
import type { RuleContext, RuleDefinition } from '../rule.ts';
import { subjectOf } from '../scope.ts';
import { type StatusQuantity, statusQuantities, statusTexts } from './device-status-texts.ts';

const parameters = z.strictObject({
  endsAfterMinutes: number(1, 525_600)
    .exactOptional()
    .describe('of a status that is never taken back: over when it has not been said again for this long'),
});
type DeviceStatus = z.infer<typeof parameters>;
const isStatus = (quantity: string) => statusQuantities.find((some) => some === quantity);

const pointSchema = z.object({
  lastMs: z.number(),
  isSet: z.boolean(),
  /** When it ends by itself unless the device says it again, and whose it is. */
  ends: z
    .object({
      atMs: z.number(),
      quantity: z.enum(statusQuantities),
      device: z.string(),
      space: z.string().exactOptional(),
      channel: z.string().exactOptional(),
    })
    .exactOptional(),
});
type PointState = z.infer<typeof pointSchema>;
type Points = Record<string, PointState>;

export const deviceStatus: RuleDefinition<DeviceStatus> = {
  type: 'device-status',
  doc: `What a device says of itself or its place: ${statusQuantities.join(', ')}.
It holds until the device says the opposite; what a device never takes back is over when it has not been said for a while. A
status that comes late, from a device's history, does not undo a newer one. Name the quantity in the scope.`,
  level: 'point',
  parameters: ({ quantity }) =>
    parameters.superRefine((_, context) => {
      for (const name of quantity ?? []) {
        if (isStatus(name) !== undefined) continue;
        context.addIssue({
          code: 'custom',
          message: `${name} is no status: name some of ${statusQuantities.join(', ')} in the scope`,
        });
      }
    }),
  defaults: { severity: 'warning', forMs: 0, clearMs: 15 * MINUTE_MS },
  create,
};

function create({
  register,
  toldOf,
}: RuleContext<DeviceStatus>): ReturnType<(typeof deviceStatus)['create']> {
  const states = createBuildingStates<Points>(z.record(z.string(), pointSchema), () => ({}));
  /** Nothing ends by itself before this: nearly every tick finds nothing. Worked out from the points, so not in a snapshot. */
  const dues = new WeakMap<Points, number>();
  const nextEnd = (points: Points): number => {
    let dueMs = Number.POSITIVE_INFINITY;
    for (const key in points) dueMs = Math.min(dueMs, points[key]?.ends?.atMs ?? dueMs);
    return dueMs;
  };

  return {
    sees: ({ quantity }) => isStatus(quantity) !== undefined,
    onReading: ({ point, atMs, value }, settings, emit) => {
      const quantity = isStatus(point.quantity);
      if (quantity === undefined) return;
      const points = states.of(point.building);
      const before = points[point.key] ?? { lastMs: Number.MIN_SAFE_INTEGER, isSet: false };
      if (atMs <= before.lastMs) return;
      const isSet = value >= 0.5;
      const state = stateOf(quantity, settings.parameters, { atMs, isSet, point });
      points[point.key] = state;
      if (state.ends) dues.delete(points);
      if (isSet === before.isSet) return;
      const about = { ...settings.told, ...aboutPoint(point), atMs };
      if (isSet) emit({ ...about, holds: true, ...wordsOf(point, quantity) });
      else emit({ ...about, holds: false });
    },
    onTick: (building, atMs, emit) => {
      const points = states.find(building);
      if (points === undefined) return;
      const dueMs = dues.get(points) ?? nextEnd(points);
      dues.set(points, dueMs);
      if (dueMs > atMs) return;
      dues.delete(points);
      for (const key in points) {
        const { ends, lastMs } = points[key] ?? {};
        if (ends === undefined || ends.atMs > atMs || lastMs === undefined) continue;
        points[key] = { lastMs, isSet: false };
        const { device, channel, quantity } = ends;
        const subject = { ...subjectOf(register(), building, device, channel), quantity };
        emit({ ...toldOf(subject), ...aboutPoint({ ...ends, key, building }), atMs, holds: false });
      }
    },
    snapshot: states.snapshot,
    restore: states.restore,
  };
}

function stateOf(
  quantity: StatusQuantity,
  { endsAfterMinutes }: DeviceStatus,
  { atMs, isSet, point }: { atMs: number; isSet: boolean; point: PlacedPoint },
): PointState {
  if (!isSet || endsAfterMinutes === undefined) return { lastMs: atMs, isSet };
  const { device } = point;
  const ends = { atMs: atMs + endsAfterMinutes * MINUTE_MS, quantity, device, ...placeOf(point) };
  return { lastMs: atMs, isSet, ends };
}

function wordsOf(point: PlacedPoint, quantity: StatusQuantity): Said {
  const { says, todo } = statusTexts[quantity];
  return {
    title: `${says}: ${placeName(point)}`,
    detail: todo,
    facts: { device: point.device, quantity, ...placeOf(point) },
  };
}

function placeOf({ space, channel }: Pick<PlacedPoint, 'space' | 'channel'>): {
  readonly space?: string;
  readonly channel?: string;
} {
  return { ...(space === undefined ? {} : { space }), ...(channel === undefined ? {} : { channel }) };
}

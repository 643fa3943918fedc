import { z } from 'zod';
import type { Finding } from '../domain/alert.ts';
import type { Quantity } from '../domain/quantity.ts';
import type { PlacedPoint } from '../domain/reading.ts';
import { createBuildingStates } from './building-states.ts';
import { statusQuantities, statusTexts } from './device-status-texts.ts';
import type { DeviceStatusOptions } from './options.ts';
import type { Rule } from './rule.ts';

const NAME = 'device-status';
const MINUTE_MS = 60_000;
type Watched = DeviceStatusOptions['states'][number];

const pointSchema = z.object({
  lastMs: z.number(),
  isSet: z.boolean(),
  /** When it ends by itself unless the device says it again, and what is to be said then. */
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
type Told = Pick<PlacedPoint, 'device' | 'space' | 'channel' | 'key' | 'building'>;

/**
 * What a device says of itself or its place: a leak, a burst, a battery that runs out, a sensor that is broken. It holds
 * until the device says the opposite; what a device never takes back is over when it has not been said for a while. A
 * status that comes late, from a device's history, does not undo a newer one.
 */
export function deviceStatusRule(options: DeviceStatusOptions): Rule {
  const states = createBuildingStates(z.record(z.string(), pointSchema), () => ({}));
  const watched = new Map<Quantity, Watched>(options.states.map((state) => [state.quantity, state]));

  return {
    name: NAME,
    onReading: ({ point, atMs, value }, emit) => {
      const status = watched.get(point.quantity);
      if (status === undefined) return;
      const points = states.of(point.building);
      const before = points[point.key] ?? { lastMs: Number.MIN_SAFE_INTEGER, isSet: false };
      if (atMs <= before.lastMs) return;
      const isSet = value >= 0.5;
      points[point.key] = stateOf(status, { atMs, isSet, point });
      if (isSet === before.isSet) return;
      emit(finding(point, status, isSet ? 'holds' : 'takenBack', atMs));
    },
    onTick: (building, atMs, emit) => {
      const points = states.find(building);
      for (const key in points) {
        const { ends, lastMs } = points[key] ?? {};
        if (ends === undefined || ends.atMs > atMs || lastMs === undefined) continue;
        points[key] = { lastMs, isSet: false };
        const status = watched.get(ends.quantity);
        if (status) emit(finding({ ...ends, key, building }, status, 'unsaid', atMs));
      }
    },
    snapshot: states.snapshot,
    restore: states.restore,
  };
}

function stateOf(
  { quantity, endsAfterMinutes }: Watched,
  { atMs, isSet, point }: { atMs: number; isSet: boolean; point: PlacedPoint },
): PointState {
  if (!isSet || endsAfterMinutes === undefined) return { lastMs: atMs, isSet };
  const { device } = point;
  const ends = { atMs: atMs + endsAfterMinutes * MINUTE_MS, quantity, device, ...placeOf(point) };
  return { lastMs: atMs, isSet, ends };
}

/** `unsaid`: over, because the device has not said it again. */
function finding(
  point: Told,
  { quantity, severity, forMinutes, clearMinutes, endsAfterMinutes = 0 }: Watched,
  is: 'holds' | 'takenBack' | 'unsaid',
  atMs: number,
): Finding {
  const { says, todo, over } = statusTexts[quantity];
  const holds = is === 'holds';
  const details = {
    holds: todo,
    takenBack: 'The device says so itself.',
    unsaid: `It has not been said again for ${endsAfterMinutes} minutes.`,
  };
  return {
    rule: NAME,
    subject: point.key,
    building: point.building,
    severity,
    atMs,
    holds,
    forMs: forMinutes * MINUTE_MS,
    clearMs: clearMinutes * MINUTE_MS,
    title: `${holds ? says : over}: ${point.space === undefined ? point.device : `${point.space} (${point.device})`}`,
    detail: details[is],
    facts: { device: point.device, quantity, ...placeOf(point) },
  };
}

function placeOf({ space, channel }: Pick<PlacedPoint, 'space' | 'channel'>): {
  readonly space?: string;
  readonly channel?: string;
} {
  return { ...(space === undefined ? {} : { space }), ...(channel === undefined ? {} : { channel }) };
}

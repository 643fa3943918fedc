import { unsigned, viewOf } from './bytes.ts';
import type { Value } from './decode.ts';

/** Adeunis' clock counts seconds from here. */
const CLOCK_FROM_MS = Date.UTC(2013, 0, 1);
const BATTERY_LOW = 0x02;
const HAS_CLOCK = 0x04;
const HEAD = 2;
const CLOCK = 4;

/** A frame of Adeunis' sensors: what it is, its status, the body, and the time when the status says so; big-endian. */
export type AdeunisFrame = {
  readonly code: number;
  readonly status: number;
  readonly body: DataView;
  readonly batteryLow: Value;
  readonly clockMs?: number;
};

/** Undefined when it is cut short. */
export function readAdeunisFrame(bytes: Uint8Array): AdeunisFrame | undefined {
  const view = viewOf(bytes);
  if (bytes.length < HEAD) return undefined;
  const status = view.getUint8(1);
  const hasClock = (status & HAS_CLOCK) !== 0;
  const length = bytes.length - HEAD - (hasClock ? CLOCK : 0);
  if (length < 0) return undefined;
  return {
    code: view.getUint8(0),
    status,
    body: viewOf(bytes.subarray(HEAD, HEAD + length)),
    batteryLow: { quantity: 'batteryLow', value: (status & BATTERY_LOW) === 0 ? 0 : 1 },
    ...(hasClock && { clockMs: CLOCK_FROM_MS + view.getUint32(HEAD + length) * 1000 }),
  };
}

/** A frame with this body, and with the time when the sensor has one. */
export function writeAdeunisFrame(
  code: number,
  { isBatteryLow, status = 0, body, atMs }: AdeunisParts,
): Uint8Array {
  const clock = atMs === undefined ? [] : [...unsigned(4).write((atMs - CLOCK_FROM_MS) / 1000)];
  const flags = status | (isBatteryLow ? BATTERY_LOW : 0) | (atMs === undefined ? 0 : HAS_CLOCK);
  return Uint8Array.from([code, flags, ...body, ...clock]);
}

export type AdeunisParts = {
  readonly isBatteryLow: boolean;
  readonly status?: number;
  readonly body: readonly number[];
  readonly atMs?: number | undefined;
};

/** Frames that say nothing of what is measured: settings, network, answers, versions. */
export const adeunisSettings: ReadonlySet<number> = new Set([
  0x10, 0x11, 0x12, 0x1f, 0x20, 0x2f, 0x33, 0x36, 0x37,
]);

import type { Quantity } from './quantity.ts';

/** One measured quantity of one device: the identity of a series. */
export type Point = {
  readonly device: string;
  readonly quantity: Quantity;
  readonly channel?: string;
};

/** A point with its place in the register. One object per point and register version: compare `key`, not identity. */
export type PlacedPoint = Point & {
  /** `device|quantity|channel`, the text form of the point. */
  readonly key: string;
  readonly organisation: string;
  readonly area: string;
  readonly building: string;
  readonly space?: string;
  readonly role?: Role;
  /** Of a meter that was or has been replaced: it counts in [countsFromMs, countsToMs). Outside it has no role. */
  readonly countsFromMs?: number;
  readonly countsToMs?: number;
};

/** What a device is for its building. A main meter's intervals are the building's load. */
export const roles = [
  'electricityMain',
  'heatMain',
  'waterMain',
  'submeter',
  'room',
  'outdoor',
  'container',
] as const;
export type Role = (typeof roles)[number];

/** What a decoder makes of a payload: a value without a place. `atMs` is absent when the device sent no time. */
export type Measurement = Point & {
  readonly atMs?: number;
  readonly value: number;
  /** What it came through, where a file says so; a packet says it for all that it holds. */
  readonly source?: string;
};

/** A measurement after normalisation: known device, the quantity's unit, a finite and possible value. */
export type Reading = {
  readonly point: PlacedPoint;
  readonly atMs: number;
  readonly value: number;
  readonly receivedAtMs: number;
  /** What it came through: the format, and the sender where it had to say who it is. */
  readonly source?: string | undefined;
};

/** Something that gave no reading, kept with its raw bytes until a person has looked at it. */
export type Reject = {
  readonly code: RejectCode;
  readonly detail: string;
  readonly device?: string;
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly receivedAtMs: number;
  /** Whose packet it was, when it had to say so: it is asked again whether it may, when the packet is taken in again. */
  readonly sender?: string;
};

export const rejectCodes = {
  'unknown-topic': 'no decoder claims the topic',
  'malformed-payload': 'the payload is not what its topic promises',
  'unknown-device': 'the device is not in the register',
  'foreign-device': 'the sender may not speak for the device',
  'unknown-model': 'raw bytes of a device whose model has no decoder',
  'unknown-alias': 'the value goes by an alias whose birth certificate has not been seen',
  'unknown-quantity': 'the value has a name that kvarter has no quantity for',
  'impossible-value': 'the value is not a number or outside what is physically possible',
  'future-time': 'the reading is stamped later than the clock allows',
  'past-time': 'the reading is stamped so long ago that its clock must be wrong',
  'invalid-time': 'the time cannot be read',
  'refused-by-store': 'the store does not take this reading',
} as const;
export type RejectCode = keyof typeof rejectCodes;

export function pointKey(point: Point): string {
  return `${point.device}|${point.quantity}|${point.channel ?? ''}`;
}

import type { Quantity } from '../domain/quantity.ts';
import { type Codec, viewOf } from './bytes.ts';
import type { Carried, ModelDecoded, Value } from './decode.ts';

/** One value within a field. */
export type Part = {
  readonly quantity: Quantity;
  readonly channel?: string;
  readonly codec: Codec;
  /** Where it begins, in bytes after the key; default 0. */
  readonly at?: number;
  /** The numbers (as the codec reads them) that say that there is no value. */
  readonly none?: readonly number[];
  /** What the sensor can measure, where that is less than what the bytes hold. */
  readonly min?: number;
  readonly max?: number;
};

/** What follows a key in a sensor's bytes. Without parts and records it is known, and skipped. */
export type Field = {
  /** In bytes; undefined when what is there says no length, or is cut short. */
  readonly length: number | ((view: DataView, at: number) => number | undefined);
  readonly parts?: readonly Part[];
  /** Everything that is more than numbers in fixed places: states, records with their own time. */
  readonly records?: (view: DataView, at: number, length: number) => readonly Value[];
  /** Read, but never sent of its own accord: alarms and old firmware say the same in other words. */
  readonly readOnly?: true;
};

/** Fields by key, and how many bytes a key has. */
export type Fields = {
  readonly keyBytes: 1 | 2;
  readonly byKey: ReadonlyMap<number, Field>;
  /** The bits of a key that count; default all. */
  readonly keyMask?: number;
};

/** A field that is one value. */
export function field(quantity: Quantity, codec: Codec, more: Omit<Part, 'quantity' | 'codec'> = {}): Field {
  return { length: codec.length, parts: [{ quantity, codec, ...more }] };
}

/** A field that is known, and skipped. */
export function skip(length: number): Field {
  return { length };
}

/**
 * Reads bytes that are keys each followed by its value, until the end. A key that is not in the table ends it, because
 * its length is not known: what came before is kept.
 */
export function decodeFields(bytes: Uint8Array, { keyBytes, byKey, keyMask = 0xffff }: Fields): ModelDecoded {
  const values: Value[] = [];
  const view = viewOf(bytes);
  const named = (at: number) =>
    `0x${Buffer.from(bytes.subarray(at, at + keyBytes)).toString('hex')} at byte ${at}`;
  let at = 0;
  while (at < bytes.length) {
    const isWhole = at + keyBytes <= bytes.length;
    const key = isWhole ? (keyBytes === 1 ? view.getUint8(at) : view.getUint16(at)) & keyMask : -1;
    const found = byKey.get(key);
    if (!found) {
      return {
        values,
        problem: `${named(at)} is not a type that can be read: it and the rest are left out`,
      };
    }
    const valueAt = at + keyBytes;
    const length = typeof found.length === 'number' ? found.length : found.length(view, valueAt);
    if (length === undefined || valueAt + length > bytes.length) {
      return { values, problem: `${named(at)} is cut short` };
    }
    for (const part of found.parts ?? []) readPart(part, view, valueAt, values);
    if (found.records) values.push(...found.records(view, valueAt, length));
    at = valueAt + length;
  }
  return { values };
}

/** The bytes of the fields whose values are all there, in the order of the table. */
export function encodeFields(values: readonly Value[], { keyBytes, byKey }: Fields): Uint8Array {
  const bytes: number[] = [];
  for (const [key, { parts = [], length, readOnly }] of byKey) {
    if (parts.length === 0 || readOnly || typeof length !== 'number') continue;
    const given = parts.map((part) => currentOf(values, part));
    if (given.includes(undefined)) continue;
    const written = new Uint8Array(length);
    for (const [i, { codec, at = 0 }] of parts.entries()) written.set(codec.write(given[i] ?? 0), at);
    bytes.push(...(keyBytes === 1 ? [key] : [key >> 8, key & 0xff]), ...written);
  }
  return Uint8Array.from(bytes);
}

/** What the fields can say: as far as the codec goes, or the sensor. */
export function carriedBy({ byKey }: Fields): readonly Carried[] {
  return [...byKey].flatMap(([key, { parts = [], readOnly }]) =>
    readOnly
      ? []
      : parts.map(({ quantity, channel, codec, min = codec.min, max = codec.max }) => ({
          quantity,
          ...(channel === undefined ? {} : { channel }),
          step: codec.step,
          min,
          max,
          ...(parts.length === 1 ? {} : { group: `0x${key.toString(16)}` }),
        })),
  );
}

/** The current value of a point among values; history is not asked. */
export function currentOf(
  values: readonly Value[],
  { quantity, channel }: { readonly quantity: Quantity; readonly channel?: string },
): number | undefined {
  return values.find(
    (value) =>
      value.quantity === quantity &&
      value.channel === channel &&
      value.atMs === undefined &&
      value.wallMs === undefined &&
      (value.agoMs ?? 0) === 0,
  )?.value;
}

function readPart(
  { quantity, channel, codec, at = 0, none }: Part,
  view: DataView,
  fieldAt: number,
  into: Value[],
): void {
  const value = codec.read(view, fieldAt + at);
  if (none?.includes(value)) return;
  into.push(channel === undefined ? { quantity, value } : { quantity, channel, value });
}

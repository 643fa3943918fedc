import type { Quantity } from '../domain/quantity.ts';
import type { ModelDecoded, Value } from './decode.ts';

/** What follows a key in a sensor's bytes. Without `quantity` it is known, and skipped. */
export type Field =
  | { readonly length: number; readonly quantity?: undefined }
  | { readonly length: number; readonly quantity: Quantity; readonly read: (value: DataView) => number };

/**
 * Reads bytes that are keys each followed by its value, until the end. A key that is not in the table ends it, because
 * its length is not known: what came before is kept.
 */
export function decodeFields(
  bytes: Uint8Array,
  keyLength: number,
  fields: ReadonlyMap<number, Field>,
): ModelDecoded {
  const values: Value[] = [];
  let at = 0;
  while (at < bytes.length) {
    const key = bytes.subarray(at, at + keyLength);
    const field = fields.get(key.reduce((number, byte) => number * 256 + byte, 0));
    if (!field || key.length < keyLength) {
      return {
        values,
        problem: `${named(key, at)} is not a type that can be read: it and the rest are left out`,
      };
    }
    const valueAt = at + keyLength;
    if (valueAt + field.length > bytes.length) return { values, problem: `${named(key, at)} is cut short` };
    at = valueAt + field.length;
    if (field.quantity === undefined) continue;
    const view = new DataView(bytes.buffer, bytes.byteOffset + valueAt, field.length);
    values.push({ quantity: field.quantity, value: field.read(view) });
  }
  return { values };
}

function named(key: Uint8Array, at: number): string {
  return `0x${Buffer.from(key).toString('hex')} at byte ${at}`;
}

/** A whole number ≥ 0 in so many bytes, big-endian. Outside the range it saturates, as a sensor's value does. */
export function unsigned(value: number, length: number): number[] {
  const whole = Math.min(Math.max(Math.round(value), 0), 256 ** length - 1);
  return Array.from({ length }, (_, i) => Math.floor(whole / 256 ** (length - 1 - i)) % 256);
}

/** A whole number in so many bytes, two's complement, big-endian. Outside the range it saturates. */
export function signed(value: number, length: number): number[] {
  const half = 256 ** length / 2;
  const whole = Math.min(Math.max(Math.round(value), -half), half - 1);
  return unsigned(whole < 0 ? whole + 2 * half : whole, length);
}

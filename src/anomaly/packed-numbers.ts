import { z } from 'zod';
import { MOST_POWER, powersOfTen } from './powers-of-ten.ts';

/**
 * Numbers of five significant digits as text, four characters each: a sign, the digits and a power of ten in 24 bits. In memory
 * they take half of what an array of numbers does (and none of the room that arrays keep to grow), and in a snapshot two thirds;
 * and one text is read back faster than its numbers. What has five digits is given back to the bit.
 */
export function pack(values: readonly number[]): string {
  const codes: number[] = [];
  for (const value of values) {
    const bits = bitsOf(value);
    for (let shift = 18; shift >= 0; shift -= 6) codes.push(codeOf[(bits >> shift) & 63] ?? 0);
  }
  // Made whole: a text cut from another, or put together of two, would keep both.
  return String.fromCharCode(...codes);
}

export function unpack(text: string): number[] {
  const values = new Array<number>(packedCount(text));
  for (let i = 0; i < values.length; i += 1) {
    let bits = 0;
    for (let at = 4 * i; at < 4 * i + 4; at += 1) bits = (bits << 6) | (bitsOfCode[text.charCodeAt(at)] ?? 0);
    values[i] = numberOf(bits);
  }
  return values;
}

/** How many numbers it holds. */
export function packedCount(text: string): number {
  return text.length / 4;
}

/** The same with these behind, of all together the newest `most`. */
export function packedWith(text: string, values: readonly number[], most: number): string {
  return pack([...unpack(text), ...values].slice(-most));
}

/** What {@link pack} gives; before December 2026 the numbers themselves. */
export const packedSchema = z.union([
  z.string().regex(/^(?:[\w-]{4})*$/),
  z.array(z.number()).transform(pack),
]);

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const codeOf = Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0));
const bitsOfCode = new Uint8Array(128);
for (const [bits, code] of codeOf.entries()) bitsOfCode[code] = bits;

const SIGN = 1 << 23;
const DIGITS = 17;
const LARGEST = 99_999 | ((MOST_POWER + 32) << DIGITS);

/** What is too small is nothing, what is too large is the largest: no building measures either. */
function bitsOf(value: number): number {
  if (value === 0 || Number.isNaN(value)) return 32 << DIGITS;
  const sign = value < 0 ? SIGN : 0;
  if (!Number.isFinite(value)) return sign | LARGEST;
  const [digits = '', exponent = ''] = Math.abs(value).toExponential(4).split('e');
  const power = Number(exponent) - 4;
  if (power < -MOST_POWER) return 32 << DIGITS;
  if (power > MOST_POWER) return sign | LARGEST;
  return sign | ((power + 32) << DIGITS) | Number(digits.replace('.', ''));
}

function numberOf(bits: number): number {
  const power = ((bits >> DIGITS) & 63) - 32;
  const digits = bits & ((1 << DIGITS) - 1);
  const value = power < 0 ? digits / (powersOfTen[-power] ?? 1) : digits * (powersOfTen[power] ?? 1);
  return (bits & SIGN) === 0 ? value : -value;
}

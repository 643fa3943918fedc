/** A moment on the meter's own clock, which has no zone. */
export type MeterTime = {
  /** As if the clock showed UTC, epoch ms: the wall clock, to be placed by whoever knows the zone. */
  readonly wallMs: number;
  /** False: a date alone, its midnight. */
  readonly hasClock: boolean;
  /** The meter says that its clock shows summer time. */
  readonly isSummerTime: boolean;
};

/** Packed decimal, type A: the low digits first. A leading Fh is a minus; any other digit above 9 marks an error. */
export function bcd(bytes: Uint8Array): number | undefined {
  let digits = 0;
  const isNegative = (bytes.at(-1) ?? 0) >>> 4 === 0xf;
  for (let i = bytes.length - 1; i >= 0; i -= 1) {
    const byte = bytes[i] ?? 0;
    const high = isNegative && i === bytes.length - 1 ? 0 : byte >>> 4;
    const low = byte & 0x0f;
    if (high > 9 || low > 9) return undefined;
    digits = digits * 100 + high * 10 + low;
  }
  return isNegative ? 0 - digits : digits;
}

/** Two's complement, type B, low byte first. The smallest value stands for invalid. Exact up to 2⁵³. */
export function integer(bytes: Uint8Array): number | undefined {
  const size = 256 ** bytes.length;
  let value = 0;
  for (let i = bytes.length - 1; i >= 0; i -= 1) value = value * 256 + (bytes[i] ?? 0);
  if (value === size / 2) return undefined;
  if (value < size / 2) return value;
  return bytes.length <= 6 ? value - size : negative(bytes);
}

/** IEEE 754, type H, shown as the shortest decimal that it can be: 21.7, not 21.700000762939453. */
export function float32(bytes: Uint8Array): number | undefined {
  const value = new DataView(bytes.buffer, bytes.byteOffset, 4).getFloat32(0, true);
  if (!Number.isFinite(value)) return undefined;
  const short = Number(value.toPrecision(7));
  return Math.fround(short) === value ? short : value;
}

/** Type G (2 bytes), J (3), F (4) or I (6), by the field's length: a date, a time of day (none here), or both. */
export function meterTime(bytes: Uint8Array): MeterTime | undefined {
  const at = (i: number) => bytes[i] ?? 0;
  if (bytes.length === 2) return dateOf(at(0), at(1));
  if (bytes.length === 4 && (at(0) & 0x80) === 0) {
    // The century, for clocks that know it; a meter that does not leaves it 0 (EN 13757-3, annex A).
    const century = (at(1) >>> 5) & 0x03;
    const date = dateOf(at(2), at(3), century === 0 ? undefined : 1900 + 100 * century);
    return clockOf(date, at(1) & 0x1f, at(0) & 0x3f, 0, (at(1) & 0x80) !== 0);
  }
  if (bytes.length === 6 && (at(1) & 0x80) === 0) {
    const isSummerTime = (at(0) & 0x80) !== 0;
    return clockOf(dateOf(at(3), at(4)), at(2) & 0x1f, at(1) & 0x3f, at(0) & 0x3f, isSummerTime);
  }
  return undefined;
}

/** Characters go last first (ISO 8859-1). What a person could not read becomes a space. */
export function reversedText(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).reverse().toString('latin1');
  return text.replaceAll(/[^\x20-\x7e\xa0-\xff]/g, ' ').trim();
}

/** A number times a power of ten, as precise as the division or product can be. */
export function scaled(number: number, exponent: number): number {
  return exponent < 0 ? number / 10 ** -exponent : number * 10 ** exponent;
}

function negative(bytes: Uint8Array): number {
  let inverted = 0;
  for (let i = bytes.length - 1; i >= 0; i -= 1) inverted = inverted * 256 + (255 - (bytes[i] ?? 0));
  return -inverted - 1;
}

function dateOf(low: number, high: number, century?: number): MeterTime | undefined {
  const day = low & 0x1f;
  const month = high & 0x0f;
  const year = (low >>> 5) | ((high & 0xf0) >>> 1);
  if (day < 1 || month < 1 || month > 12 || year > 99) return undefined;
  // Two digits: 81..99 are of the last century.
  const fullYear = (century ?? (year > 80 ? 1900 : 2000)) + year;
  const wallMs = Date.UTC(fullYear, month - 1, day);
  // The 30th of February would become a day of March.
  if (new Date(wallMs).getUTCDate() !== day) return undefined;
  return { wallMs, hasClock: false, isSummerTime: false };
}

function clockOf(
  date: MeterTime | undefined,
  hour: number,
  minute: number,
  second: number,
  isSummerTime: boolean,
): MeterTime | undefined {
  if (!date || hour > 23 || minute > 59 || second > 59) return undefined;
  const wallMs = date.wallMs + ((hour * 60 + minute) * 60 + second) * 1000;
  return { wallMs, hasClock: true, isSummerTime };
}

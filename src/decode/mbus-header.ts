import type { Value } from './decode.ts';
import { bcd } from './mbus-values.ts';

/** What a telegram says of its meter before the records (EN 13757-7, clause 7.3: long and short header). */
export type MbusHeader = {
  /** Eight digits, as printed on the meter; absent in a short header. */
  readonly id?: string;
  /** Three letters, as registered with the FLAG association. */
  readonly manufacturer?: string;
  readonly version?: number;
  readonly medium?: number;
  readonly accessNumber: number;
  readonly status: number;
  /** Not 0: the records are encrypted. */
  readonly securityMode: number;
  /** Where the records begin. */
  readonly length: number;
};

/** The header behind a CI field 72h (long) or 7Ah (short), CI included; undefined for another or one cut short. */
export function readMbusHeader(bytes: Uint8Array): MbusHeader | undefined {
  const at = (i: number) => bytes[i] ?? 0;
  const isLong = at(0) === 0x72;
  const length = isLong ? 13 : 5;
  if ((!isLong && at(0) !== 0x7a) || bytes.length < length) return undefined;
  const tail = {
    accessNumber: at(length - 4),
    status: at(length - 3),
    securityMode: at(length - 1) & 0x1f,
    length,
  };
  if (!isLong) return tail;
  const letters = at(5) | (at(6) << 8);
  return {
    id: meterId(bytes.subarray(1, 5)),
    manufacturer: String.fromCharCode(...[10, 5, 0].map((shift) => 64 + ((letters >>> shift) & 0x1f))),
    version: at(7),
    medium: at(8),
    ...tail,
  };
}

/** Eight digits, low first on the wire; a maker's hex digit among them is kept as it is. */
export function meterId(bytes: Uint8Array): string {
  const number = bcd(bytes);
  return number === undefined || number < 0
    ? Buffer.from(bytes).reverse().toString('hex').toUpperCase()
    : number.toString().padStart(8, '0');
}

/**
 * The status byte of a header (EN 13757-7, table of the status field). Bits 0 and 1 together: 2 is an error of the
 * application, 3 an abnormal condition that only the maker's manual names. Bits 5 to 7 are the maker's own.
 */
export function statusValues(status: number): readonly Value[] {
  const isSet = (mask: number) => ((status & mask) === 0 ? 0 : 1);
  return [
    { quantity: 'batteryLow', value: isSet(0x04) },
    { quantity: 'sensorError', value: isSet(0x18) || ((status & 0x03) === 2 ? 1 : 0) },
    { quantity: 'alarm', value: (status & 0x03) === 3 ? 1 : 0 },
  ];
}

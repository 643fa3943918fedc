import { signed, unsigned } from './bytes.ts';
import type { Model, Value } from './decode.ts';
import {
  carriedBy,
  decodeFields,
  encodeFields,
  type Field,
  type Fields,
  field,
  type Part,
  skip,
} from './fields.ts';

/**
 * What Milesight's sensors share: channel and type byte, then the value, little-endian. The same channel means
 * something else from model to model, so each has a table of its own.
 */
export const milesightCodecs = {
  temperature: signed(2, { little: true, per: 10 }),
  humidity: unsigned(1, { per: 2 }),
  distance: unsigned(2, { little: true }),
  ppm: unsigned(2, { little: true }),
  /** Tenths of a hPa. */
  pressure: unsigned(2, { little: true, times: 10 }),
} as const;

type Definition = Omit<Model, 'source' | 'decode' | 'encode' | 'carries'> & {
  readonly folder: string;
  readonly fields: readonly (readonly [key: number, field: Field])[];
};

/** A model of these fields, with battery and what every one of them says of itself. */
export function milesightModel({ folder, fields, ...definition }: Definition): Model {
  const table: Fields = { keyBytes: 2, byKey: new Map([...common, ...fields]) };
  return {
    ...definition,
    source: `https://github.com/Milesight-IoT/SensorDecoders/tree/main/${folder}`,
    decode: (bytes) => decodeFields(bytes, table),
    encode: (values) => ({ port: 85, bytes: encodeFields(values, table) }),
    carries: carriedBy(table),
  };
}

/** A field with an alarm's state behind the value: what was past a threshold, or is so no more. */
export function alarming(plain: Field): Field {
  const length = typeof plain.length === 'number' ? plain.length + 1 : plain.length;
  return { ...plain, length, readOnly: true };
}

/** A record that was kept while there was no network: seconds since 1970 by the sensor's clock, then the values. */
export function kept(length: number, parts: readonly Part[]): Field {
  return {
    length,
    records: (view, at): readonly Value[] => {
      const atMs = view.getUint32(at, true) * 1000;
      return parts.map(({ quantity, codec, at: offset = 0 }) => ({
        quantity,
        value: codec.read(view, at + 4 + offset),
        atMs,
      }));
    },
  };
}

/** Answers to what was set (0xfe or 0xff, then the setting), and how long they are. */
const settings: readonly (readonly [setting: number, length: number])[] = [
  [0x02, 2],
  [0x03, 2],
  [0x06, 9],
  [0x10, 1],
  [0x11, 4],
  [0x17, 2],
  [0x18, 1],
  [0x27, 1],
  [0x28, 1],
  [0x2d, 1],
  [0x2f, 1],
  [0x39, 5],
  [0x3b, 1],
  [0x68, 1],
  [0x69, 1],
  [0x6a, 3],
  [0x8e, 3],
  [0xf2, 2],
];

const common: readonly (readonly [key: number, field: Field])[] = [
  [0x0175, field('batteryPct', unsigned(1), { max: 100 })],
  // When it has joined: status, protocol, serial number, hardware, firmware, class, restart.
  [0xff0b, skip(1)],
  [0xff01, skip(1)],
  [0xff16, skip(8)],
  [0xff09, skip(2)],
  [0xff0a, skip(2)],
  [0xff0f, skip(1)],
  [0xffff, skip(2)],
  [0xfffe, skip(1)],
  ...settings.flatMap(
    ([setting, length]) =>
      [
        [0xfe00 + setting, skip(length)],
        [0xff00 + setting, skip(length)],
      ] as const,
  ),
];

import type { Model } from './decode.ts';
import { decodeFields, type Field, signed, unsigned } from './fields.ts';

/** Milesight's distance sensors: channel and type byte, then the value, little-endian. */
export const milesightEm400: Model = {
  name: 'milesight-em400',
  aliases: [
    'milesight-em400-mud',
    'milesight-em400-tld',
    'milesight-em400-udl',
    'em400',
    'em400-mud',
    'em400-tld',
    'em400-udl',
  ],
  title: 'Milesight EM400-MUD, -TLD, -UDL: fill level of containers',
  source: 'https://github.com/Milesight-IoT/SensorDecoders/tree/main/em-series',
  decode: (bytes) => decodeFields(bytes, 2, fields),
  examples: [
    {
      hex: '01755c 03670101 04824408 050001',
      port: 85,
      expect: [
        { quantity: 'batteryPct', value: 92 },
        { quantity: 'airTemperatureC', value: 25.7 },
        { quantity: 'distanceMm', value: 2116 },
        { quantity: 'tilted', value: 1 },
      ],
    },
    {
      hex: '8367e80001 8482410601',
      port: 85,
      expect: [
        { quantity: 'airTemperatureC', value: 23.2 },
        { quantity: 'distanceMm', value: 1601 },
      ],
    },
    {
      hex: '0367f1ff 0482e803 050000',
      port: 85,
      expect: [
        { quantity: 'airTemperatureC', value: -1.5 },
        { quantity: 'distanceMm', value: 1000 },
        { quantity: 'tilted', value: 0 },
      ],
    },
    { hex: 'ff0bff ff0101 ff166749d19054690031 ff090310 ff0a0101 ff0f00', port: 85, expect: [] },
  ],
};

export type Em400Values = {
  readonly batteryPct?: number;
  readonly airTemperatureC?: number;
  readonly distanceMm: number;
  readonly tilted?: boolean;
};

/** The bytes that {@link milesightEm400} reads: temperature in steps of 0.1 °C, the others in whole units. */
export function encodeEm400({ batteryPct, airTemperatureC, distanceMm, tilted }: Em400Values): Buffer {
  return Buffer.from([
    ...(batteryPct === undefined ? [] : [0x01, 0x75, ...unsigned(batteryPct, 1)]),
    ...(airTemperatureC === undefined ? [] : [0x03, 0x67, ...signed(airTemperatureC * 10, 2).toReversed()]),
    ...[0x04, 0x82, ...unsigned(distanceMm, 2).toReversed()],
    ...(tilted === undefined ? [] : [0x05, 0x00, tilted ? 1 : 0]),
  ]);
}

const temperature = {
  quantity: 'airTemperatureC',
  read: (value: DataView) => value.getInt16(0, true) / 10,
} as const;
const distance = { quantity: 'distanceMm', read: (value: DataView) => value.getUint16(0, true) } as const;

const fields: ReadonlyMap<number, Field> = new Map<number, Field>([
  [0x0175, { length: 1, quantity: 'batteryPct', read: (value) => value.getUint8(0) }],
  [0x0367, { length: 2, ...temperature }],
  [0x0482, { length: 2, ...distance }],
  [0x0500, { length: 1, quantity: 'tilted', read: (value) => value.getUint8(0) }],
  [0x0688, { length: 9 }], // position and movement
  // Past a threshold that is set in the sensor: the value, then the alarm's state.
  [0x8367, { length: 3, ...temperature }],
  [0x8482, { length: 3, ...distance }],
  // What it says of itself when it has joined: status, protocol, serial number, hardware, firmware, class.
  [0xff0b, { length: 1 }],
  [0xff01, { length: 1 }],
  [0xff16, { length: 8 }],
  [0xff09, { length: 2 }],
  [0xff0a, { length: 2 }],
  [0xff0f, { length: 1 }],
  [0xffff, { length: 2 }],
]);

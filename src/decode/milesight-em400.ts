import { flag, signed, unsigned } from './bytes.ts';
import type { Model } from './decode.ts';
import { carriedBy, decodeFields, encodeFields, type Fields, field, skip } from './fields.ts';

const temperature = signed(2, { little: true, per: 10 });
const distance = unsigned(2, { little: true });

/** Channel and type byte, then the value, little-endian. */
const fields: Fields = {
  keyBytes: 2,
  byKey: new Map([
    [0x0175, field('batteryPct', unsigned(1), { max: 100 })],
    [0x0367, field('airTemperatureC', temperature, { min: -40, max: 85 })],
    [0x0482, field('distanceMm', distance, { max: 20_000 })],
    [0x0500, field('tilted', flag)],
    [0x0688, skip(9)], // position and movement
    // Past a threshold that is set in the sensor: the value, then the alarm's state.
    [0x8367, { ...field('airTemperatureC', temperature), length: 3, readOnly: true }],
    [0x8482, { ...field('distanceMm', distance), length: 3, readOnly: true }],
    // What it says of itself when it has joined: status, protocol, serial number, hardware, firmware, class.
    [0xff0b, skip(1)],
    [0xff01, skip(1)],
    [0xff16, skip(8)],
    [0xff09, skip(2)],
    [0xff0a, skip(2)],
    [0xff0f, skip(1)],
    [0xffff, skip(2)],
  ]),
};

/** Milesight's distance sensors. */
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
  decode: (bytes) => decodeFields(bytes, fields),
  encode: (values) => ({ port: 85, bytes: encodeFields(values, fields) }),
  carries: carriedBy(fields),
  usualMinutes: 120,
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

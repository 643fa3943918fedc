import { flag, signed, unsigned } from './bytes.ts';
import type { Model, ModelDecoded } from './decode.ts';
import { carriedBy, decodeFields, encodeFields, type Fields, field, skip } from './fields.ts';

const temperature = signed(2, { per: 10 });

/** Elsys' payload: a type byte, then the value, big-endian. The types that say only their length are skipped. */
const fields: Fields = {
  keyBytes: 1,
  byKey: new Map([
    [0x01, field('airTemperatureC', temperature, { min: -40, max: 85 })],
    [0x02, field('relativeHumidityPct', unsigned(1), { max: 100 })],
    [0x03, skip(3)], // acceleration x, y, z
    [0x04, field('illuminanceLux', unsigned(2))],
    [0x05, field('motionCount', unsigned(1))],
    [0x06, field('co2Ppm', unsigned(2), { max: 10_000 })],
    [0x07, field('batteryMv', unsigned(2), { max: 60_000 })],
    [0x08, skip(2)], // analogue input 1: what it measures is the owner's choice
    [0x09, skip(6)], // position
    [0x0a, skip(2)], // pulses since last time, input 1: the sum says it better
    [0x0b, field('pulseCount', unsigned(4), { channel: '1' })],
    [0x0c, field('probeTemperatureC', temperature, { channel: '1', min: -200, max: 1000 })],
    [0x0d, skip(1)], // digital input: what it means is the owner's choice
    [0x0e, field('distanceMm', unsigned(2), { max: 20_000 })],
    [0x0f, skip(1)], // movements of the sensor
    // Infrared: the sensor's own temperature, which 0x01 says, and that of the surface it looks at.
    [
      0x10,
      {
        length: 4,
        parts: [
          {
            quantity: 'probeTemperatureC',
            channel: 'surface',
            codec: temperature,
            at: 2,
            min: -200,
            max: 1000,
          },
        ],
      },
    ],
    // 0 nobody, 2 somebody; 1, coming or going, is neither.
    [
      0x11,
      {
        length: 1,
        parts: [
          { quantity: 'occupied', codec: { ...unsigned(1, { times: 0.5 }), step: 1, max: 1 }, none: [0.5] },
        ],
      },
    ],
    [0x12, field('waterDetected', flag)],
    [0x13, skip(65)], // heat picture
    [0x14, field('airPressurePa', signed(4, { per: 10 }), { min: 30_000, max: 120_000 })], // thousandths of a hPa
    [
      0x15,
      {
        length: 2,
        parts: [
          { quantity: 'soundDb', channel: 'peak', codec: unsigned(1), max: 200 },
          { quantity: 'soundDb', codec: unsigned(1), at: 1, max: 200 },
        ],
      },
    ],
    [0x16, skip(2)], // pulses since last time, input 2
    [0x17, field('pulseCount', unsigned(4), { channel: '2' })],
    [0x18, skip(2)], // analogue input 2
    [0x19, field('probeTemperatureC', temperature, { channel: '2', min: -200, max: 1000 })],
    [0x1a, skip(1)], // digital input 2
    [0x1b, skip(4)], // load cell, µV
    [0x1c, field('tvocPpb', unsigned(2))],
    [0x3d, skip(4)], // for the maker
  ]),
};

/** Elsys' sensors share one payload. Settings (0x3e) come alone, on a port of their own. */
export const elsys: Model = {
  name: 'elsys',
  aliases: [
    'elsys-ers',
    'elsys-ers-co2',
    'elsys-ers-eye',
    'elsys-ers-lite',
    'elsys-ers-sound',
    'elsys-ers-voc',
    'elsys-elt',
    'elsys-elt-2',
    'elsys-elt-ultrasonic',
    'elsys-ems',
  ],
  title: 'Elsys ERS, ELT, EMS: indoor climate, ultrasonic fill level, probes, pulses, water leak',
  source: 'https://www.elsys.se/en/elsys-payload/',
  decode: (bytes, port) => (port === SETTINGS_PORT ? { values: [] } : numbered(decodeFields(bytes, fields))),
  encode: (values) => ({ port: 5, bytes: encodeFields(values, fields) }),
  carries: carriedBy(fields),
  usualMinutes: 10,
  unconfirmed: [
    'the length of types 0x3d and above is not in the public table; 0x3e and 0x3f end the reading',
  ],
  examples: [
    {
      hex: '0100e2 0229 040027 0506',
      port: 1,
      expect: [
        { quantity: 'airTemperatureC', value: 22.6 },
        { quantity: 'relativeHumidityPct', value: 41 },
        { quantity: 'illuminanceLux', value: 39 },
        { quantity: 'motionCount', value: 6 },
      ],
    },
    {
      hex: '01ffe7 0602bc 070e42',
      port: 5,
      expect: [
        { quantity: 'airTemperatureC', value: -2.5 },
        { quantity: 'co2Ppm', value: 700 },
        { quantity: 'batteryMv', value: 3650 },
      ],
    },
    {
      hex: '0100e2 0229 03012705 1406010111 0e2311',
      port: 1,
      expect: [
        { quantity: 'airTemperatureC', value: 22.6 },
        { quantity: 'relativeHumidityPct', value: 41 },
        // A sample of the documentation whose pressure no place on earth has: ingest refuses it, its neighbours stay.
        { quantity: 'airPressurePa', value: 10_072_910.5 },
        { quantity: 'distanceMm', value: 8977 },
      ],
    },
    {
      hex: '14000f7602 153c2d 1102 1201 0b00010203 170000000a 0cff9c 1900c8',
      port: 5,
      expect: [
        { quantity: 'airPressurePa', value: 101_325 },
        { quantity: 'soundDb', channel: 'peak', value: 60 },
        { quantity: 'soundDb', value: 45 },
        { quantity: 'occupied', value: 1 },
        { quantity: 'waterDetected', value: 1 },
        { quantity: 'pulseCount', channel: '1', value: 66_051 },
        { quantity: 'pulseCount', channel: '2', value: 10 },
        { quantity: 'probeTemperatureC', channel: '1', value: -10 },
        { quantity: 'probeTemperatureC', channel: '2', value: 20 },
      ],
    },
    {
      hex: '1101 1900c8 1900d2 10000f0113 1c0102',
      port: 5,
      expect: [
        { quantity: 'probeTemperatureC', channel: '2', value: 20 },
        { quantity: 'probeTemperatureC', channel: '3', value: 21 },
        { quantity: 'probeTemperatureC', channel: 'surface', value: 27.5 },
        { quantity: 'tvocPpb', value: 258 },
      ],
    },
  ],
};

const SETTINGS_PORT = 6;

/** Several outside probes come as one type (0x19) each time: they are numbered on. */
function numbered(decoded: ModelDecoded): ModelDecoded {
  let next = 2;
  const isProbe = (channel: string | undefined) => channel === '2';
  if (
    decoded.values.filter(({ quantity, channel }) => quantity === 'probeTemperatureC' && isProbe(channel))
      .length < 2
  ) {
    return decoded;
  }
  const values = decoded.values.map((value) => {
    if (value.quantity !== 'probeTemperatureC' || !isProbe(value.channel)) return value;
    const channel = String(next);
    next += 1;
    return { ...value, channel };
  });
  return { ...decoded, values };
}

import type { Model } from './decode.ts';
import { decodeFields, type Field, signed, unsigned } from './fields.ts';

/** Elsys' sensors share one payload: a type byte, then the value, big-endian. */
export const elsys: Model = {
  name: 'elsys',
  aliases: [
    'elsys-ers',
    'elsys-ers-co2',
    'elsys-ers-eye',
    'elsys-ers-lite',
    'elsys-ers-sound',
    'elsys-elt',
    'elsys-elt-2',
    'elsys-elt-ultrasonic',
    'elsys-ems',
  ],
  title: 'Elsys ERS, ELT, EMS: indoor climate, ultrasonic fill level',
  source: 'https://www.elsys.se/en/elsys-payload/',
  decode: (bytes) => decodeFields(bytes, 1, fields),
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
      hex: '03012705 14000f7602 0e2311',
      port: 1,
      expect: [
        { quantity: 'airPressurePa', value: 101_325 },
        { quantity: 'distanceMm', value: 8977 },
      ],
    },
  ],
};

export type ElsysValues = {
  readonly airTemperatureC?: number;
  readonly relativeHumidityPct?: number;
  readonly illuminanceLux?: number;
  readonly motionCount?: number;
  readonly co2Ppm?: number;
  readonly batteryMv?: number;
  readonly distanceMm?: number;
};

/** The bytes that {@link elsys} reads: temperature in steps of 0.1 °C, the others in whole units. */
export function encodeElsys(values: ElsysValues): Buffer {
  const field = (type: number, value: number | undefined, length: number) =>
    value === undefined ? [] : [type, ...unsigned(value, length)];
  const { airTemperatureC } = values;
  return Buffer.from([
    ...(airTemperatureC === undefined ? [] : [0x01, ...signed(airTemperatureC * 10, 2)]),
    ...field(0x02, values.relativeHumidityPct, 1),
    ...field(0x04, values.illuminanceLux, 2),
    ...field(0x05, values.motionCount, 1),
    ...field(0x06, values.co2Ppm, 2),
    ...field(0x07, values.batteryMv, 2),
    ...field(0x0e, values.distanceMm, 2),
  ]);
}

/**
 * The types that say only their length are skipped: what they measure depends on how the sensor is mounted or set
 * (an outside probe, pulses, an analogue input) or has no quantity here (acceleration, sound, water leak).
 */
const fields: ReadonlyMap<number, Field> = new Map<number, Field>([
  [0x01, { length: 2, quantity: 'airTemperatureC', read: (value) => value.getInt16(0) / 10 }],
  [0x02, { length: 1, quantity: 'relativeHumidityPct', read: (value) => value.getUint8(0) }],
  [0x03, { length: 3 }], // acceleration x, y, z
  [0x04, { length: 2, quantity: 'illuminanceLux', read: (value) => value.getUint16(0) }],
  [0x05, { length: 1, quantity: 'motionCount', read: (value) => value.getUint8(0) }],
  [0x06, { length: 2, quantity: 'co2Ppm', read: (value) => value.getUint16(0) }],
  [0x07, { length: 2, quantity: 'batteryMv', read: (value) => value.getUint16(0) }],
  [0x08, { length: 2 }], // analogue input 1
  [0x09, { length: 6 }], // position
  [0x0a, { length: 2 }], // pulses since last time, input 1
  [0x0b, { length: 4 }], // pulses in all, input 1
  [0x0c, { length: 2 }], // outside probe 1
  [0x0d, { length: 1 }], // digital input
  [0x0e, { length: 2, quantity: 'distanceMm', read: (value) => value.getUint16(0) }],
  [0x0f, { length: 1 }], // movements of the sensor
  [0x10, { length: 4 }], // infrared temperature, inside and outside
  [0x11, { length: 1 }], // occupancy
  [0x12, { length: 1 }], // water leak
  [0x13, { length: 65 }], // heat picture
  // Thousandths of a hectopascal.
  [0x14, { length: 4, quantity: 'airPressurePa', read: (value) => value.getInt32(0) / 10 }],
  [0x15, { length: 2 }], // sound, peak and mean
  [0x16, { length: 2 }], // pulses since last time, input 2
  [0x17, { length: 4 }], // pulses in all, input 2
  [0x18, { length: 2 }], // analogue input 2
  [0x19, { length: 2 }], // outside probe 2
]);

import { flag, signed, unsigned } from './bytes.ts';
import type { Model, ModelDecoded, Value } from './decode.ts';
import { carriedBy, decodeFields, encodeFields, type Fields, field, skip } from './fields.ts';

const temperature = signed(2, { per: 10 });
const humidity = unsigned(1, { per: 2 });
const limits = { min: -40, max: 85 } as const;

/** A type, whose highest bit says that the report stands in the strip's history too, then the value, big-endian. */
const fields: Fields = {
  keyBytes: 1,
  keyMask: 0x7f,
  byKey: new Map([
    [0, skip(0)],
    [1, field('batteryPct', unsigned(1), { max: 100 })],
    [2, field('airTemperatureC', temperature, limits)],
    [3, skip(1)], // temperature past a threshold
    [4, field('airTemperatureC', temperature, { channel: 'mean', ...limits })],
    [5, skip(1)],
    [6, field('relativeHumidityPct', humidity, { max: 100 })],
    [7, field('illuminanceLux', unsigned(2))],
    [8, { ...field('illuminanceLux', unsigned(2)), readOnly: true }], // the same, when set to two ranges
    [9, field('open', flag)],
    [10, skip(1)], // a door that was open for too long
    [11, field('tampered', flag)],
    [12, { ...field('tampered', flag), readOnly: true }],
    [13, skip(1)], // how wet, in percent; the alarm below says whether that is water
    [14, field('waterDetected', flag)],
    [15, skip(1)], // oil
    [16, skip(1)], // a switch of the owner's choice
    [17, skip(2)], // how often the door was opened
    [18, field('occupied', flag)],
    [19, skip(2)], // proximity
    [20, skip(2)],
    [21, skip(1)],
    [22, skip(1)], // cleaned or not
    [
      80,
      {
        length: 3,
        readOnly: true,
        parts: [
          { quantity: 'relativeHumidityPct', codec: humidity },
          { quantity: 'airTemperatureC', codec: temperature, at: 1 },
        ],
      },
    ],
    [
      81,
      {
        length: 3,
        readOnly: true,
        parts: [
          { quantity: 'relativeHumidityPct', codec: humidity },
          { quantity: 'airTemperatureC', channel: 'mean', codec: temperature, at: 1 },
        ],
      },
    ],
    [
      82,
      {
        length: 3,
        readOnly: true,
        parts: [
          { quantity: 'open', codec: flag },
          { quantity: 'airTemperatureC', codec: temperature, at: 1 },
        ],
      },
    ],
    [110, skip(8)], // it has joined
    [112, skip(2)], // raw capacitances
    [113, skip(2)],
    [114, skip(2)],
  ]),
};

const HISTORY_PORT = 2;
/** The number of the newest record in the history, before the fields. */
const HEAD = 2;

export const sensativeStrips: Model = {
  name: 'sensative-strips',
  aliases: [
    'strips',
    'sensative-strips-guard',
    'sensative-strips-drip',
    'sensative-strips-comfort',
    'sensative-strips-presence',
  ],
  title: 'Sensative Strips: door, leak, climate, presence, with the history it is asked for',
  source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/sensative',
  decode: (bytes, port) => (port === HISTORY_PORT ? decodeHistory(bytes) : decodeReport(bytes)),
  encode: (values) => ({ port: 1, bytes: Uint8Array.from([0xff, 0xff, ...encodeFields(values, fields)]) }),
  carries: carriedBy(fields),
  usualMinutes: 60,
  unconfirmed: ['that a door report of 1 is an open door: published decoders differ'],
  examples: [
    {
      hex: 'ffff 0150 0200ea 0300 0d00 0e00 1000',
      port: 1,
      expect: [
        { quantity: 'batteryPct', value: 80 },
        { quantity: 'airTemperatureC', value: 23.4 },
        { quantity: 'waterDetected', value: 0 },
      ],
    },
    {
      hex: '0005 8901',
      port: 1,
      expect: [{ quantity: 'open', value: 1 }],
    },
    {
      hex: '0005 5051ff9c 0b01 1201',
      port: 1,
      expect: [
        { quantity: 'relativeHumidityPct', value: 40.5 },
        { quantity: 'airTemperatureC', value: -10 },
        { quantity: 'tampered', value: 1 },
        { quantity: 'occupied', value: 1 },
      ],
    },
    {
      hex: '0003 00000e100200d7 000007080200d2',
      port: 2,
      expect: [
        { quantity: 'airTemperatureC', value: 21.5, agoMs: 3_600_000 },
        { quantity: 'airTemperatureC', value: 21, agoMs: 1_800_000 },
      ],
    },
  ],
};

function decodeReport(bytes: Uint8Array): ModelDecoded {
  if (bytes.length < HEAD) return { values: [], problem: 'the number of the history record is cut short' };
  return decodeFields(bytes.subarray(HEAD), fields);
}

/** Records, each with how many seconds ago it was. */
function decodeHistory(bytes: Uint8Array): ModelDecoded {
  if (bytes.length < HEAD) return { values: [], problem: 'the number of the history record is cut short' };
  const values: Value[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = HEAD;
  while (at < bytes.length) {
    const length =
      at + 5 <= bytes.length ? fields.byKey.get(view.getUint8(at + 4) & 0x7f)?.length : undefined;
    if (typeof length !== 'number') {
      return { values, problem: `the record at byte ${at} is cut short, or of a type that cannot be read` };
    }
    const agoMs = view.getUint32(at) * 1000;
    const record = decodeFields(bytes.subarray(at + 4, at + 5 + length), fields);
    values.push(...record.values.map((value) => ({ ...value, agoMs })));
    if (record.problem !== undefined) return { values, problem: record.problem };
    at += 5 + length;
  }
  return { values };
}

import { signed, unsigned, viewOf } from './bytes.ts';
import type { Carried, Model, ModelDecoded, Value } from './decode.ts';
import { currentOf, type Part } from './fields.ts';

const DATA_PORT = 2;
const SETTINGS_PORT = 5;
/** Battery, first probe, analogue input, and the mode in the middle of a byte of flags. */
const HEAD = 7;
const MODE_AT = 6;

const word = unsigned(2);
const count = unsigned(4);
const tenths = signed(2, { per: 10 });
const share = unsigned(2, { per: 10 });
/** 7fffh: there is no probe. Of the climate sensor ffffh says the same, which would also be −0.1 °C. */
const NO_PROBE = [3276.7];
const NO_CLIMATE = [3276.7, -0.1];
const NO_SHARE = [6553.5];

const probe = (channel: string, at: number): Part => ({
  quantity: 'probeTemperatureC',
  channel,
  codec: tenths,
  at,
  none: NO_PROBE,
  min: -55,
  max: 125,
});
const counter = (channel: string, at: number): Part => ({
  quantity: 'pulseCount',
  channel,
  codec: count,
  at,
});
const battery: Part = { quantity: 'batteryMv', codec: word, max: 60_000 };
const first = probe('1', 2);
const light: Part = { quantity: 'illuminanceLux', codec: word, at: 7 };
const climate: readonly Part[] = [
  { quantity: 'airTemperatureC', codec: tenths, at: 7, none: NO_CLIMATE, min: 0, max: 100 },
  // 0: in the place of the climate there is the light.
  { quantity: 'relativeHumidityPct', codec: share, at: 9, none: NO_SHARE, min: 0.1, max: 100 },
];

type Mode = { readonly length: number; readonly parts: readonly Part[] };

/** What the owner has set it to, by number. Weights, voltages and contacts have no quantity here. */
const modes: ReadonlyMap<number, Mode> = new Map([
  [0, { length: 11, parts: [battery, first, ...climate] }],
  [
    1,
    {
      length: 11,
      parts: [battery, first, { quantity: 'distanceMm', codec: word, at: 7, none: [0], min: 1, max: 20_000 }],
    },
  ],
  [3, { length: 11, parts: [battery, first, probe('2', 7), probe('3', 9)] }],
  [4, { length: 11, parts: [battery, first] }],
  [5, { length: 11, parts: [battery, first, counter('1', 7)] }],
  [6, { length: 9, parts: [battery, first] }],
  [7, { length: 11, parts: [battery, first] }],
  [
    8,
    { length: 17, parts: [battery, first, probe('2', 4), probe('3', 7), counter('1', 9), counter('2', 13)] },
  ],
]);

/** The modes that are sent here: the others say nothing more. */
const sent = [0, 1, 3, 5, 8];

const carries: readonly Carried[] = sent.flatMap((number) =>
  (modes.get(number)?.parts ?? []).map(
    ({ quantity, channel, codec, none, min = codec.min, max = codec.max }) => ({
      quantity,
      ...(channel === undefined ? {} : { channel }),
      step: codec.step,
      min,
      max,
      mode: String(number),
      // What has no mark for "not there" always is.
      ...(none === undefined || number === 1 ? { always: true as const } : {}),
    }),
  ),
);

export const draginoLsn50: Model = {
  name: 'dragino-lsn50',
  aliases: [
    'lsn50',
    'dragino-lsn50v2',
    'dragino-lsn50-v2',
    'lsn50v2',
    'dragino-lsn50v2-s31',
    'dragino-lsn50v2-d20',
  ],
  title: 'Dragino LSN50: probes, climate, light, distance or pulses, by its mode',
  source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/dragino',
  decode: decodeLsn50,
  encode: encodeLsn50,
  carries,
  usualMinutes: 20,
  unconfirmed: [
    'a climate reading of exactly −0.1 °C: it is also the mark of a sensor that is not there, and left out',
  ],
  examples: [
    {
      hex: '0ce2 00e2 0000 00 00d7 01c2',
      port: DATA_PORT,
      expect: [
        { quantity: 'batteryMv', value: 3298 },
        { quantity: 'probeTemperatureC', channel: '1', value: 22.6 },
        { quantity: 'airTemperatureC', value: 21.5 },
        { quantity: 'relativeHumidityPct', value: 45 },
      ],
    },
    {
      hex: '0ce2 7fff 0000 00 0190 0000',
      port: DATA_PORT,
      expect: [
        { quantity: 'batteryMv', value: 3298 },
        { quantity: 'illuminanceLux', value: 400 },
      ],
    },
    {
      hex: '0ce2 7fff 0000 04 04d2 0064',
      port: DATA_PORT,
      expect: [
        { quantity: 'batteryMv', value: 3298 },
        { quantity: 'distanceMm', value: 1234 },
      ],
    },
    {
      hex: '0ce2 7fff 0000 14 00010203',
      port: DATA_PORT,
      expect: [
        { quantity: 'batteryMv', value: 3298 },
        { quantity: 'pulseCount', channel: '1', value: 66_051 },
      ],
    },
    {
      hex: '0ce2 00e2 ff9c 20 7fff 00000005 00000007',
      port: DATA_PORT,
      expect: [
        { quantity: 'batteryMv', value: 3298 },
        { quantity: 'probeTemperatureC', channel: '1', value: 22.6 },
        { quantity: 'probeTemperatureC', channel: '2', value: -10 },
        { quantity: 'pulseCount', channel: '1', value: 5 },
        { quantity: 'pulseCount', channel: '2', value: 7 },
      ],
    },
  ],
};

function decodeLsn50(bytes: Uint8Array, port: number): ModelDecoded {
  if (port === SETTINGS_PORT) return { values: [] };
  if (bytes.length < HEAD) return { values: [], problem: 'the head is cut short' };
  const view = viewOf(bytes);
  const number = (view.getUint8(MODE_AT) >> 2) & 0x1f;
  const mode = modes.get(number);
  if (!mode) return { values: [], problem: `mode ${number} is left out` };
  if (bytes.length < mode.length) return { values: [], problem: `mode ${number} is cut short` };
  const isLight = number === 0 && view.getUint16(9) === 0;
  const parts = isLight ? [battery, first, light] : mode.parts;
  const values: Value[] = [];
  for (const { quantity, channel, codec, at = 0, none } of parts) {
    const value = codec.read(view, at);
    if (none?.includes(value)) continue;
    values.push(channel === undefined ? { quantity, value } : { quantity, channel, value });
  }
  return { values };
}

function encodeLsn50(values: readonly Value[]) {
  const number = modeOf(values);
  const { length, parts } = modes.get(number) ?? { length: HEAD, parts: [] };
  const bytes = new Uint8Array(length);
  bytes[MODE_AT] = number << 2;
  for (const { codec, at = 0, none, ...point } of parts) {
    bytes.set(codec.write(currentOf(values, point) ?? none?.[0] ?? 0), at);
  }
  return { port: DATA_PORT, bytes };
}

/** The first mode that says all of it. */
function modeOf(values: readonly Value[]): number {
  const says = (parts: readonly Part[]) =>
    values.every((value) =>
      parts.some(({ quantity, channel }) => quantity === value.quantity && channel === value.channel),
    );
  return sent.find((number) => says(modes.get(number)?.parts ?? [])) ?? 0;
}

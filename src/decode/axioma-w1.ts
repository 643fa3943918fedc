import { DAY_MS, HOUR_MS } from '../domain/interval.ts';
import { unsigned, viewOf } from './bytes.ts';
import type { Carried, Model, ModelDecoded, Value } from './decode.ts';
import { currentOf } from './fields.ts';

const DATA_PORT = 100;
const SETTINGS_PORT = 101;
const ALARM_PORT = 103;
const ALARM_BYTES = 5;
const DAY_BYTES = 51;
const DAY_VERSION = 1;
/** Before the litres of each hour: version, time, states, register. */
const DAY_HEAD = 10;
const DAY_STEPS = 23;
const STEP_BITS = 14;
const PADDING = 0x2f;

const litres = unsigned(4, { little: true });
const inHour = unsigned(2, { little: true });
const clock = unsigned(4, { little: true, times: 1000 });
const warmth = unsigned(2, { little: true, per: 100 });

/** The states that the highest three bits tell; there is one at a time. */
const kinds = [undefined, 'leaking', undefined, 'reverseFlow', 'frost', 'burst'] as const;
const exclusive = ['dry', 'leaking', 'reverseFlow', 'frost', 'burst'] as const;
const yesNo = { step: 1, min: 0, max: 1, always: true } as const;

const carries: readonly Carried[] = [
  { quantity: 'waterVolumeL', step: 1, min: 0, max: 4_294_967_295, always: true },
  { quantity: 'batteryLow', ...yesNo },
  { quantity: 'sensorError', ...yesNo },
  ...(['well', ...exclusive] as const).flatMap((mode) =>
    exclusive.map((quantity) => {
      const value = quantity === mode ? 1 : 0;
      return { quantity, step: 1, min: value, max: value, always: true as const, mode };
    }),
  ),
];

/** A water meter whose register is in litres. Its uplinks hold the hours of a day. */
export const axiomaW1: Model = {
  name: 'axioma-w1',
  aliases: ['qalcosonic-w1', 'axioma-qalcosonic-w1', 'axioma-qalcosonic', 'honeywell-q400'],
  title: 'Axioma Qalcosonic W1: water by the hour, and the states of the meter',
  source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/axioma',
  decode: decodeW1,
  encode: encodeW1,
  carries,
  usualMinutes: 1440,
  unconfirmed: [
    'that the meter’s clock is UTC: the 24 hours of an uplink end at the midnight, by that clock, before it was sent',
    'what the last 6 bits of an uplink of 24 hours are (a factor); other than 0, the uplink is not read',
  ],
  examples: [
    {
      hex: '01aeac986a003217000000000000000000008003800054000e4005100048000240020000200000000000000000000000000000',
      port: DATA_PORT,
      clockMs: Date.UTC(2026, 8, 2, 23, 9, 34),
      expect: [
        ...statesOf(0),
        ...[
          5938, 5938, 5938, 5938, 5938, 5938, 5952, 5960, 5981, 5995, 6016, 6017, 6035, 6037, 6046, 6046,
          6054, 6054, 6054, 6054, 6054, 6054, 6054, 6054,
        ].map(
          (value, i): Value => ({
            quantity: 'waterVolumeL',
            value,
            agoMs: Date.UTC(2026, 8, 2, 23, 9, 34) - Date.UTC(2026, 8, 1, 1 + i),
          }),
        ),
      ],
    },
    {
      hex: '0ea0355d3029350000 54c0345de7290000 b800 b900 b800 b800',
      port: DATA_PORT,
      clockMs: Date.UTC(2019, 6, 22, 11, 37, 50),
      expect: [
        ...statesOf(0x30),
        { quantity: 'waterVolumeL', value: 13_609 },
        ...[10_727, 10_911, 11_096, 11_280, 11_464].map(
          (value, i): Value => ({
            quantity: 'waterVolumeL',
            value,
            agoMs: Date.UTC(2019, 6, 22, 11, 37, 50) - Date.UTC(2019, 6, 21, 19 + i),
          }),
        ),
      ],
    },
    {
      hex: '43b1315d22',
      port: ALARM_PORT,
      clockMs: Date.UTC(2019, 6, 19, 12, 2, 11),
      expect: [
        { quantity: 'leaking', value: 0 },
        { quantity: 'burst', value: 1 },
        { quantity: 'frost', value: 0 },
        { quantity: 'tampered', value: 0 },
        { quantity: 'reverseFlow', value: 1 },
      ],
    },
  ],
};

function decodeW1(bytes: Uint8Array, port: number): ModelDecoded {
  if (port === SETTINGS_PORT) return { values: [] };
  const view = viewOf(bytes);
  if (port === ALARM_PORT) {
    return bytes.length < ALARM_BYTES ? { values: [], problem: 'the alarm is cut short' } : decodeAlarm(view);
  }
  const isDay = bytes.length === DAY_BYTES || bytes.length === DAY_BYTES + 1;
  if (isDay && view.getUint8(0) === DAY_VERSION) return decodeDay(view);
  return (
    decodeRecent(view, false) ??
    decodeRecent(view, true) ?? { values: [], problem: 'the uplink is cut short' }
  );
}

/** The register at one o'clock of the day before, and the litres of each hour until midnight. */
function decodeDay(view: DataView): ModelDecoded {
  const clockMs = clock.read(view, 1);
  if (bitsOf(view, DAY_STEPS * STEP_BITS, 6) !== 0) {
    return { values: [], problem: 'the litres have a factor, which is left out', clockMs };
  }
  const midnightMs = clockMs - (clockMs % DAY_MS);
  const values: Value[] = [...statesOf(view.getUint8(5))];
  let value = litres.read(view, 6);
  for (let hour = 0; hour <= DAY_STEPS; hour += 1) {
    if (hour > 0) value += bitsOf(view, (hour - 1) * STEP_BITS, STEP_BITS);
    values.push({
      quantity: 'waterVolumeL',
      value,
      agoMs: clockMs - midnightMs + (DAY_STEPS - hour) * HOUR_MS,
    });
  }
  return { values, clockMs };
}

/** The register now, at a full hour of the last two days, and the litres of each hour from then on. */
function decodeRecent(view: DataView, hasWarmth: boolean): ModelDecoded | undefined {
  const recordsAt = hasWarmth ? 11 : 9;
  const stepsAt = recordsAt + clock.length + litres.length;
  if (view.byteLength < stepsAt) return undefined;
  const clockMs = clock.read(view, 0);
  const recordMs = clock.read(view, recordsAt);
  const fromMs = recordMs - (recordMs % HOUR_MS);
  // Nothing in the bytes says whether there is a temperature: what would be no time of a record tells.
  if (fromMs > clockMs || fromMs < clockMs - 2 * DAY_MS) return undefined;
  const values: Value[] = [...statesOf(view.getUint8(4))];
  values.push({ quantity: 'waterVolumeL', value: litres.read(view, 5) });
  if (hasWarmth)
    values.push({ quantity: 'probeTemperatureC', channel: 'water', value: warmth.read(view, 9) });
  let value = litres.read(view, recordsAt + clock.length);
  let atMs = fromMs;
  let at = stepsAt;
  for (; atMs <= clockMs; at += inHour.length) {
    values.push({ quantity: 'waterVolumeL', value, agoMs: clockMs - atMs });
    if (at + inHour.length > view.byteLength) break;
    value += inHour.read(view, at);
    atMs += HOUR_MS;
  }
  const isWhole = at >= view.byteLength || view.getUint8(at) === PADDING || atMs > clockMs;
  return isWhole ? { values, clockMs } : { values, clockMs, problem: 'the litres of an hour are cut short' };
}

/** An alarm comes at once, in bits of its own. */
function decodeAlarm(view: DataView): ModelDecoded {
  const bits = view.getUint8(4);
  const state = (quantity: Value['quantity'], mask: number): Value => ({
    quantity,
    value: (bits & mask) === 0 ? 0 : 1,
  });
  return {
    values: [
      state('leaking', 0x01),
      state('burst', 0x02),
      state('frost', 0x04),
      state('tampered', 0x08),
      state('reverseFlow', 0x20),
    ],
    clockMs: clock.read(view, 0),
  };
}

/** The fourth bit from above, alone, is a pipe without water; beside others an error that passes. */
function statesOf(status: number): readonly Value[] {
  const kind = kinds[status >> 5] ?? ((status & 0x10) !== 0 && status >> 5 === 0 ? 'dry' : undefined);
  return [
    { quantity: 'batteryLow', value: (status & 0x04) === 0 ? 0 : 1 },
    { quantity: 'sensorError', value: (status & 0x08) === 0 ? 0 : 1 },
    ...exclusive.map((quantity) => ({ quantity, value: quantity === kind ? 1 : 0 })),
  ];
}

/** Up to 17 bits of the litres by the hour, the lowest first: with where they begin in a byte, three bytes hold them. */
function bitsOf(view: DataView, from: number, count: number): number {
  const at = DAY_HEAD + (from >> 3);
  const byte = (i: number) => (at + i < view.byteLength ? view.getUint8(at + i) : 0);
  return ((byte(0) | (byte(1) << 8) | (byte(2) << 16)) >> (from & 7)) & (2 ** count - 1);
}

/** An uplink of 24 hours that end at the clock's midnight: the values with `agoMs`, or the register as it stands. */
function encodeW1(values: readonly Value[], atMs = 0) {
  const bytes = new Uint8Array(DAY_BYTES);
  const midnightMs = atMs - (atMs % DAY_MS);
  const now = currentOf(values, { quantity: 'waterVolumeL' }) ?? 0;
  const registers = Array.from({ length: DAY_STEPS + 1 }, (_, hour) => {
    const agoMs = atMs - midnightMs + (DAY_STEPS - hour) * HOUR_MS;
    return values.find((one) => one.quantity === 'waterVolumeL' && one.agoMs === agoMs)?.value ?? now;
  });
  const state = (quantity: Value['quantity']) => currentOf(values, { quantity }) === 1;
  const kind = kinds.findIndex((quantity) => quantity !== undefined && state(quantity));
  const status =
    (Math.max(kind, 0) << 5) |
    (state('dry') ? 0x10 : 0) |
    (state('sensorError') ? 0x08 : 0) |
    (state('batteryLow') ? 0x04 : 0);
  bytes.set([DAY_VERSION, ...clock.write(atMs), status, ...litres.write(registers[0] ?? 0)]);
  for (let hour = 1; hour <= DAY_STEPS; hour += 1) {
    const flowed = Math.max((registers[hour] ?? 0) - (registers[hour - 1] ?? 0), 0);
    for (let bit = 0; bit < STEP_BITS; bit += 1) {
      const at = (hour - 1) * STEP_BITS + bit;
      const byte = DAY_HEAD + (at >> 3);
      if ((flowed >> bit) & 1) bytes[byte] = (bytes[byte] ?? 0) | (1 << (at & 7));
    }
  }
  return { port: DATA_PORT, bytes };
}

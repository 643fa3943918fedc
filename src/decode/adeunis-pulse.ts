import { adeunisSettings, readAdeunisFrame, writeAdeunisFrame } from './adeunis-frame.ts';
import { unsigned } from './bytes.ts';
import type { Model, ModelDecoded, Value } from './decode.ts';
import { currentOf } from './fields.ts';

const KEEP_ALIVE = 0x30;
const COUNTERS = 0x46;
const FLOW_ALARM = 0x47;
/** The history of one input: its counter, and by how much it was less before. */
const HISTORY: ReadonlyMap<number, string> = new Map([
  [0x5a, 'A'],
  [0x5b, 'B'],
]);
const counter = unsigned(4);

/** Two pulse inputs, as meters have them. */
export const adeunisPulse: Model = {
  name: 'adeunis-pulse',
  aliases: ['adeunis-pulse-3', 'adeunis-pulse-4', 'adeunis-pulse-v4'],
  title: 'Adeunis PULSE: two pulse inputs, with their leak and tamper alarms',
  source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/adeunis',
  decode: decodePulse,
  encode: encodePulse,
  carries: [
    { quantity: 'pulseCount', channel: 'A', step: 1, min: 0, max: 4_294_967_295, always: true },
    { quantity: 'pulseCount', channel: 'B', step: 1, min: 0, max: 4_294_967_295, always: true },
    { quantity: 'batteryLow', step: 1, min: 0, max: 1, always: true },
  ],
  usualMinutes: 60,
  unconfirmed: [
    'how far apart the counts of a history frame are: its settings (frame 0x10) say so and the frame does not, so only the newest is read; a counter loses nothing by it',
  ],
  examples: [
    {
      hex: '5a67 00000127 0001 0002 0003 0004 14ab a3e9',
      port: 1,
      clockMs: Date.UTC(2023, 11, 28, 19, 22, 17),
      expect: [
        { quantity: 'pulseCount', channel: 'A', value: 295 },
        { quantity: 'batteryLow', value: 1 },
      ],
    },
    {
      hex: '4620 00015c4f00014d57',
      port: 1,
      expect: [
        { quantity: 'pulseCount', channel: 'A', value: 89_167 },
        { quantity: 'pulseCount', channel: 'B', value: 85_335 },
        { quantity: 'batteryLow', value: 0 },
      ],
    },
    {
      hex: '3000 1800140000000a0000',
      port: 1,
      expect: [
        { quantity: 'tampered', channel: 'A', value: 0 },
        { quantity: 'leaking', channel: 'A', value: 1 },
        { quantity: 'tampered', channel: 'B', value: 1 },
        { quantity: 'leaking', channel: 'B', value: 0 },
        { quantity: 'batteryLow', value: 0 },
      ],
    },
  ],
};

function decodePulse(bytes: Uint8Array): ModelDecoded {
  const frame = readAdeunisFrame(bytes);
  if (!frame) return { values: [], problem: 'the frame is cut short' };
  const { code, body, batteryLow, clockMs } = frame;
  const clock = clockMs === undefined ? {} : { clockMs };
  if (adeunisSettings.has(code) || code === FLOW_ALARM) return { values: [batteryLow], ...clock };
  const values = readBody(code, body);
  if (typeof values === 'string') return { values: [], problem: `frame 0x${code.toString(16)} ${values}` };
  return { values: [...values, batteryLow], ...clock };
}

function readBody(code: number, body: DataView): readonly Value[] | string {
  const input = HISTORY.get(code);
  if (input !== undefined) {
    if (body.byteLength < counter.length || body.byteLength % 2 !== 0) return 'is cut short';
    return [{ quantity: 'pulseCount', channel: input, value: counter.read(body, 0) }];
  }
  if (code === COUNTERS) {
    if (body.byteLength !== 2 * counter.length) return 'is cut short';
    return ['A', 'B'].map((channel, i) => ({
      quantity: 'pulseCount' as const,
      channel,
      value: counter.read(body, i * counter.length),
    }));
  }
  if (code !== KEEP_ALIVE) return 'is left out';
  // Alarms, then the largest and smallest flows of the day.
  if (body.byteLength !== 9) return 'is cut short';
  const alarms = body.getUint8(0);
  return ['A', 'B'].flatMap((channel, i) => [
    { quantity: 'tampered' as const, channel, value: (alarms >> (2 + i)) & 1 },
    { quantity: 'leaking' as const, channel, value: (alarms >> (4 + i)) & 1 },
  ]);
}

function encodePulse(values: readonly Value[], atMs?: number) {
  const bytes = writeAdeunisFrame(COUNTERS, {
    isBatteryLow: currentOf(values, { quantity: 'batteryLow' }) === 1,
    body: ['A', 'B'].flatMap((channel) => [
      ...counter.write(currentOf(values, { quantity: 'pulseCount', channel }) ?? 0),
    ]),
    atMs,
  });
  return { port: 1, bytes };
}

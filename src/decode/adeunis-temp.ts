import { adeunisSettings, readAdeunisFrame, writeAdeunisFrame } from './adeunis-frame.ts';
import { signed } from './bytes.ts';
import type { Model, ModelDecoded, Value } from './decode.ts';
import { currentOf } from './fields.ts';

const HAS_TWO = 0x10;
const KEEP_ALIVE = 0x30;
const PERIODIC = 0x57;
const ALARM = 0x58;
/** A probe that is broken or not there. */
const NO_PROBE = -3276.8;
const temperature = signed(2, { per: 10 });

/** One or two probes. Of several samples in a frame, only the newest has a time that is known. */
export const adeunisTemp: Model = {
  name: 'adeunis-temp',
  aliases: ['adeunis-temp-3', 'adeunis-temp-4', 'adeunis-temp-1s', 'adeunis-temp-2s', 'adeunis-temp-v4'],
  title: 'Adeunis TEMP: one or two temperature probes',
  source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/adeunis',
  decode: decodeTemp,
  encode: encodeTemp,
  carries: [
    { quantity: 'probeTemperatureC', channel: '1', step: 0.1, min: -55, max: 155, always: true },
    { quantity: 'probeTemperatureC', channel: '2', step: 0.1, min: -55, max: 155 },
    { quantity: 'batteryLow', step: 1, min: 0, max: 1, always: true },
  ],
  usualMinutes: 60,
  unconfirmed: [
    'how far apart several samples of a frame are: its settings (frame 0x10) say so and the frame does not, so only the newest is read',
    'that a reading of −3276.8 °C is a probe that is not there',
  ],
  examples: [
    {
      hex: '5796 01b3ff9c 01f4ffff 14aba3e9',
      port: 1,
      clockMs: Date.UTC(2023, 11, 28, 19, 22, 17),
      expect: [
        { quantity: 'probeTemperatureC', channel: '1', value: 43.5 },
        { quantity: 'probeTemperatureC', channel: '2', value: -10 },
        { quantity: 'batteryLow', value: 1 },
      ],
    },
    {
      hex: '3000 00d7',
      port: 1,
      expect: [
        { quantity: 'probeTemperatureC', channel: '1', value: 21.5 },
        { quantity: 'batteryLow', value: 0 },
      ],
    },
    {
      hex: '5810 0101f4 008000',
      port: 1,
      expect: [
        { quantity: 'probeTemperatureC', channel: '1', value: 50 },
        { quantity: 'sensorError', channel: '2', value: 1 },
        { quantity: 'batteryLow', value: 0 },
      ],
    },
    { hex: '1000', port: 1, expect: [{ quantity: 'batteryLow', value: 0 }] },
  ],
};

function decodeTemp(bytes: Uint8Array): ModelDecoded {
  const frame = readAdeunisFrame(bytes);
  if (!frame) return { values: [], problem: 'the frame is cut short' };
  const { code, status, body, batteryLow, clockMs } = frame;
  const clock = clockMs === undefined ? {} : { clockMs };
  if (adeunisSettings.has(code)) return { values: [batteryLow], ...clock };
  if (code !== KEEP_ALIVE && code !== PERIODIC && code !== ALARM) {
    return { values: [batteryLow], problem: `frame 0x${code.toString(16)} is left out`, ...clock };
  }
  const probes = (status & HAS_TWO) === 0 ? 1 : 2;
  // An alarm's probe begins with what the alarm is.
  const ahead = code === ALARM ? 1 : 0;
  const size = ahead + temperature.length;
  if (body.byteLength === 0 || body.byteLength % (size * probes) !== 0) {
    return { values: [], problem: `frame 0x${code.toString(16)} is cut short` };
  }
  const values: Value[] = [];
  for (let probe = 0; probe < probes; probe += 1) {
    const channel = String(probe + 1);
    const value = temperature.read(body, probe * size + ahead);
    values.push(
      value === NO_PROBE
        ? { quantity: 'sensorError', channel, value: 1 }
        : { quantity: 'probeTemperatureC', channel, value },
    );
  }
  return { values: [...values, batteryLow], ...clock };
}

function encodeTemp(values: readonly Value[], atMs?: number) {
  const first = currentOf(values, { quantity: 'probeTemperatureC', channel: '1' }) ?? NO_PROBE;
  const second = currentOf(values, { quantity: 'probeTemperatureC', channel: '2' });
  const bytes = writeAdeunisFrame(PERIODIC, {
    isBatteryLow: currentOf(values, { quantity: 'batteryLow' }) === 1,
    status: second === undefined ? 0 : HAS_TWO,
    body: [...temperature.write(first), ...(second === undefined ? [] : temperature.write(second))],
    atMs,
  });
  return { port: 1, bytes };
}

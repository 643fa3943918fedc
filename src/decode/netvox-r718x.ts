import { signed, unsigned, viewOf } from './bytes.ts';
import type { Model, ModelDecoded, Value } from './decode.ts';
import { currentOf } from './fields.ts';

const DATA_PORT = 6;
const SETTINGS_PORT = 7;
const R718X = 0x34;
const VERSION_REPORT = 0;
const LENGTH = 11;
const LOW = 0x80;
const word = unsigned(2);
const temperature = signed(2, { per: 10 });
const NO_DISTANCE = 0xffff;

const always = { always: true } as const;

/** A bin sensor that works out the fill level itself; where the register knows the bin, that level comes after it. */
export const netvoxR718x: Model = {
  name: 'netvox-r718x',
  aliases: ['r718x'],
  title: 'Netvox R718X: fill level of containers',
  source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/netvox',
  decode: decodeR718x,
  encode: encodeR718x,
  carries: [
    { quantity: 'batteryMv', step: 100, min: 0, max: 12_700, ...always },
    { quantity: 'batteryLow', step: 1, min: 0, max: 1, ...always },
    { quantity: 'fillLevelPct', step: 1, min: 0, max: 100, ...always },
    { quantity: 'distanceMm', step: 1, min: 0, max: 20_000 },
    { quantity: 'airTemperatureC', step: 0.1, min: -40, max: 85, ...always },
  ],
  usualMinutes: 60,
  unconfirmed: ['that ffffh is a distance that was not measured', 'the angle: what it is counted from'],
  examples: [
    {
      hex: '013401240003e800e12d05',
      port: DATA_PORT,
      expect: [
        { quantity: 'batteryMv', value: 3600 },
        { quantity: 'batteryLow', value: 0 },
        { quantity: 'fillLevelPct', value: 45 },
        { quantity: 'distanceMm', value: 1000 },
        { quantity: 'airTemperatureC', value: 22.5 },
      ],
    },
    {
      hex: '0134019e01ffffff9c0000',
      port: DATA_PORT,
      expect: [
        { quantity: 'batteryMv', value: 3000 },
        { quantity: 'batteryLow', value: 1 },
        { quantity: 'fillLevelPct', value: 0 },
        { quantity: 'airTemperatureC', value: -10 },
      ],
    },
    { hex: '0134000a01202601010000', port: DATA_PORT, expect: [] },
  ],
};

function decodeR718x(bytes: Uint8Array, port: number): ModelDecoded {
  if (port === SETTINGS_PORT) return { values: [] };
  if (bytes.length < LENGTH) return { values: [], problem: 'the report is cut short' };
  const view = viewOf(bytes);
  const kind = view.getUint8(1);
  if (kind !== R718X) return { values: [], problem: `the report of a device of kind ${kind} is left out` };
  if (view.getUint8(2) === VERSION_REPORT) return { values: [] };
  const battery = view.getUint8(3);
  const distance = view.getUint16(5);
  const values: Value[] = [
    { quantity: 'batteryMv', value: (battery & ~LOW) * 100 },
    { quantity: 'batteryLow', value: (battery & LOW) === 0 ? 0 : 1 },
    { quantity: 'fillLevelPct', value: view.getUint8(9) },
  ];
  if (distance !== NO_DISTANCE) values.push({ quantity: 'distanceMm', value: distance });
  values.push({ quantity: 'airTemperatureC', value: temperature.read(view, 7) });
  return { values };
}

function encodeR718x(values: readonly Value[]) {
  const of = (quantity: Value['quantity']) => currentOf(values, { quantity });
  const low = of('batteryLow') === 1 ? LOW : 0;
  const tenths = Math.min(Math.max(Math.round((of('batteryMv') ?? 0) / 100), 0), 127);
  const bytes = Uint8Array.from([
    ...[1, R718X, 1, tenths | low, 0],
    ...word.write(of('distanceMm') ?? NO_DISTANCE),
    ...temperature.write(of('airTemperatureC') ?? 0),
    ...unsigned(1).write(of('fillLevelPct') ?? 0),
    0,
  ]);
  return { port: DATA_PORT, bytes };
}

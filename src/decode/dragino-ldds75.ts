import { signed, unsigned, viewOf } from './bytes.ts';
import type { Model, ModelDecoded, Value } from './decode.ts';
import { currentOf } from './fields.ts';

const DATA_PORT = 2;
const SETTINGS_PORT = 5;
/** The higher two bits are of no battery. */
const BATTERY = 0x3fff;
/** 0: there is no sensor at the cable. Up to this: the sensor found nothing, or something that is too near. */
const NOTHING_MM = 20;
const SHORT = 5;
const LONG = 8;
const word = unsigned(2);
const temperature = signed(2, { per: 10 });

export const draginoLdds75: Model = {
  name: 'dragino-ldds75',
  aliases: ['ldds75', 'dragino-ldds45', 'dragino-ldds20', 'ldds45', 'ldds20'],
  title: 'Dragino LDDS75, LDDS45, LDDS20: ultrasonic distance',
  source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/dragino',
  decode: decodeLdds,
  encode: encodeLdds,
  carries: [
    { quantity: 'batteryMv', step: 1, min: 0, max: BATTERY, always: true },
    { quantity: 'distanceMm', step: 1, min: NOTHING_MM + 1, max: 20_000, group: 'distance', always: true },
    { quantity: 'sensorError', step: 1, min: 0, max: 0, group: 'distance', always: true },
    { quantity: 'probeTemperatureC', step: 0.1, min: -55, max: 125 },
  ],
  usualMinutes: 20,
  unconfirmed: ['what the temperature says when no probe is fitted: what no DS18B20 can measure is left out'],
  examples: [
    {
      hex: '0d0a 07d0 00',
      port: DATA_PORT,
      expect: [
        { quantity: 'batteryMv', value: 3338 },
        { quantity: 'distanceMm', value: 2000 },
        { quantity: 'sensorError', value: 0 },
      ],
    },
    {
      hex: '0d0a 07d0 00 ff9c01',
      port: DATA_PORT,
      expect: [
        { quantity: 'batteryMv', value: 3338 },
        { quantity: 'distanceMm', value: 2000 },
        { quantity: 'sensorError', value: 0 },
        { quantity: 'probeTemperatureC', value: -10 },
      ],
    },
    {
      hex: '0d0a 0014 00 7fff01',
      port: DATA_PORT,
      expect: [
        { quantity: 'batteryMv', value: 3338 },
        { quantity: 'sensorError', value: 1 },
      ],
    },
  ],
};

function decodeLdds(bytes: Uint8Array, port: number): ModelDecoded {
  if (port === SETTINGS_PORT) return { values: [] };
  if (bytes.length !== SHORT && bytes.length !== LONG) {
    return { values: [], problem: `${bytes.length} bytes: cut short, or of another firmware` };
  }
  const view = viewOf(bytes);
  const distance = view.getUint16(2);
  const isValid = distance > NOTHING_MM;
  const values: Value[] = [{ quantity: 'batteryMv', value: view.getUint16(0) & BATTERY }];
  if (isValid) values.push({ quantity: 'distanceMm', value: distance });
  values.push({ quantity: 'sensorError', value: isValid ? 0 : 1 });
  const probe = bytes.length === LONG ? temperature.read(view, 5) : Number.NaN;
  if (probe >= -55 && probe <= 125) values.push({ quantity: 'probeTemperatureC', value: probe });
  return { values };
}

function encodeLdds(values: readonly Value[]) {
  const battery = currentOf(values, { quantity: 'batteryMv' }) ?? 0;
  const hasError = currentOf(values, { quantity: 'sensorError' }) === 1;
  const distance = hasError ? NOTHING_MM : (currentOf(values, { quantity: 'distanceMm' }) ?? 0);
  const probe = currentOf(values, { quantity: 'probeTemperatureC' });
  const tail = probe === undefined ? [] : [...temperature.write(probe), 1];
  const bytes = Uint8Array.from([...word.write(battery), ...word.write(distance), 0, ...tail]);
  return { port: DATA_PORT, bytes };
}

import { unsigned, viewOf } from './bytes.ts';
import type { Model, ModelDecoded, Value } from './decode.ts';
import { currentOf } from './fields.ts';

const VERSION = 2;
/** Version, device number, and a flag for each sensor that is in the packet. */
const HEAD = 5;
const HAS_DISTANCE = 1;
const HAS_BATTERY = 2;
const SAMPLES = 10;
const word = unsigned(2);

/** The sensor says how many of its samples were valid: of none, the distance means nothing. */
export const decentlabUltrasonic: Model = {
  name: 'decentlab-ultrasonic',
  aliases: ['decentlab-mbx', 'dl-mbx', 'decentlab-dl-mbx'],
  title: 'Decentlab DL-MBX: ultrasonic distance or level',
  source: 'https://www.decentlab.com/support/ultrasonic-distance-level-sensor-for-lorawan',
  decode: decodeMbx,
  encode: encodeMbx,
  carries: [
    { quantity: 'distanceMm', step: 1, min: 0, max: 20_000, group: 'distance' },
    { quantity: 'sensorError', step: 1, min: 0, max: 0, group: 'distance' },
    { quantity: 'batteryMv', step: 1, min: 0, max: 60_000 },
  ],
  usualMinutes: 10,
  examples: [
    {
      hex: '02 012f 0003 04d20003 0bb1',
      port: 1,
      expect: [
        { quantity: 'distanceMm', value: 1234 },
        { quantity: 'sensorError', value: 0 },
        { quantity: 'batteryMv', value: 2993 },
      ],
    },
    {
      hex: '02 012f 0003 04d20000 0bb1',
      port: 1,
      expect: [
        { quantity: 'sensorError', value: 1 },
        { quantity: 'batteryMv', value: 2993 },
      ],
    },
    { hex: '02 012f 0002 0bb1', port: 1, expect: [{ quantity: 'batteryMv', value: 2993 }] },
  ],
};

function decodeMbx(bytes: Uint8Array): ModelDecoded {
  const view = viewOf(bytes);
  if (bytes.length < HEAD) return { values: [], problem: 'the head is cut short' };
  if (view.getUint8(0) !== VERSION) {
    return { values: [], problem: `version ${view.getUint8(0)} of the protocol is left out` };
  }
  const flags = view.getUint16(3);
  const values: Value[] = [];
  let at = HEAD;
  if ((flags & HAS_DISTANCE) !== 0) {
    if (at + 4 > bytes.length) return { values, problem: 'the distance is cut short' };
    const isValid = view.getUint16(at + 2) > 0;
    if (isValid) values.push({ quantity: 'distanceMm', value: view.getUint16(at) });
    values.push({ quantity: 'sensorError', value: isValid ? 0 : 1 });
    at += 4;
  }
  if ((flags & HAS_BATTERY) !== 0) {
    if (at + 2 > bytes.length) return { values, problem: 'the battery is cut short' };
    values.push({ quantity: 'batteryMv', value: view.getUint16(at) });
  }
  return { values };
}

function encodeMbx(values: readonly Value[]) {
  const distance = currentOf(values, { quantity: 'distanceMm' });
  const hasError = currentOf(values, { quantity: 'sensorError' }) === 1;
  const battery = currentOf(values, { quantity: 'batteryMv' });
  const hasDistance = distance !== undefined || hasError;
  const flags = (hasDistance ? HAS_DISTANCE : 0) | (battery === undefined ? 0 : HAS_BATTERY);
  const bytes = Uint8Array.from([
    VERSION,
    ...word.write(0),
    ...word.write(flags),
    ...(hasDistance ? [...word.write(distance ?? 0), ...word.write(hasError ? 0 : SAMPLES)] : []),
    ...(battery === undefined ? [] : word.write(battery)),
  ]);
  return { port: 1, bytes };
}

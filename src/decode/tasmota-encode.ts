import { isoTime } from '../domain/time.ts';
import type { Carried, Encoded, Uplink, Value } from './decode.ts';

/** A SENSOR message, a STATE message and the presence, as far as something is given for them. Times say their zone. */
export function encodeTasmota({ device, atMs, values }: Uplink): readonly Encoded[] {
  const time = {
    Time: atMs === undefined ? '1970-01-01T00:00:08' : isoTime(atMs).replace(/\.\d+Z$/, '+00:00'),
  };
  const sensors: Record<string, Record<string, unknown>> = {};
  const packets: Encoded[] = [];
  for (const value of values) {
    if (value.quantity === 'online') {
      packets.push(packet(device, 'LWT', value.value === 1 ? 'Online' : 'Offline'));
    } else if (value.quantity === 'rssiDbm') {
      packets.push(packet(device, 'STATE', JSON.stringify({ ...time, Wifi: { Signal: value.value } })));
    }
    const row = rows.find(([, , , carried]) => pointOf(carried) === pointOf(value));
    if (!row) continue;
    const [sensor, key, perUnit] = row;
    sensors[sensor] = { ...sensors[sensor], [key]: value.value / perUnit };
  }
  if (Object.keys(sensors).length > 0) {
    const message = { ...time, ...sensors, PressureUnit: 'hPa', TempUnit: 'C' };
    packets.push(packet(device, 'SENSOR', JSON.stringify(message)));
  }
  return packets;
}

function packet(device: string, last: string, text: string): Encoded {
  return { topic: `tele/${device}/${last}`, payload: Buffer.from(text) };
}

function pointOf({ quantity, channel }: Pick<Value, 'quantity' | 'channel'>): string {
  return `${quantity}|${channel ?? ''}`;
}

/** Sensor, key, and how many of the quantity's unit one of the key's is. */
type Row = readonly [sensor: string, key: string, perUnit: number, carried: Carried];

const channel = 'SCD40';

const rows: readonly Row[] = [
  ['ENERGY', 'Total', 1000, { quantity: 'activeEnergyWh', step: 1, min: 0, max: 1e9 }],
  ['ENERGY', 'ExportActive', 1000, { quantity: 'exportedEnergyWh', step: 1, min: 0, max: 1e9 }],
  ['ENERGY', 'Power', 1, { quantity: 'activePowerW', step: 0.01, min: -20_000, max: 20_000 }],
  ['ENERGY', 'ApparentPower', 1, { quantity: 'apparentPowerVa', step: 0.01, min: 0, max: 20_000 }],
  ['ENERGY', 'ReactivePower', 1, { quantity: 'reactivePowerVar', step: 0.01, min: -20_000, max: 20_000 }],
  ['ENERGY', 'Factor', 1, { quantity: 'powerFactor', step: 0.01, min: -1, max: 1 }],
  ['ENERGY', 'Frequency', 1, { quantity: 'frequencyHz', step: 0.01, min: 0, max: 100 }],
  ['ENERGY', 'Voltage', 1, { quantity: 'voltageV', step: 0.01, min: 0, max: 500 }],
  ['ENERGY', 'Current', 1, { quantity: 'currentA', step: 0.001, min: 0, max: 100 }],
  ['COUNTER', 'C1', 1, { quantity: 'pulseCount', channel: 'C1', step: 1, min: 0, max: 1e9 }],
  [
    'DS18B20',
    'Temperature',
    1,
    { quantity: 'probeTemperatureC', channel: 'DS18B20', step: 0.1, min: -55, max: 125 },
  ],
  // The air's temperature is known by the CO₂ beside it.
  [
    channel,
    'Temperature',
    1,
    { quantity: 'airTemperatureC', channel, step: 0.1, min: -40, max: 85, group: channel },
  ],
  [
    channel,
    'Humidity',
    1,
    { quantity: 'relativeHumidityPct', channel, step: 0.1, min: 0, max: 100, group: channel },
  ],
  [channel, 'CarbonDioxide', 1, { quantity: 'co2Ppm', channel, step: 1, min: 0, max: 5000, group: channel }],
  [
    'BH1750',
    'Illuminance',
    1,
    { quantity: 'illuminanceLux', channel: 'BH1750', step: 1, min: 0, max: 65_000 },
  ],
  [
    'BMP280',
    'Pressure',
    100,
    { quantity: 'airPressurePa', channel: 'BMP280', step: 10, min: 30_000, max: 110_000 },
  ],
  ['SR04', 'Distance', 10, { quantity: 'distanceMm', channel: 'SR04', step: 1, min: 0, max: 4000 }],
  ['SDS0X1', 'PM2.5', 1, { quantity: 'pm25Ugm3', channel: 'SDS0X1', step: 0.1, min: 0, max: 999 }],
  ['SDS0X1', 'PM10', 1, { quantity: 'pm10Ugm3', channel: 'SDS0X1', step: 0.1, min: 0, max: 999 }],
];

export const carries: readonly Carried[] = [
  ...rows.map(([, , , carried]) => carried),
  { quantity: 'rssiDbm', step: 1, min: -100, max: 0 },
  { quantity: 'online', step: 1, min: 0, max: 1 },
];

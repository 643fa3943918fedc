import { isoTime } from '../domain/time.ts';
import type { Carried, Encoded, Uplink, Value } from './decode.ts';
import { statusQuantities, waterStatusQuantities, wordOf } from './wmbusmeters-status.ts';

/** A telegram for each medium that the values are of; the status goes with the water meter's. */
export function encodeWmbusmeters({ device, atMs, values }: Uplink): readonly Encoded[] {
  const packets = Map.groupBy(values, (value) => written.get(pointOf(value))?.medium ?? 'water');
  return [...packets].map(([medium, ofMedium]) => {
    const fields: Record<string, unknown> = {};
    const claims: string[] = [];
    for (const value of ofMedium) {
      const field = written.get(pointOf(value));
      if (field) fields[field.name] = value.value / field.perUnit;
      else if (value.value === 1) claims.push(wordOf(value.quantity) ?? 'OK');
    }
    if (ofMedium.some((value) => !written.has(pointOf(value)))) fields.status = claims.join(' ') || 'OK';
    const head = { _: 'telegram', media: medium, meter: 'simulated', name: device, id: device };
    const time = atMs === undefined ? {} : { timestamp: isoTime(atMs).replace(/\.\d+Z$/, 'Z') };
    const payload = Buffer.from(JSON.stringify({ ...head, ...fields, ...time }));
    return { topic: `wmbusmeters/${device}`, payload };
  });
}

type Written = { readonly medium: string; readonly name: string; readonly perUnit: number };

function pointOf({ quantity, channel }: Pick<Value, 'quantity' | 'channel'>): string {
  return channel === undefined ? quantity : `${quantity}|${channel}`;
}

/** Medium, field, and how many of the quantity's unit one of the field's is. */
type Row = readonly [medium: string, name: string, perUnit: number, carried: Carried];

const rows: readonly Row[] = [
  ['heat', 'total_energy_consumption_kwh', 1000, { quantity: 'heatEnergyWh', step: 1, min: 0, max: 1e11 }],
  ['heat', 'total_cooling_energy_kwh', 1000, { quantity: 'coolingEnergyWh', step: 1, min: 0, max: 1e11 }],
  ['heat', 'total_volume_m3', 1000, { quantity: 'heatVolumeL', step: 1, min: 0, max: 1e11 }],
  ['heat', 'power_kw', 1000, { quantity: 'heatPowerW', step: 1, min: -1e7, max: 1e7 }],
  ['heat', 'volume_flow_m3h', 1000, { quantity: 'flowLph', step: 1, min: -1e6, max: 1e6 }],
  ['heat', 'flow_temperature_c', 1, { quantity: 'supplyTemperatureC', step: 0.01, min: -50, max: 200 }],
  ['heat', 'return_temperature_c', 1, { quantity: 'returnTemperatureC', step: 0.01, min: -50, max: 200 }],
  ['heat', 'operating_time_h', 1, { quantity: 'operatingTimeH', step: 1, min: 0, max: 1e6 }],
  ['water', 'total_m3', 1000, { quantity: 'waterVolumeL', step: 1, min: 0, max: 1e11 }],
  ['gas', 'total_m3', 1000, { quantity: 'gasVolumeL', step: 1, min: 0, max: 1e11 }],
  [
    'electricity',
    'total_energy_consumption_kwh',
    1000,
    { quantity: 'activeEnergyWh', step: 1, min: 0, max: 1e11 },
  ],
  [
    'electricity',
    'total_energy_production_kwh',
    1000,
    { quantity: 'exportedEnergyWh', step: 1, min: 0, max: 1e11 },
  ],
  [
    'electricity',
    'current_power_consumption_kw',
    1000,
    { quantity: 'activePowerW', step: 1, min: -1e7, max: 1e7 },
  ],
  ['electricity', 'frequency_hz', 1, { quantity: 'frequencyHz', step: 0.01, min: 0, max: 100 }],
  ...[1, 2, 3].flatMap((n): Row[] => {
    const channel = `L${n}`;
    return [
      [
        'electricity',
        `voltage_at_phase_${n}_v`,
        1,
        { quantity: 'voltageV', channel, step: 0.1, min: 0, max: 1000 },
      ],
      [
        'electricity',
        `current_at_phase_${n}_a`,
        1,
        { quantity: 'currentA', channel, step: 0.01, min: 0, max: 1000 },
      ],
      [
        'electricity',
        `current_power_consumption_phase${n}_kw`,
        1000,
        { quantity: 'phasePowerW', channel, step: 1, min: -1e6, max: 1e6 },
      ],
    ];
  }),
  [
    'room sensor',
    'current_temperature_c',
    1,
    { quantity: 'airTemperatureC', step: 0.01, min: -60, max: 100 },
  ],
  [
    'room sensor',
    'current_relative_humidity_rh',
    1,
    { quantity: 'relativeHumidityPct', step: 0.1, min: 0, max: 100 },
  ],
  ['room sensor', 'current_co2_ppm', 1, { quantity: 'co2Ppm', step: 1, min: 0, max: 50_000 }],
];

const written: ReadonlyMap<string, Written> = new Map(
  rows.map(([medium, name, perUnit, carried]) => [pointOf(carried), { medium, name, perUnit }]),
);

/** A status is told whole. */
export const carries: readonly Carried[] = [
  ...rows.map(([, , , carried]) => carried),
  ...[...statusQuantities, ...waterStatusQuantities].map(
    (quantity) => ({ quantity, step: 1, min: 0, max: 1, group: 'status' }) as const,
  ),
];

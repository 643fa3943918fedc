import type { Quantity } from '../domain/quantity.ts';
import { type Conversion, conversionFrom } from './units.ts';

/** What a telegram's `media` says that the meter meters. */
export type Medium = 'electricity' | 'heat' | 'cooling' | 'water' | 'warm water' | 'gas' | 'room' | 'other';

export function mediumOf(media: string): Medium {
  return mediumByName.get(media) ?? 'other';
}

/** `part`: `out` is taken off (what is produced), so that power is what comes in less what goes out. */
export type FieldMeaning = {
  readonly quantity: Quantity;
  readonly channel?: string;
  readonly conversion: Conversion;
  readonly isOut: boolean;
};

/** What a field of a medium's telegram means; undefined when name and unit together are not in the table. */
export function meaningOf(medium: Medium, field: string): FieldMeaning | undefined {
  return meanings[medium].get(field) ?? everywhere.get(field);
}

/** A name without its unit, with every unit that it may have: a field is both, and never the name alone. */
type Row = readonly [
  quantity: Quantity,
  units: readonly (keyof typeof unitTexts)[],
  names: readonly string[],
  more?: { readonly channel?: string; readonly isOut?: true },
];

const unitTexts = {
  kwh: 'kWh',
  mwh: 'MWh',
  mj: 'MJ',
  gj: 'GJ',
  kvarh: 'kvarh',
  kw: 'kW',
  w: 'W',
  kvar: 'kvar',
  kva: 'kVA',
  m3: 'm³',
  l: 'L',
  m3h: 'm³/h',
  lh: 'L/h',
  c: '°C',
  f: '°F',
  rh: '%',
  ppm: 'ppm',
  v: 'V',
  a: 'A',
  hz: 'Hz',
  h: 'h',
  dbm: 'dBm',
  counter: '',
} as const;

const energy = ['kwh', 'mwh', 'mj', 'gj'] as const;
const total = [
  'total',
  'total_energy',
  'total_energy_consumption',
  'total_heating',
  'total_heating_energy',
  'total_heat_energy',
  'total_heat_energy_consumption',
];
const cooling = [
  'total_cooling',
  'total_cooling_energy',
  'total_cooling_energy_consumption',
  'total_energy_consumption_cooling',
];
const flow: Row = ['flowLph', ['m3h', 'lh'], ['volume_flow', 'flow', 'current_flow']];
const heat: readonly Row[] = [
  ['heatVolumeL', ['m3', 'l'], ['total', 'total_volume', 'total_water', 'volume']],
  ['heatPowerW', ['kw', 'w'], ['power', 'current', 'current_power_consumption', 'current_power']],
  flow,
  ['supplyTemperatureC', ['c', 'f'], ['flow_temperature', 't1_temperature', 'forward_temperature']],
  ['returnTemperatureC', ['c', 'f'], ['return_temperature', 't2_temperature']],
  ['operatingTimeH', ['h'], ['operating_time']],
];
const water: readonly Row[] = [['waterVolumeL', ['m3', 'l'], ['total', 'total_volume']], flow];

const rows: Readonly<Record<Medium, readonly Row[]>> = {
  electricity: [
    ['activeEnergyWh', energy, ['total_energy_consumption', 'total']],
    ['exportedEnergyWh', energy, ['total_energy_production']],
    ['reactiveEnergyVarh', ['kvarh'], ['total_reactive_energy_consumption']],
    ['exportedReactiveEnergyVarh', ['kvarh'], ['total_reactive_energy_production']],
    ['activePowerW', ['kw', 'w'], ['current_power_consumption', 'power']],
    ['activePowerW', ['kw', 'w'], ['current_power_production'], { isOut: true }],
    ['frequencyHz', ['hz'], ['frequency']],
    ...['1', '2', '3'].flatMap((phase): Row[] => {
      const channel = { channel: `L${phase}` };
      const power = [`current_power_consumption_phase${phase}`, `power_at_phase_${phase}`];
      return [
        ['voltageV', ['v'], [`voltage_at_phase_${phase}`], channel],
        ['currentA', ['a'], [`current_at_phase_${phase}`], channel],
        ['phasePowerW', ['kw', 'w'], power, channel],
      ];
    }),
  ],
  heat: [['heatEnergyWh', energy, total], ['coolingEnergyWh', energy, cooling], ...heat],
  cooling: [['coolingEnergyWh', energy, [...total, ...cooling]], ...heat],
  water,
  // A cold pipe's temperature is no quantity.
  'warm water': [...water, ['hotWaterTemperatureC', ['c', 'f'], ['flow_temperature']]],
  gas: [['gasVolumeL', ['m3', 'l'], ['total', 'total_volume']], flow],
  room: [
    ['airTemperatureC', ['c', 'f'], ['current_temperature', 'temperature']],
    ['relativeHumidityPct', ['rh'], ['current_relative_humidity', 'relative_humidity']],
    ['co2Ppm', ['ppm'], ['current_co2', 'co2']],
  ],
  other: [],
};

const everywhere = table([
  ['batteryMv', ['v'], ['battery']],
  ['rssiDbm', ['dbm'], ['rssi']],
  ['pulseCount', ['counter'], ['a'], { channel: 'a' }],
  ['pulseCount', ['counter'], ['b'], { channel: 'b' }],
]);

const meanings: Readonly<Record<Medium, ReadonlyMap<string, FieldMeaning>>> = {
  electricity: table(rows.electricity),
  heat: table(rows.heat),
  cooling: table(rows.cooling),
  water: table(rows.water),
  'warm water': table(rows['warm water']),
  gas: table(rows.gas),
  room: table(rows.room),
  other: new Map(),
};

const mediumByName: ReadonlyMap<string, Medium> = new Map([
  ['electricity', 'electricity'],
  ['heat', 'heat'],
  ['heat volume at inlet', 'heat'],
  ['heat/cooling load', 'heat'],
  ['cooling load volume at outlet', 'cooling'],
  ['cooling load volume at inlet', 'cooling'],
  ['water', 'water'],
  ['cold water', 'water'],
  ['warm water', 'warm water'],
  ['hot water', 'warm water'],
  ['gas', 'gas'],
  ['room sensor', 'room'],
]);

function table(given: readonly Row[]): ReadonlyMap<string, FieldMeaning> {
  return new Map(
    given.flatMap(([quantity, units, names, { channel, isOut = false } = {}]) =>
      units.flatMap((unit) =>
        names.map((name) => {
          const conversion = conversionFrom(unitTexts[unit], quantity);
          const at = channel === undefined ? {} : { channel };
          return [`${name}_${unit}`, { quantity, ...at, conversion, isOut }] as const;
        }),
      ),
    ),
  );
}

import type { Quantity } from '../domain/quantity.ts';

/** A unit of SenML's registry (RFC 8428, 12.1; RFC 8798), whose letters mean other things elsewhere: C is coulomb. */
export type SenmlUnit = {
  /** What it is called in units.ts; absent: kvarter has no quantity for it. */
  readonly text?: string;
  /** How many of `text` it is, when not 1. */
  readonly times?: number;
  /** What a value in it is when its name says nothing more. Absent where that would be a guess. */
  readonly quantity?: Quantity;
};

/** The unit of a record; undefined for one that is not registered. */
export function senmlUnit(text: string): SenmlUnit | undefined {
  return registered.get(text);
}

/** What the integral over time of a quantity is (RFC 8428, 4.3: a sum is in the unit × s), as hours, not seconds. */
export const integrals: Readonly<Partial<Record<Quantity, Quantity>>> = {
  activePowerW: 'activeEnergyWh',
  heatPowerW: 'heatEnergyWh',
  reactivePowerVar: 'reactiveEnergyVarh',
};

const known: Readonly<Record<string, SenmlUnit>> = {
  // RFC 8428, table 1.
  Cel: { text: '°C', quantity: 'airTemperatureC' },
  K: { text: 'K', quantity: 'airTemperatureC' },
  W: { text: 'W', quantity: 'activePowerW' },
  J: { text: 'J' },
  V: { text: 'V', quantity: 'voltageV' },
  A: { text: 'A', quantity: 'currentA' },
  VA: { text: 'VA', quantity: 'apparentPowerVa' },
  var: { text: 'var', quantity: 'reactivePowerVar' },
  vars: { text: 'varh', times: 1 / 3600, quantity: 'reactiveEnergyVarh' },
  Hz: { text: 'Hz', quantity: 'frequencyHz' },
  Pa: { text: 'Pa', quantity: 'airPressurePa' },
  lx: { text: 'lx', quantity: 'illuminanceLux' },
  '%RH': { text: '%RH', quantity: 'relativeHumidityPct' },
  '%EL': { text: '%', quantity: 'batteryPct' },
  Bspl: { text: 'dB', times: 10, quantity: 'soundDb' },
  dB: { text: 'dB' },
  m: { text: 'm', quantity: 'distanceMm' },
  m3: { text: 'm3' },
  l: { text: 'L' },
  'm3/s': { text: 'm3/s', quantity: 'flowLph' },
  'l/s': { text: 'L/s', quantity: 'flowLph' },
  '/': { text: '/' },
  '%': { text: '%' },
  count: { text: 'count' },
  s: { text: 's' },
  // RFC 8798, table 1: secondary units.
  ms: { text: 'ms' },
  min: { text: 'min' },
  h: { text: 'h' },
  MHz: { text: 'kHz', times: 1000, quantity: 'frequencyHz' },
  kW: { text: 'kW', quantity: 'activePowerW' },
  kVA: { text: 'kVA', quantity: 'apparentPowerVa' },
  kvar: { text: 'kvar', quantity: 'reactivePowerVar' },
  Wh: { text: 'Wh' },
  kWh: { text: 'kWh' },
  varh: { text: 'varh', quantity: 'reactiveEnergyVarh' },
  kvarh: { text: 'kvarh', quantity: 'reactiveEnergyVarh' },
  mV: { text: 'mV', quantity: 'voltageV' },
  mA: { text: 'mA', quantity: 'currentA' },
  dBm: { text: 'dBm', quantity: 'rssiDbm' },
  'ug/m3': { text: 'ug/m3' },
  ppm: { text: 'ppm' },
  '/100': { text: '%' },
  '/1000': { text: '‰' },
  hPa: { text: 'hPa', quantity: 'airPressurePa' },
  mm: { text: 'mm', quantity: 'distanceMm' },
  cm: { text: 'cm', quantity: 'distanceMm' },
};

/** Registered, and nothing that kvarter measures. */
const others = [
  ...'kg g cd mol rad sr N C F Ohm S Wb T H lm Bq Gy Sv kat m2 m/s m/s2 W/m2 cd/m2 bit bit/s lat lon pH dBW EL'.split(
    ' ',
  ),
  ...'1/s 1/min beat/min beats S/m B VAs J/m kg/m3 deg NTU'.split(' '),
  ...'Ah kVAh Wh/km KiB GB Mbit/s B/s MB/s mm/h m/h km km/h'.split(' '),
];

const registered: ReadonlyMap<string, SenmlUnit> = new Map([
  ...others.map((text) => [text, {}] as const),
  ...Object.entries(known),
]);

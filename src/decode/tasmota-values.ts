import type { Gathered } from './gathered.ts';
import { isRecord, numberOf, shown, textOf } from './payload.ts';
import { conversion, conversionFrom, convert } from './units.ts';

/**
 * The energy meter's part of a SENSOR message. A device with several phases (or relays) says the same key as a list, or
 * as an object by phase: registers and powers are added up to the whole, each phase's power has its own quantity.
 */
export function addEnergy(gathered: Gathered, energy: Readonly<Record<string, unknown>>): void {
  const read = (name: string) => partsOf(gathered, `ENERGY ${name}`, energy[name]);
  gathered.add('activeEnergyWh', inWattHours(sum(read('Total'))));
  gathered.add('exportedEnergyWh', inWattHours(sum(read('ExportActive'))));
  const power = read('Power');
  gathered.add('activePowerW', sum(power));
  gathered.add('apparentPowerVa', sum(read('ApparentPower')));
  gathered.add('reactivePowerVar', sum(read('ReactivePower')));
  gathered.add('frequencyHz', read('Frequency')[0]);
  if (power.length > 1) addEach(gathered, 'phasePowerW', power);
  addEach(gathered, 'voltageV', read('Voltage'));
  addEach(gathered, 'currentA', read('Current'));
  addEach(gathered, 'powerFactor', read('Factor'));
}

/** Units that a SENSOR message names once, for all its sensors. */
export type TasmotaUnits = {
  readonly temperature: string | undefined;
  readonly pressure: string | undefined;
};

/**
 * A sensor's part of a SENSOR message, by its name (`BME280`, `DS18B20-2`). Its channel is its serial number, or else
 * the name. A temperature alone may be anything's; beside humidity, air pressure or CO₂ it is the air's.
 */
export function addSensor(
  gathered: Gathered,
  name: string,
  sensor: Readonly<Record<string, unknown>>,
  units: TasmotaUnits,
): void {
  // How warm the device itself is.
  if (name === 'ESP32') return;
  const channel = textOf(sensor.Id) ?? name;
  const isOfAir = AIR.some((key) => numberOf(sensor[key]) !== undefined);
  for (const key of Object.keys(sensor)) {
    const given = sensor[key];
    const field = fields.get(TEMPERATURE.test(key) ? 'Temperature' : key);
    if (!field || given === null || given === undefined) continue;
    const value = numberOf(given);
    const quantity = field.quantity === 'airTemperatureC' && !isOfAir ? 'probeTemperatureC' : field.quantity;
    const unit = field.unitFrom === undefined ? field.unit : units[field.unitFrom];
    const change = unit === undefined ? undefined : conversion(unit, quantity);
    if (value === undefined || !change) {
      gathered.wrong(
        'impossible-value',
        `${name} ${key} ${shown(given)} is not a number with a unit of ${quantity}`,
      );
      continue;
    }
    // ANALOG has several inputs: Temperature1, Temperature2, …
    const part = key.slice('Temperature'.length);
    gathered.add(
      quantity,
      convert(value, change),
      quantity === 'probeTemperatureC' && part !== '' ? `${channel}-${part}` : channel,
    );
  }
}

/** Pulse inputs, C1 to C4 and more: counts since they were last set to 0. */
export function addCounters(gathered: Gathered, counters: Readonly<Record<string, unknown>>): void {
  for (const name of Object.keys(counters)) {
    if (/^C\d{1,2}$/.test(name)) gathered.add('pulseCount', numberOf(counters[name]), name);
  }
}

const AIR = ['Humidity', 'Pressure', 'CarbonDioxide'];
const TEMPERATURE = /^Temperature\d{0,2}$/;

type SensorField = {
  readonly quantity:
    | 'airTemperatureC'
    | 'relativeHumidityPct'
    | 'airPressurePa'
    | 'co2Ppm'
    | 'illuminanceLux'
    | 'tvocPpb'
    | 'pm25Ugm3'
    | 'pm10Ugm3'
    | 'distanceMm';
  readonly unit?: string;
  readonly unitFrom?: keyof TasmotaUnits;
};

const fields: ReadonlyMap<string, SensorField> = new Map<string, SensorField>([
  ['Temperature', { quantity: 'airTemperatureC', unitFrom: 'temperature' }],
  ['Humidity', { quantity: 'relativeHumidityPct', unit: '%' }],
  ['Pressure', { quantity: 'airPressurePa', unitFrom: 'pressure' }],
  ['CarbonDioxide', { quantity: 'co2Ppm', unit: 'ppm' }],
  ['Illuminance', { quantity: 'illuminanceLux', unit: 'lx' }],
  ['TVOC', { quantity: 'tvocPpb', unit: 'ppb' }],
  ['PM2.5', { quantity: 'pm25Ugm3', unit: 'µg/m³' }],
  ['PM10', { quantity: 'pm10Ugm3', unit: 'µg/m³' }],
  ['Distance', { quantity: 'distanceMm', unit: 'cm' }],
]);

const fromKwh = conversionFrom('kWh', 'activeEnergyWh');

function inWattHours(kWh: number | undefined): number | undefined {
  return kWh === undefined ? undefined : convert(kWh, fromKwh);
}

/** A number is a list of one; an object has phases. What cannot be read is a problem, and then there is none. */
function partsOf(gathered: Gathered, name: string, given: unknown): readonly number[] {
  if (given === undefined || given === null) return [];
  const parts = listed(given);
  const numbers = parts.map(numberOf).filter((number) => number !== undefined);
  if (numbers.length === parts.length && parts.length <= MOST_PARTS) return numbers;
  gathered.wrong('impossible-value', `${name} ${shown(given)} is not a number, or a few of them`);
  return [];
}

function listed(given: unknown): readonly unknown[] {
  if (Array.isArray(given)) return given;
  if (!isRecord(given)) return [given];
  return Object.keys(given)
    .filter((key) => /^Phase\d$/.test(key))
    .map((key) => given[key]);
}

const MOST_PARTS = 8;

/** Not of a list that is empty: nothing is not 0. */
function sum(parts: readonly number[]): number | undefined {
  return parts.length === 0 ? undefined : parts.reduce((whole, part) => whole + part);
}

function addEach(
  gathered: Gathered,
  quantity: 'phasePowerW' | 'voltageV' | 'currentA' | 'powerFactor',
  parts: readonly number[],
): void {
  for (const [i, part] of parts.entries())
    gathered.add(quantity, part, parts.length > 1 ? `L${i + 1}` : undefined);
}

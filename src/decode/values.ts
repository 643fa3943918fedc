import { isQuantity, type Quantity } from '../domain/quantity.ts';
import type { Problem } from './decode.ts';
import { numberOf, recordOf, shown, timeOf } from './payload.ts';

/**
 * Names that decoders of network servers give their values, and what they mean: only those whose unit is a convention.
 * Left out on purpose: `voltage` (mains or battery), `current` (A or mA), `energy` (Wh or kWh), `level`, `luminosity`.
 * Case and punctuation do not matter. `times` brings the value to the quantity's unit.
 */
export const conventions: readonly Convention[] = [
  { names: ['temperature', 'temp', 'air_temperature'], unit: '°C', quantity: 'airTemperatureC' },
  { names: ['humidity', 'relative_humidity'], unit: '%', quantity: 'relativeHumidityPct' },
  { names: ['co2'], unit: 'ppm', quantity: 'co2Ppm' },
  { names: ['light', 'illuminance', 'light_intensity'], unit: 'lux', quantity: 'illuminanceLux' },
  { names: ['motion', 'motion_count'], unit: 'count', quantity: 'motionCount' },
  {
    names: ['pressure', 'air_pressure', 'barometric_pressure'],
    unit: 'hPa',
    quantity: 'airPressurePa',
    times: 100,
  },
  { names: ['distance'], unit: 'mm', quantity: 'distanceMm' },
  { names: ['fill_level'], unit: '%', quantity: 'fillLevelPct' },
  {
    names: ['position'],
    unit: '`normal`, `tilt`',
    quantity: 'tilted',
    words: { normal: 0, tilt: 1 },
  },
  { names: ['power', 'active_power'], unit: 'W', quantity: 'activePowerW' },
  { names: ['battery', 'battery_level', 'battery_percent'], unit: '%', quantity: 'batteryPct' },
  { names: ['vdd'], unit: 'mV', quantity: 'batteryMv' },
];

export type Convention = {
  readonly names: readonly string[];
  readonly unit: string;
  readonly quantity: Quantity;
  readonly times?: number;
  /** The values are these words, not numbers. */
  readonly words?: Readonly<Record<string, number>>;
};

export type FieldValue = { readonly quantity: Quantity; readonly value: number; readonly atMs?: number };

export type FieldProblem = Pick<Problem, 'code' | 'detail'>;

/** What a decoded object holds. `unread`: names that mean nothing here, which is no problem by itself. */
export type FieldValues = {
  readonly values: readonly FieldValue[];
  readonly problems: readonly FieldProblem[];
  readonly unread: readonly string[];
};

/**
 * The values of an object that a network server's decoder made: fields named as kvarter's quantities taken as they are,
 * the others by convention. One value for each quantity: its own name first, then the first field that means it.
 */
export function readFields(object: unknown): FieldValues {
  if (object === undefined) return NO_FIELDS;
  const values = new Map<Quantity, number>();
  const problems: FieldProblem[] = [];
  const others: [name: string, value: unknown][] = [];
  for (const [name, value] of Object.entries(recordOf(object))) {
    if (!isQuantity(name)) others.push([name, value]);
    else if (typeof value === 'number') values.set(name, value);
    else problems.push({ code: 'impossible-value', detail: `${name} ${shown(value)} is not a number` });
  }
  const unread: string[] = [];
  for (const [name, value] of others) {
    const convention = byName.get(plain(name));
    const number = convention && conventional(value, convention);
    if (!convention || number === undefined) unread.push(name);
    else if (!values.has(convention.quantity)) values.set(convention.quantity, number);
  }
  return { values: [...values].map(([quantity, value]) => ({ quantity, value })), problems, unread };
}

const NO_FIELDS: FieldValues = { values: [], problems: [], unread: [] };

/**
 * The Things Stack's normalised payload: one measurement or a list of them, each with its own time or none; of it the
 * part about the air, whose names and units are fixed (lorawan-devices `lib/payload.json`).
 */
export function readNormalized(payload: unknown): FieldValues {
  const values: FieldValue[] = [];
  const problems: FieldProblem[] = [];
  for (const measurement of Array.isArray(payload) ? payload : [payload]) {
    const { time, air } = recordOf(measurement);
    const at = timeOf(time);
    if (at) values.push(...readFields(air).values.map((value) => ({ ...value, ...at })));
    else problems.push({ code: 'invalid-time', detail: `${shown(time)} is not ISO 8601 with offset` });
  }
  return { values, problems, unread: [] };
}

const byName = new Map(conventions.flatMap((item) => item.names.map((name) => [plain(name), item] as const)));

/** A value that the convention allows; undefined for one that is something else under the same name. */
function conventional(value: unknown, { times = 1, words }: Convention): number | undefined {
  if (words) return typeof value === 'string' && Object.hasOwn(words, value) ? words[value] : undefined;
  const number = numberOf(value);
  return number === undefined ? undefined : number * times;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

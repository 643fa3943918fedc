import { decimalOf } from '../../domain/csv-form.ts';
import type { Battery } from './battery.ts';
import type { HeatPump } from './heat-pump.ts';

type Range = { readonly min: number; readonly max: number; readonly initial?: number };

const ranges: Readonly<Record<keyof Battery, Range>> = {
  capacityKwh: { min: 1e-6, max: 1e9 },
  chargeKw: { min: 0, max: 1e9 },
  dischargeKw: { min: 0, max: 1e9 },
  chargeEfficiency: { min: 0.01, max: 1, initial: 0.95 },
  dischargeEfficiency: { min: 0.01, max: 1, initial: 0.95 },
  lossPerHour: { min: 0, max: 0.5, initial: 0 },
  initialKwh: { min: 0, max: 1e9, initial: 0 },
  finalKwh: { min: 0, max: 1e9, initial: 0 },
};

export type BatteryText =
  | { readonly ok: true; readonly battery: Battery }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Reads `capacityKwh=40,chargeKw=20,…`: the keys are those of {@link Battery}. Capacity and powers must be given; the
 * efficiencies are 0.95 and the rest is 0 where they are not, and the store ends as it began where `finalKwh` is not.
 */
export function parseBattery(text: string): BatteryText {
  const { problems, given, read } = readKeys(text, ranges);
  const initialKwh = read('initialKwh');
  const battery: Battery = {
    capacityKwh: read('capacityKwh'),
    chargeKw: read('chargeKw'),
    dischargeKw: read('dischargeKw'),
    chargeEfficiency: read('chargeEfficiency'),
    dischargeEfficiency: read('dischargeEfficiency'),
    lossPerHour: read('lossPerHour'),
    initialKwh,
    finalKwh: given.get('finalKwh') ?? initialKwh,
  };
  if (problems.length === 0) {
    for (const key of ['initialKwh', 'finalKwh'] as const) {
      if (battery[key] > battery.capacityKwh)
        problems.push(`${key}=${battery[key]}: is more than capacityKwh`);
    }
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, battery };
}

const heatPumpRanges: Readonly<Record<keyof HeatPump, Range>> = {
  mostKw: { min: 1e-6, max: 1e9 },
  storeKwh: { min: 1e-6, max: 1e9 },
  keptHours: { min: 1, max: 1e4, initial: 48 },
};

export type HeatPumpText =
  | { readonly ok: true; readonly heatPump: HeatPump }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads `mostKw=6,storeKwh=4,…`: the keys are those of {@link HeatPump}; `keptHours` is 48 where it is not given. */
export function parseHeatPump(text: string): HeatPumpText {
  const { problems, read } = readKeys(text, heatPumpRanges);
  const heatPump = { mostKw: read('mostKw'), storeKwh: read('storeKwh'), keptHours: read('keptHours') };
  return problems.length > 0 ? { ok: false, problems } : { ok: true, heatPump };
}

/** Numbers by key; what is wrong with them is gathered. */
function readKeys<Key extends string>(text: string, ranges: Readonly<Record<Key, Range>>) {
  const problems: string[] = [];
  const given = new Map<string, number>();
  for (const part of text.split(',').filter((one) => one.trim() !== '')) {
    const [key = '', value = '', ...more] = part.split('=').map((one) => one.trim());
    const range = Object.entries<Range>(ranges).find(([name]) => name === key)?.[1];
    const number = (more.length > 0 ? undefined : decimalOf(value)) ?? Number.NaN;
    if (!range) problems.push(`${key}: no such key; those are ${Object.keys(ranges).join(', ')}`);
    else if (given.has(key)) problems.push(`${key}: given twice`);
    else if (!(number >= range.min && number <= range.max)) {
      problems.push(`${key}=${value}: must be a number from ${range.min} to ${range.max}`);
    } else given.set(key, number);
  }
  const read = (key: Key): number => {
    const value = given.get(key) ?? ranges[key].initial;
    if (value === undefined && !problems.some((one) => one.startsWith(`${key}=`)))
      problems.push(`${key}: is missing`);
    return value ?? 0;
  };
  return { problems, given, read };
}

import type { Battery } from './battery.ts';

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
  const problems: string[] = [];
  const given = new Map<string, number>();
  for (const part of text.split(',').filter((one) => one.trim() !== '')) {
    const [key = '', value = '', ...more] = part.split('=').map((one) => one.trim());
    const range = Object.hasOwn(ranges, key)
      ? Object.entries(ranges).find(([name]) => name === key)?.[1]
      : undefined;
    const number = value === '' || more.length > 0 ? Number.NaN : Number(value);
    if (!range) problems.push(`${key}: no such key; those are ${Object.keys(ranges).join(', ')}`);
    else if (given.has(key)) problems.push(`${key}: given twice`);
    else if (!(number >= range.min && number <= range.max)) {
      problems.push(`${key}=${value}: must be a number from ${range.min} to ${range.max}`);
    } else given.set(key, number);
  }
  const read = (key: keyof Battery): number => {
    const value = given.get(key) ?? ranges[key].initial;
    if (value === undefined && !problems.some((one) => one.startsWith(`${key}=`)))
      problems.push(`${key}: is missing`);
    return value ?? 0;
  };
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

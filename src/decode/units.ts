import { type Quantity, quantities } from '../domain/quantity.ts';

/** How a value in some unit becomes one in a quantity's unit: `(value + offset) × factor`. */
export type Conversion = { readonly factor: number; readonly offset: number };

/**
 * The conversion from a unit, as a payload or a mapping spells it, to a quantity's unit; undefined when the unit is
 * unknown or measures something else. Letter case does not matter, but for a leading m (`MWh`, `mV`).
 */
export function conversion(unit: string, quantity: Quantity): Conversion | undefined {
  let ofQuantity = remembered.get(quantity);
  if (!ofQuantity) {
    ofQuantity = new Map();
    remembered.set(quantity, ofQuantity);
  }
  let found = ofQuantity.get(unit);
  if (found === undefined) {
    found = findConversion(unit, quantity) ?? null;
    // What is spelled in a payload is anybody's text.
    if (ofQuantity.size >= MOST_SPELLINGS) ofQuantity.clear();
    if (unit.length <= LONGEST_SPELLING) ofQuantity.set(unit, found);
  }
  return found ?? undefined;
}

/** The same few units come again and again; null: none of the quantity's. */
const remembered = new Map<Quantity, Map<string, Conversion | null>>();
const MOST_SPELLINGS = 100;
const LONGEST_SPELLING = 20;

function findConversion(unit: string, quantity: Quantity): Conversion | undefined {
  const from = byText.get(unit.trim()) ?? byFolded.get(folded(unit.trim()));
  const to = unitOf(quantity);
  if (!from || from.kind !== to.kind) return undefined;
  return { factor: from.size / to.size, offset: from.offset ?? 0 };
}

/** A unit that must be known: for tables that stand in the code. */
export function conversionFrom(unit: string, quantity: Quantity): Conversion {
  const found = conversion(unit, quantity);
  if (!found) throw new TypeError(`${unit} is not a unit of ${quantity}`);
  return found;
}

/**
 * A value in the quantity's unit, at full resolution. What was a short decimal stays one: 6678.394 kWh are 6678394 Wh,
 * not 6678394.000000001 as the product in floating point would have it.
 */
export function convert(value: number, { factor, offset }: Conversion): number {
  const exact = (value + offset) * factor;
  const slack = Math.max(Math.abs(exact), Math.abs(value * factor)) * 4 * Number.EPSILON;
  const places = Math.abs(exact) < 1e9 ? 1e6 : 1e3;
  const short = Math.round(exact * places) / places;
  return Math.abs(short - exact) <= slack ? short + 0 : exact;
}

type Unit = {
  /** What it measures: units of one kind become one another. */
  readonly kind: string;
  /** How many of the kind's first unit it is. */
  readonly size: number;
  /** What is added to the value before that. */
  readonly offset?: number;
  readonly text: string;
};

/** Every unit that is read. The kinds tell apart what must never be mixed: W from VA, °C from a share. */
const units: readonly Unit[] = [
  ...kind('power', { W: 1, kW: 1e3, MW: 1e6, GW: 1e9, 'kJ/h': 1 / 3.6, 'J/h': 1 / 3600 }),
  ...kind('power', { 'MJ/h': 1000 / 3.6, 'GJ/h': 1e6 / 3.6, 'kcal/h': 1.163 }),
  ...kind('energy', { Wh: 1, kWh: 1e3, MWh: 1e6, GWh: 1e9 }),
  ...kind('energy', { J: 1 / 3600, kJ: 1 / 3.6, MJ: 1e3 / 3.6, GJ: 1e6 / 3.6, TJ: 1e9 / 3.6 }),
  ...kind('energy', { cal: 1.163e-3, kcal: 1.163, Mcal: 1163, Gcal: 1.163e6, BTU: 1055.05585262 / 3600 }),
  ...kind('energy', { MMBTU: 1055.05585262e6 / 3600, Wmin: 1 / 60 }),
  ...kind('reactive power', { var: 1, kvar: 1e3, Mvar: 1e6 }),
  ...kind('reactive energy', { varh: 1, kvarh: 1e3, Mvarh: 1e6 }),
  ...kind('apparent power', { VA: 1, kVA: 1e3, MVA: 1e6 }),
  ...kind('voltage', { V: 1, kV: 1e3, mV: 1e-3 }),
  ...kind('current', { A: 1, kA: 1e3, mA: 1e-3 }),
  ...kind('volume', { L: 1, ltr: 1, litre: 1, liter: 1, ml: 1e-3, dl: 0.1, cl: 0.01, hl: 100 }),
  ...kind('volume', { 'm³': 1e3, m3: 1e3, 'm^3': 1e3, 'dm³': 1, dm3: 1, 'cm³': 1e-3, cm3: 1e-3 }),
  ...kind('volume', { 'ft³': 28.316846592, ft3: 28.316846592, cf: 28.316846592, ccf: 2831.6846592 }),
  ...kind('volume', { gal: 3.785411784 }),
  ...kind('flow', { 'L/h': 1, lph: 1, 'm³/h': 1e3, 'm3/h': 1e3, 'L/min': 60, 'L/s': 3600 }),
  ...kind('flow', { 'ml/s': 3.6, 'm³/s': 3.6e6, 'm3/s': 3.6e6, 'm³/min': 6e4, 'm3/min': 6e4, 'dm3/h': 1 }),
  ...kind('temperature', { '°C': 1, C: 1, degC: 1, celsius: 1, Cel: 1 }),
  ...kind('temperature', { '°F': 5 / 9, F: 5 / 9, degF: 5 / 9, fahrenheit: 5 / 9 }, -32),
  ...kind('temperature', { K: 1, kelvin: 1 }, -273.15),
  ...kind('pressure', { Pa: 1, hPa: 100, kPa: 1e3, MPa: 1e6, mbar: 100, bar: 1e5 }),
  ...kind('pressure', { mmHg: 133.322387415, inHg: 3386.389, psi: 6894.757293168 }),
  // A share without a unit (0..1) is `1`, as SenML writes it.
  ...kind('share', { '%': 1, pct: 1, percent: 1, '%RH': 1, '%rh': 1, '‰': 0.1, '1': 100, '/': 100 }),
  ...kind('concentration', { ppm: 1, ppb: 1e-3 }),
  ...kind('mass concentration', {
    'µg/m³': 1,
    'μg/m³': 1,
    'ug/m3': 1,
    'µg/m3': 1,
    'mg/m³': 1e3,
    'mg/m3': 1e3,
  }),
  ...kind('illuminance', { lx: 1, lux: 1, klx: 1e3, fc: 10.763910417 }),
  ...kind('length', { mm: 1, cm: 10, dm: 100, m: 1e3, in: 25.4, inch: 25.4, ft: 304.8 }),
  ...kind('frequency', { Hz: 1, mHz: 1e-3, kHz: 1e3 }),
  ...kind('duration', { h: 1, min: 1 / 60, s: 1 / 3600, ms: 1 / 3.6e6, d: 24, day: 24, days: 24, y: 8760 }),
  ...kind('level', { dB: 1, 'dB(A)': 1, dBA: 1 }),
  ...kind('signal', { dBm: 1 }),
  ...kind('number', { '': 1, count: 1, pulses: 1, pcs: 1 }),
];

/** The unit that a quantity's name ends in; none (`powerFactor`, `tilted`, `motionCount`): a plain number. */
export function unitOf(quantity: Quantity): { readonly kind: string; readonly size: number } {
  return ofQuantity.get(quantity) ?? PLAIN;
}

const PLAIN = { kind: 'number', size: 1 };

const byText = new Map(units.map((unit) => [unit.text, unit] as const));

const byFolded = new Map(units.map((unit) => [folded(unit.text), unit] as const));

/** Letter case does not matter but in a leading m: milli is not mega, and a metre is neither. */
function folded(text: string): string {
  return text.slice(0, 1).replace(/[^mM]/, (first) => first.toLowerCase()) + text.slice(1).toLowerCase();
}

/** Longest first: `Wh` before `h`, `Lph` before `L`. */
const suffixes = Object.entries({
  Ugm3: 'ug/m3',
  Varh: 'varh',
  Var: 'var',
  Lux: 'lx',
  Lph: 'L/h',
  Pct: '%',
  Ppm: 'ppm',
  Ppb: 'ppb',
  Dbm: 'dBm',
  Wh: 'Wh',
  Va: 'VA',
  Mv: 'mV',
  Pa: 'Pa',
  Mm: 'mm',
  Hz: 'Hz',
  Db: 'dB',
  W: 'W',
  V: 'V',
  A: 'A',
  L: 'L',
  C: '°C',
  H: 'h',
}).flatMap(([suffix, text]) => {
  const unit = byText.get(text);
  return unit ? [[suffix, unit] as const] : [];
});

const ofQuantity: ReadonlyMap<string, { readonly kind: string; readonly size: number }> = new Map(
  Object.keys(quantities).map((quantity) => [
    quantity,
    suffixes.find(([suffix]) => quantity.endsWith(suffix))?.[1] ?? PLAIN,
  ]),
);

function kind(name: string, sizes: Readonly<Record<string, number>>, offset?: number): Unit[] {
  const at = offset === undefined ? {} : { offset };
  return Object.entries(sizes).map(([text, size]) => ({ kind: name, size, ...at, text }));
}

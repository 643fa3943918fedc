import type { Quantity } from '../domain/quantity.ts';

const units: readonly (readonly [suffix: string, unit: string])[] = [
  ['Pct', '%'],
  ['Ppm', 'ppm'],
  ['Ppb', 'ppb'],
  ['Lux', 'lx'],
  ['Ugm3', 'µg/m³'],
  ['Varh', 'varh'],
  ['Var', 'var'],
  ['Va', 'VA'],
  ['Dbm', 'dBm'],
  ['Db', 'dB'],
  ['Hz', 'Hz'],
  ['Lph', 'l/h'],
  ['Wh', 'Wh'],
  ['Mm', 'mm'],
  ['Mv', 'mV'],
  ['Pa', 'Pa'],
  ['W', 'W'],
  ['V', 'V'],
  ['A', 'A'],
  ['L', 'l'],
  ['C', '°C'],
  ['H', 'h'],
];

/** A quantity in words: `airTemperatureC` → "Air temperature" in "°C". */
export function quantityLabel(quantity: Quantity): { readonly name: string; readonly unit: string } {
  const [suffix, unit] = units.find(([end]) => quantity.endsWith(end)) ?? ['', ''];
  const words = quantity
    .slice(0, quantity.length - suffix.length)
    .replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .replace('co2', 'CO₂');
  return { name: `${words.charAt(0).toUpperCase()}${words.slice(1)}`, unit };
}

const factUnits: readonly (readonly [suffix: string, unit: string])[] = [
  ['Minutes', 'min'],
  ['Hours', 'h'],
  ['Days', 'd'],
  ['Bytes', 'B'],
  ['Mb', 'MiB'],
  ['Kwh', 'kWh'],
  ['Kw', 'kW'],
  ['Sek', 'SEK'],
  ...units,
];

/** A fact of an alert in words: `projectedKw` → "projected" in "kW". `stem`: its name without the unit. */
export function factLabel(fact: string): {
  readonly stem: string;
  readonly name: string;
  readonly unit: string;
} {
  const [suffix, unit] = factUnits.find(([end]) => fact.endsWith(end)) ?? ['', ''];
  const stem = fact.slice(0, fact.length - suffix.length);
  return { stem, name: stem.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`), unit };
}

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

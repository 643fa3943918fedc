/** A value as people read it: `21.4 °C`, `12 kW`. */
export function inWords(value: number, unit: 'W' | '°C' | 'K' | 'l/h'): string {
  if (unit === 'W' && Math.abs(value) >= 1000) return `${Math.round(value / 100) / 10} kW`;
  if (unit === 'W' || unit === 'l/h') return `${Math.round(value)} ${unit}`;
  return `${Math.round(value * 10) / 10} ${unit}`;
}

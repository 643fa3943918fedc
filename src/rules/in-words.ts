/** A value as people read it: `21.4 °C`, `12 kW`, `0.97`. `decimals` of what is neither W, Wh nor l/h. */
export function inWords(value: number, unit: string, decimals = 1): string {
  if ((unit === 'W' || unit === 'Wh') && Math.abs(value) >= 1000)
    return `${rounded(value / 1000, 1)} k${unit}`;
  if (unit === 'W' || unit === 'Wh' || unit === 'l/h') return `${Math.round(value)} ${unit}`;
  return `${rounded(value, decimals)} ${unit}`.trimEnd();
}

function rounded(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  return Math.round(value * scale) / scale;
}

/**
 * Water that air can hold, g/m³: Magnus' formula for the pressure over water (WMO-No. 8, annex 4.B: 6.112 hPa, 17.62, 243.12 °C) by
 * the law of ideal gases.
 */
export function saturationGPerM3(airC: number): number {
  const pascal = 611.2 * Math.exp((17.62 * airC) / (243.12 + airC));
  return (1000 * pascal) / (461.5 * (airC + 273.15));
}

/** Air as it is measured: relative humidity, %. */
export type MoistAir = { readonly airC: number; readonly humidityPct: number };

/** Water in the air, g/m³. */
export function waterGPerM3({ airC, humidityPct }: MoistAir): number {
  return (humidityPct / 100) * saturationGPerM3(airC);
}

/** Relative humidity that outdoor air has once it is warmed up indoors and people have added to it, %. */
export function warmedPct(outdoor: MoistAir, indoorC: number, addedGPerM3 = 0): number {
  return (100 * (waterGPerM3(outdoor) + addedGPerM3)) / saturationGPerM3(indoorC);
}

/**
 * The closed list of what kvarter measures. The unit is last in the name; `min..max` is what is physically
 * possible for a sensor of that kind in a building (outside: rejected), not what is normal.
 *
 * `gauge`: a momentary value. `register`: a cumulative counter that only grows, except for resets.
 */
export const quantities = {
  activePowerW: { kind: 'gauge', min: -20_000_000, max: 20_000_000 },
  activeEnergyWh: { kind: 'register', min: 0, max: 1e12 },
  exportedEnergyWh: { kind: 'register', min: 0, max: 1e12 },
  reactivePowerVar: { kind: 'gauge', min: -20_000_000, max: 20_000_000 },
  voltageV: { kind: 'gauge', min: 0, max: 1000 },
  currentA: { kind: 'gauge', min: -10_000, max: 10_000 },
  heatPowerW: { kind: 'gauge', min: -20_000_000, max: 20_000_000 },
  heatEnergyWh: { kind: 'register', min: 0, max: 1e12 },
  heatVolumeL: { kind: 'register', min: 0, max: 1e12 },
  flowLph: { kind: 'gauge', min: -1e6, max: 1e6 },
  supplyTemperatureC: { kind: 'gauge', min: -50, max: 200 },
  returnTemperatureC: { kind: 'gauge', min: -50, max: 200 },
  hotWaterTemperatureC: { kind: 'gauge', min: -50, max: 150 },
  airTemperatureC: { kind: 'gauge', min: -60, max: 100 },
  outdoorTemperatureC: { kind: 'gauge', min: -60, max: 60 },
  relativeHumidityPct: { kind: 'gauge', min: 0, max: 100 },
  co2Ppm: { kind: 'gauge', min: 0, max: 50_000 },
  illuminanceLux: { kind: 'gauge', min: 0, max: 200_000 },
  motionCount: { kind: 'gauge', min: 0, max: 1e6 },
  airPressurePa: { kind: 'gauge', min: 30_000, max: 120_000 },
  waterVolumeL: { kind: 'register', min: 0, max: 1e12 },
  distanceMm: { kind: 'gauge', min: 0, max: 20_000 },
  tilted: { kind: 'gauge', min: 0, max: 1 },
  fillLevelPct: { kind: 'gauge', min: 0, max: 100 },
  batteryPct: { kind: 'gauge', min: 0, max: 100 },
  batteryMv: { kind: 'gauge', min: 0, max: 60_000 },
} as const satisfies Record<string, { kind: 'gauge' | 'register'; min: number; max: number }>;

export type Quantity = keyof typeof quantities;

export function isQuantity(name: string): name is Quantity {
  return Object.hasOwn(quantities, name);
}

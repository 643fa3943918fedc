/**
 * The closed list of what kvarter measures. The unit is last in the name; `min..max` is what is physically
 * possible for a sensor of that kind in a building (outside: rejected), not what is normal.
 *
 * `gauge`: a momentary value. `register`: a cumulative counter that only grows, except for resets.
 * What a device says of itself or its place (`batteryLow` … `online`) is a gauge of 0 (no) or 1 (yes).
 */
export const quantities = {
  activePowerW: { kind: 'gauge', min: -20_000_000, max: 20_000_000 },
  activeEnergyWh: { kind: 'register', min: 0, max: 1e12 },
  exportedEnergyWh: { kind: 'register', min: 0, max: 1e12 },
  reactivePowerVar: { kind: 'gauge', min: -20_000_000, max: 20_000_000 },
  apparentPowerVa: { kind: 'gauge', min: 0, max: 20_000_000 },
  reactiveEnergyVarh: { kind: 'register', min: 0, max: 1e12 },
  exportedReactiveEnergyVarh: { kind: 'register', min: 0, max: 1e12 },
  powerFactor: { kind: 'gauge', min: -1, max: 1 },
  frequencyHz: { kind: 'gauge', min: 0, max: 500 },
  quarterDemandW: { kind: 'gauge', min: 0, max: 20_000_000 },
  monthPeakW: { kind: 'gauge', min: 0, max: 20_000_000 },
  phasePowerW: { kind: 'gauge', min: -20_000_000, max: 20_000_000 },
  voltageV: { kind: 'gauge', min: 0, max: 1000 },
  currentA: { kind: 'gauge', min: -10_000, max: 10_000 },
  heatPowerW: { kind: 'gauge', min: -20_000_000, max: 20_000_000 },
  heatEnergyWh: { kind: 'register', min: 0, max: 1e12 },
  coolingEnergyWh: { kind: 'register', min: 0, max: 1e12 },
  heatVolumeL: { kind: 'register', min: 0, max: 1e12 },
  flowLph: { kind: 'gauge', min: -1e6, max: 1e6 },
  supplyTemperatureC: { kind: 'gauge', min: -50, max: 200 },
  returnTemperatureC: { kind: 'gauge', min: -50, max: 200 },
  hotWaterTemperatureC: { kind: 'gauge', min: -50, max: 150 },
  probeTemperatureC: { kind: 'gauge', min: -200, max: 1000 },
  airTemperatureC: { kind: 'gauge', min: -60, max: 100 },
  outdoorTemperatureC: { kind: 'gauge', min: -60, max: 60 },
  relativeHumidityPct: { kind: 'gauge', min: 0, max: 100 },
  co2Ppm: { kind: 'gauge', min: 0, max: 50_000 },
  illuminanceLux: { kind: 'gauge', min: 0, max: 200_000 },
  soundDb: { kind: 'gauge', min: 0, max: 200 },
  tvocPpb: { kind: 'gauge', min: 0, max: 1e6 },
  pm25Ugm3: { kind: 'gauge', min: 0, max: 10_000 },
  pm10Ugm3: { kind: 'gauge', min: 0, max: 10_000 },
  motionCount: { kind: 'gauge', min: 0, max: 1e6 },
  airPressurePa: { kind: 'gauge', min: 30_000, max: 120_000 },
  gasVolumeL: { kind: 'register', min: 0, max: 1e12 },
  waterVolumeL: { kind: 'register', min: 0, max: 1e12 },
  pulseCount: { kind: 'register', min: 0, max: 1e12 },
  operatingTimeH: { kind: 'register', min: 0, max: 1e6 },
  valveOpenPct: { kind: 'gauge', min: 0, max: 100 },
  distanceMm: { kind: 'gauge', min: 0, max: 20_000 },
  tilted: { kind: 'gauge', min: 0, max: 1 },
  fillLevelPct: { kind: 'gauge', min: 0, max: 100 },
  stateOfChargePct: { kind: 'gauge', min: 0, max: 100 },
  batteryPct: { kind: 'gauge', min: 0, max: 100 },
  batteryMv: { kind: 'gauge', min: 0, max: 60_000 },
  rssiDbm: { kind: 'gauge', min: -200, max: 50 },
  snrDb: { kind: 'gauge', min: -50, max: 50 },
  batteryLow: { kind: 'gauge', min: 0, max: 1 },
  tampered: { kind: 'gauge', min: 0, max: 1 },
  sensorError: { kind: 'gauge', min: 0, max: 1 },
  linkError: { kind: 'gauge', min: 0, max: 1 },
  leaking: { kind: 'gauge', min: 0, max: 1 },
  burst: { kind: 'gauge', min: 0, max: 1 },
  frost: { kind: 'gauge', min: 0, max: 1 },
  waterDetected: { kind: 'gauge', min: 0, max: 1 },
  open: { kind: 'gauge', min: 0, max: 1 },
  occupied: { kind: 'gauge', min: 0, max: 1 },
  reverseFlow: { kind: 'gauge', min: 0, max: 1 },
  dry: { kind: 'gauge', min: 0, max: 1 },
  alarm: { kind: 'gauge', min: 0, max: 1 },
  online: { kind: 'gauge', min: 0, max: 1 },
} as const satisfies Record<string, { kind: 'gauge' | 'register'; min: number; max: number }>;

export type Quantity = keyof typeof quantities;

export function isQuantity(name: string): name is Quantity {
  return Object.hasOwn(quantities, name);
}

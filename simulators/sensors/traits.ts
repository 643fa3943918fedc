import type { Quantity } from '../../src/domain/quantity.ts';
import type { Role } from '../../src/domain/reading.ts';

/** How well such sensors measure (data sheets of the devices in src/decode), and what they call a change. */
type Trait = {
  /** Standard deviation from reading to reading: in the unit, or as a share of the value. */
  readonly noise: number;
  readonly noiseShare?: number;
  /** What one sensor is off by for good: standard deviation, in the unit. */
  readonly bias?: number;
  /** A device that reports changes reports one of so much, in the unit or as a share of the value before. */
  readonly change: number;
  readonly changeShare?: number;
};

export const traits: Partial<Record<Quantity, Trait>> = {
  activePowerW: { noise: 2, noiseShare: 0.003, change: 50, changeShare: 0.05 },
  phasePowerW: { noise: 2, noiseShare: 0.003, change: 50, changeShare: 0.05 },
  currentA: { noise: 0.01, noiseShare: 0.003, change: 0.5, changeShare: 0.05 },
  voltageV: { noise: 0.2, change: 3 },
  frequencyHz: { noise: 0.005, change: 0.1 },
  heatPowerW: { noise: 50, noiseShare: 0.01, change: 1000, changeShare: 0.1 },
  flowLph: { noise: 1, noiseShare: 0.01, change: 20, changeShare: 0.1 },
  supplyTemperatureC: { noise: 0.08, bias: 0.1, change: 1 },
  returnTemperatureC: { noise: 0.08, bias: 0.1, change: 1 },
  hotWaterTemperatureC: { noise: 0.1, bias: 0.15, change: 1 },
  probeTemperatureC: { noise: 0.05, bias: 0.1, change: 0.5 },
  airTemperatureC: { noise: 0.05, bias: 0.12, change: 0.2 },
  outdoorTemperatureC: { noise: 0.1, bias: 0.2, change: 0.5 },
  relativeHumidityPct: { noise: 0.4, bias: 1.2, change: 2 },
  co2Ppm: { noise: 8, bias: 20, change: 75 },
  illuminanceLux: { noise: 1, noiseShare: 0.03, change: 50, changeShare: 0.3 },
  distanceMm: { noise: 5, bias: 4, change: 50 },
  stateOfChargePct: { noise: 0.1, change: 2 },
  fillLevelPct: { noise: 0.5, change: 5 },
};

/** The quantity that a fault of a sensor of this role shows in. */
export const primary: Readonly<Record<Role, readonly Quantity[]>> = {
  electricityMain: ['activePowerW'],
  submeter: [
    'activePowerW',
    'hotWaterTemperatureC',
    'probeTemperatureC',
    'supplyTemperatureC',
    'flowLph',
    'heatPowerW',
  ],
  heatMain: ['supplyTemperatureC', 'probeTemperatureC', 'heatPowerW'],
  waterMain: ['flowLph', 'waterVolumeL'],
  room: ['airTemperatureC'],
  outdoor: ['outdoorTemperatureC', 'airTemperatureC', 'probeTemperatureC'],
  container: ['distanceMm', 'fillLevelPct'],
};

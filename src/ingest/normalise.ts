import type { Quantity } from '../domain/quantity.ts';
import type { Measurement } from '../domain/reading.ts';
import type { Device } from '../domain/register.ts';

/** What a current transformer or a pulse input scales. */
const SCALED: ReadonlySet<Quantity> = new Set<Quantity>([
  'activePowerW',
  'activeEnergyWh',
  'exportedEnergyWh',
  'reactivePowerVar',
  'apparentPowerVa',
  'reactiveEnergyVarh',
  'exportedReactiveEnergyVarh',
  'phasePowerW',
  'quarterDemandW',
  'monthPeakW',
  'currentA',
  'heatPowerW',
  'heatEnergyWh',
  'coolingEnergyWh',
  'heatVolumeL',
  'flowLph',
  'gasVolumeL',
  'waterVolumeL',
]);

/** What an `offset` corrects. */
const SHIFTED: ReadonlySet<Quantity> = new Set<Quantity>([
  'airTemperatureC',
  'outdoorTemperatureC',
  'supplyTemperatureC',
  'returnTemperatureC',
  'hotWaterTemperatureC',
  'probeTemperatureC',
  'relativeHumidityPct',
]);

type Measured = Pick<Measurement, 'quantity' | 'value'>;

/** The measured value with the device's ratio and offset from the register. */
export function calibrate({ quantity, value }: Measured, { ratio, offset }: Device): number {
  if (ratio !== undefined && SCALED.has(quantity)) return value * ratio;
  if (offset !== undefined && SHIFTED.has(quantity)) return value + offset;
  return value;
}

/** Does a `ratio` scale it? */
export function isScaled(quantity: Quantity): boolean {
  return SCALED.has(quantity);
}

/** What the device says when this is true: the inverse of {@link calibrate}. */
export function uncalibrate({ quantity, value }: Measured, { ratio, offset }: Device): number {
  if (ratio !== undefined && SCALED.has(quantity)) return value / ratio;
  if (offset !== undefined && SHIFTED.has(quantity)) return value - offset;
  return value;
}

/** `clamp((empty − d) / (empty − full))` in percent; undefined when the register does not know both distances. */
export function fillLevelPct(distanceMm: number, { emptyMm, fullMm }: Device): number | undefined {
  if (emptyMm === undefined || fullMm === undefined) return undefined;
  return Math.min(Math.max((emptyMm - distanceMm) / (emptyMm - fullMm), 0), 1) * 100;
}

import { comfort } from './comfort/comfort.ts';
import { circulationStopped } from './heating/circulation-stopped.ts';
import { energyWithoutFlow } from './heating/energy-without-flow.ts';
import { heatingAndCooling } from './heating/heating-and-cooling.ts';
import { heatingCurve } from './heating/heating-curve.ts';
import { hotWaterCold } from './heating/hot-water-cold.ts';
import { hunting } from './heating/hunting.ts';
import { lowDeltaT } from './heating/low-delta-t.ts';
import { nightSetback } from './heating/night-setback.ts';
import { radiatorValve } from './heating/radiator-valve.ts';
import { supplyFlat } from './heating/supply-flat.ts';
import { ventilationAllNight } from './heating/ventilation-all-night.ts';
import { eveningPeak } from './meters/evening-peak.ts';
import { meterRatio } from './meters/meter-ratio.ts';
import { nightBaseLoad } from './meters/night-base-load.ts';
import { outOfScale } from './meters/out-of-scale.ts';
import { pvOutput } from './meters/pv-output.ts';
import { registerBack } from './meters/register-back.ts';
import { reversedCt } from './meters/reversed-ct.ts';
import { unexplainedUse } from './meters/unexplained-use.ts';
import { waterAllNight } from './meters/water-all-night.ts';
import { peakGuard } from './peaks/peak-guard.ts';
import { type RuleType, ruleType } from './rule-type.ts';
import { deviceStatus } from './sensors/device-status.ts';
import { doubtedWeather } from './sensors/doubted-weather.ts';
import { flatLine } from './sensors/flat-line.ts';
import { outOfRange } from './sensors/out-of-range.ts';
import { sensorDrift } from './sensors/sensor-drift.ts';
import { spike } from './sensors/spike.ts';
import { stale } from './sensors/stale.ts';
import { swappedSensors } from './sensors/swapped-sensors.ts';
import { containerFull } from './waste/container-full.ts';
import { containerTrouble } from './waste/container-trouble.ts';

/** Every type of rule, in the order in which they see a reading. A new one is a file beside this and a line here. */
export const ruleTypes: readonly RuleType[] = [
  ruleType(peakGuard),
  ruleType(stale),
  ruleType(outOfRange),
  ruleType(flatLine),
  ruleType(doubtedWeather),
  ruleType(comfort),
  ruleType(containerFull),
  ruleType(containerTrouble),
  ruleType(deviceStatus),
  ruleType(waterAllNight),
  ruleType(nightBaseLoad),
  ruleType(registerBack),
  ruleType(sensorDrift),
  ruleType(spike),
  ruleType(hotWaterCold),
  ruleType(hunting),
  ruleType(supplyFlat),
  ruleType(energyWithoutFlow),
  ruleType(lowDeltaT),
  ruleType(circulationStopped),
  ruleType(heatingAndCooling),
  ruleType(heatingCurve),
  ruleType(nightSetback),
  ruleType(radiatorValve),
  ruleType(ventilationAllNight),
  ruleType(meterRatio),
  ruleType(outOfScale),
  ruleType(reversedCt),
  ruleType(unexplainedUse),
  ruleType(pvOutput),
  ruleType(swappedSensors),
  ruleType(eveningPeak),
];

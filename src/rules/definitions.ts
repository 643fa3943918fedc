import { circulationStopped } from './circulation-stopped.ts';
import { comfort } from './comfort.ts';
import { containerFull } from './container-full.ts';
import { containerTrouble } from './container-trouble.ts';
import { deviceStatus } from './device-status.ts';
import { energyWithoutFlow } from './energy-without-flow.ts';
import { eveningPeak } from './evening-peak.ts';
import { flatLine } from './flat-line.ts';
import { heatingAndCooling } from './heating-and-cooling.ts';
import { heatingCurve } from './heating-curve.ts';
import { hotWaterCold } from './hot-water-cold.ts';
import { hunting } from './hunting.ts';
import { lowDeltaT } from './low-delta-t.ts';
import { meterRatio } from './meter-ratio.ts';
import { nightBaseLoad } from './night-base-load.ts';
import { nightSetback } from './night-setback.ts';
import { outOfRange } from './out-of-range.ts';
import { peakGuard } from './peak-guard.ts';
import { radiatorValve } from './radiator-valve.ts';
import { registerBack } from './register-back.ts';
import { type RuleType, ruleType } from './rule-type.ts';
import { sensorDrift } from './sensor-drift.ts';
import { spike } from './spike.ts';
import { stale } from './stale.ts';
import { supplyFlat } from './supply-flat.ts';
import { unexplainedUse } from './unexplained-use.ts';
import { ventilationAllNight } from './ventilation-all-night.ts';
import { waterAllNight } from './water-all-night.ts';

/** Every type of rule, in the order in which they see a reading. A new one is a file beside this and a line here. */
export const ruleTypes: readonly RuleType[] = [
  ruleType(peakGuard),
  ruleType(stale),
  ruleType(outOfRange),
  ruleType(flatLine),
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
  ruleType(unexplainedUse),
  ruleType(eveningPeak),
];

import type { Battery } from '../../src/energy/storage/battery.ts';

/** Two hours of a kilowatt, half full, without losses. */
export const smallBattery: Battery = {
  capacityKwh: 2,
  chargeKw: 1,
  dischargeKw: 1,
  chargeEfficiency: 1,
  dischargeEfficiency: 1,
  lossPerHour: 0,
  initialKwh: 1,
  finalKwh: 1,
};

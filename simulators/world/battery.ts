import type { BuildingDetails } from './details.ts';

const EFFICIENCY = 0.95;

/**
 * A battery that keeps the house's own sun for its evening, unless it is told what to do. Power in W, above 0 while it
 * charges.
 */
export function createBattery(details: BuildingDetails['battery']) {
  let storedWh = details ? details.capacityKwh * 500 : 0;
  return {
    storedWh: () => storedWh,
    step: (netW: number, stepMs: number, toldW: number): number => {
      if (!details) return 0;
      const hours = stepMs / 3_600_000;
      const most = details.powerKw * 1000;
      const wanted = Number.isFinite(toldW) ? toldW : -netW;
      const room = (details.capacityKwh * 1000 - storedWh) / hours / EFFICIENCY;
      const watts = Math.max(Math.min(wanted, most, room), -most, (-storedWh * EFFICIENCY) / hours);
      storedWh += (watts > 0 ? watts * EFFICIENCY : watts / EFFICIENCY) * hours;
      return watts;
    },
  };
}

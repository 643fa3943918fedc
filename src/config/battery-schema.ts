import { z } from 'zod';

const efficiency = z.number().gt(0).max(1).default(0.95);
const powerKw = z.number().positive().max(1e6);

/** A battery of `places.yaml`. */
export function siteBatterySchema(id: z.ZodString) {
  return z.strictObject({
    id,
    capacityKwh: powerKw,
    chargeKw: powerKw,
    dischargeKw: powerKw,
    chargeEfficiency: efficiency,
    dischargeEfficiency: efficiency,
    lossPerHour: z.number().min(0).lt(1).default(0),
    importLimitKw: powerKw.exactOptional(),
    exportLimitKw: z.number().min(0).max(1e6).default(0),
    reserve: z.number().min(0).max(0.95).default(0),
    socDevice: z.string().min(1).exactOptional(),
  });
}

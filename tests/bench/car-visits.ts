import { HOUR_MS } from '../../src/domain/interval.ts';
import type { Visit } from '../../src/energy/storage/cars.ts';
import { seededUniform } from '../support/chance.ts';

/**
 * Made-up visits of one car at a home's charger: four evenings in five it comes between 15 and 19 o'clock (UTC), leaves between
 * half past 5 and half past 7, and takes 4 to 20 kWh.
 */
export function madeUpVisits(fromMs: number, days: number, seed: string): readonly Visit[] {
  const uniform = seededUniform(`car ${seed}`);
  const between = (least: number, most: number): number => least + (most - least) * uniform();
  return Array.from({ length: Math.floor(days) - 1 }, (_, day) => {
    const isHome = uniform() < 0.8;
    const comesMs = fromMs + (day * 24 + between(15, 19)) * HOUR_MS;
    const leavesMs = fromMs + ((day + 1) * 24 + between(5.5, 7.5)) * HOUR_MS;
    const kwh = between(4, 20);
    return isHome ? [{ fromMs: comesMs, toMs: leavesMs, kwh }] : [];
  }).flat();
}

import { HOUR_MS } from '../../src/domain/interval.ts';
import { zoneOf } from '../../src/domain/zone.ts';
import type { PriceList } from '../../src/energy/bills/bill.ts';
import { seededNormal } from '../support/chance.ts';

/** Mean by local hour against the day's: low at night, high at breakfast and supper. */
const SHAPE = [
  0.7, 0.64, 0.6, 0.6, 0.64, 0.78, 1.0, 1.26, 1.4, 1.26, 1.1, 1.02, 0.96, 0.92, 0.94, 1.02, 1.16, 1.38, 1.46,
  1.3, 1.12, 0.98, 0.88, 0.78,
];

/**
 * A made-up spot price per kWh, hour by hour, as Nordic ones go: days that resemble the day before (some of them dear, some
 * near zero), two humps a day, cheaper weekends. Not any market's price.
 */
export function nordicSpot(fromMs: number, hours: number, timeZone: string): PriceList {
  const normal = seededNormal('spot');
  const zone = zoneOf(timeZone);
  const price = new Float64Array(hours);
  let [level, swing, dayMs] = [0, 0, Number.NaN];
  for (let i = 0; i < hours; i += 1) {
    const local = zone.local(fromMs + i * HOUR_MS);
    const day = zone.dayAt(fromMs + i * HOUR_MS).fromMs;
    if (day !== dayMs) {
      dayMs = day;
      level = 0.85 * level + 0.3 * normal();
      swing = 0.6 * swing + 0.4 * normal();
    }
    const shape = (SHAPE[Math.floor(local.minuteOfDay / 60)] ?? 1) - 1;
    const base = 0.6 * Math.exp(level) * (local.weekday > 5 ? 0.82 : 1);
    price[i] = base * (1 + shape * Math.max(1 + 0.5 * swing, 0.1)) + 0.03 * normal() - 0.02;
  }
  return { fromMs, spacingMs: HOUR_MS, price };
}

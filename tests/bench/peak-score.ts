import { HOUR_MS } from '../../src/domain/interval.ts';
import { isoTime } from '../../src/domain/time.ts';
import { zoneOf } from '../../src/domain/zone.ts';
import { type HourlyLoad, timeZone } from './cambridge.ts';

export type PeakAlert = {
  readonly state: string;
  readonly rule: string;
  readonly building: string;
  readonly at: string;
  readonly facts: { readonly windowFrom?: string; readonly projectedKw?: number; readonly budgetKw?: number };
};

export type PeakScore = {
  readonly peaks: number;
  readonly warned: number;
  readonly recall: number;
  readonly buildingMonths: number;
  readonly alerts: number;
  readonly falsePerBuildingMonth: number;
  readonly misses: readonly string[];
};

const LEAD_MS = 10 * 60_000;

/** Of the hours that end among their month's three highest: how many were warned of ten minutes before their end? */
export function scorePeaks(loads: readonly HourlyLoad[], alerts: readonly PeakAlert[]): PeakScore {
  const first = new Map<string, { atMs: number; alert: PeakAlert }>();
  for (const alert of alerts) {
    if (alert.rule !== 'peak-guard' || alert.state !== 'firing') continue;
    const key = `${alert.building}|${alert.facts.windowFrom}`;
    const atMs = Date.parse(alert.at);
    if (!first.has(key)) first.set(key, { atMs, alert });
  }
  const misses: string[] = [];
  let [peaks, warned, buildingMonths] = [0, 0, 0];
  for (const { building, hours } of loads) {
    const { monthAt } = zoneOf(timeZone);
    for (const month of Map.groupBy(hours, ({ atMs }) => monthAt(atMs).fromMs).values()) {
      buildingMonths += 1;
      for (const { atMs, kwh } of month.toSorted((a, b) => b.kwh - a.kwh || a.atMs - b.atMs).slice(0, 3)) {
        peaks += 1;
        const found = first.get(`${building}|${isoTime(atMs)}`);
        if (found && found.atMs <= atMs + HOUR_MS - LEAD_MS) warned += 1;
        else
          misses.push(`${building} ${isoTime(atMs)} ${kwh} kWh: ${why(month, { atMs, kwh }, found?.atMs)}`);
      }
    }
  }
  return {
    peaks,
    warned,
    recall: warned / peaks,
    buildingMonths,
    alerts: first.size,
    falsePerBuildingMonth: (first.size - warned) / buildingMonths,
    misses,
  };
}

function why(
  month: readonly { readonly atMs: number; readonly kwh: number }[],
  peak: { readonly atMs: number; readonly kwh: number },
  alertMs: number | undefined,
): string {
  if (alertMs !== undefined) {
    const left = Math.round((peak.atMs + HOUR_MS - alertMs) / 60_000);
    return `told ${left} minutes before the end, too late to act`;
  }
  const before = month.filter(({ atMs }) => atMs < peak.atMs);
  const third = before.toSorted((a, b) => b.kwh - a.kwh)[2]?.kwh ?? 0;
  if (before.length < 3) return 'among the first three hours of the data';
  if (peak.kwh <= third * 1.02) return `within 2 % of the third highest so far (${third} kWh)`;
  return 'higher hours were expected before the month’s end, and did not come';
}

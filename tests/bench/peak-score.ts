import { HOUR_MS } from '../../src/domain/interval.ts';
import { isoTime } from '../../src/domain/time.ts';
import { zoneOf } from '../../src/domain/zone.ts';
import { type HourlyLoad, timeZone } from './cambridge.ts';

export type PeakAlert = {
  readonly state: string;
  readonly rule: string;
  readonly building: string;
  readonly at: string;
  readonly facts: { readonly windows?: readonly { readonly from: string; readonly toldAt: string }[] };
};

export type PeakScore = {
  readonly peaks: number;
  readonly warned: number;
  readonly recall: number;
  readonly buildingMonths: number;
  readonly alerts: number;
  /** Alerts of which no window was billed. */
  readonly falsePerBuildingMonth: number;
  readonly windowsPerBuildingMonth: number;
  readonly misses: readonly string[];
};

const LEAD_MS = 10 * 60_000;

/** Of the hours that end among their month's three highest: how many were warned of ten minutes before their end? */
export function scorePeaks(loads: readonly HourlyLoad[], alerts: readonly PeakAlert[]): PeakScore {
  /** When a window was told first. */
  const first = new Map<string, number>();
  const days: string[][] = [];
  for (const { rule, state, building, facts } of alerts) {
    if (rule !== 'peak-guard' || state !== 'resolved') continue;
    const keys = (facts.windows ?? []).map(({ from, toldAt }) => {
      first.set(`${building}|${from}`, Date.parse(toldAt));
      return `${building}|${from}`;
    });
    days.push(keys);
  }
  const billed = new Set<string>();
  const misses: string[] = [];
  let [peaks, warned, buildingMonths] = [0, 0, 0];
  for (const { building, hours } of loads) {
    const { monthAt } = zoneOf(timeZone);
    for (const month of Map.groupBy(hours, ({ atMs }) => monthAt(atMs).fromMs).values()) {
      buildingMonths += 1;
      for (const { atMs, kwh } of month.toSorted((a, b) => b.kwh - a.kwh || a.atMs - b.atMs).slice(0, 3)) {
        peaks += 1;
        billed.add(`${building}|${isoTime(atMs)}`);
        const toldMs = first.get(`${building}|${isoTime(atMs)}`);
        if (toldMs !== undefined && toldMs <= atMs + HOUR_MS - LEAD_MS) warned += 1;
        else misses.push(`${building} ${isoTime(atMs)} ${kwh} kWh: ${why(month, { atMs, kwh }, toldMs)}`);
      }
    }
  }
  return {
    peaks,
    warned,
    recall: warned / peaks,
    buildingMonths,
    alerts: days.length,
    falsePerBuildingMonth:
      days.filter((keys) => !keys.some((key) => billed.has(key))).length / buildingMonths,
    windowsPerBuildingMonth: first.size / buildingMonths,
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

import { isoTime } from '../domain/time.ts';
import type { ForecastStep } from '../energy/forecast/forecast.ts';

/** A step as it is printed: kW to a milliwatt. */
export function forecastRow({ fromMs, toMs, p10, p50, p90 }: ForecastStep) {
  return {
    from: isoTime(fromMs),
    to: isoTime(toMs),
    p10: roundedKw(p10),
    p50: roundedKw(p50),
    p90: roundedKw(p90),
  };
}

export function roundedKw(kw: number): number {
  // -0 is 0.
  return Math.round(kw * 1e6) / 1e6 + 0;
}

/** Rows as CSV, with the header; null is an empty field. */
export function csvOf(names: readonly string[], rows: readonly object[]): string {
  return [names.join(','), ...rows.map((row) => Object.values(row).join(',')), ''].join('\n');
}

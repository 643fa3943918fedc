import { type Interval, type LoadQuarter, QUARTER_MS } from '../../domain/interval.ts';
import { type Counting, countedPart } from './intervals.ts';

/** The intervals of a meter that counts for a part of the time, in a series that another one begins or goes on with. */
export type SeriesPart = {
  readonly series: string;
  readonly counting: Counting;
  readonly intervals: readonly Interval[];
};

type Sum = { readonly fromMs: number; energyWh: number; coverage: number };

/**
 * The load with what series of exchanged meters add to it. In the quarter of an exchange both have a part, which are one
 * meter together. An interval from before the exchange was registered may go past it: what is beyond is left out.
 */
export function withExchanged(
  quarters: readonly LoadQuarter[],
  parts: readonly SeriesPart[],
): readonly LoadQuarter[] {
  if (parts.length === 0) return quarters;
  const sums = new Map<string, Sum>();
  for (const { series, counting, intervals } of parts) {
    for (const { fromMs, energyWh, coverage } of intervals) {
      const part = countedPart(counting, fromMs, fromMs + QUARTER_MS);
      const known = Math.min(coverage, (part.toMs - part.fromMs) / QUARTER_MS);
      if (known <= 0) continue;
      const key = `${fromMs}|${series}`;
      const sum = sums.get(key) ?? { fromMs, energyWh: 0, coverage: 0 };
      sum.energyWh += energyWh * (known / coverage);
      sum.coverage += known;
      sums.set(key, sum);
    }
  }
  const byStart = new Map(quarters.map((quarter) => [quarter.fromMs, quarter]));
  for (const { fromMs, energyWh, coverage } of sums.values()) {
    const before = byStart.get(fromMs) ?? { fromMs, energyWh: 0, powerW: 0, coverageSum: 0, meters: 0 };
    byStart.set(fromMs, {
      fromMs,
      energyWh: before.energyWh + energyWh,
      powerW: before.powerW + (energyWh / coverage) * 4,
      coverageSum: before.coverageSum + coverage,
      meters: before.meters + 1,
    });
  }
  return [...byStart.values()].toSorted((a, b) => a.fromMs - b.fromMs);
}

import type { PowerPrice } from '../power-price.ts';
import type { Guarded } from './guarded.ts';
import { learnOutcome } from './reliability.ts';

/** What became of a told window when its billing period was over. */
export type Outcome = { readonly fromMs: number; readonly chance: number; readonly isBilled: boolean };

/** Settles the told windows of billing periods that have ended by now, and learns from them. */
export function settleOutcomes(guarded: Guarded, price: PowerPrice, nowMs: number): readonly Outcome[] {
  if (guarded.awaited.length === 0) return [];
  const over = guarded.awaited.filter(([fromMs]) => price.periodAt(fromMs).toMs <= nowMs);
  if (over.length === 0) return [];
  guarded.awaited = guarded.awaited.filter(([fromMs]) => price.periodAt(fromMs).toMs > nowMs);
  const billed = new Set(
    [...new Set(over.map(([fromMs]) => price.periodAt(fromMs).fromMs))].flatMap((periodMs) =>
      billedStarts(guarded, price, periodMs),
    ),
  );
  return over.map(([fromMs, chance]) => {
    const isBilled = billed.has(fromMs);
    learnOutcome(guarded.reliability, chance, isBilled);
    return { fromMs, chance, isBilled };
  });
}

/** Starts of the windows that a billing period has billed. */
function billedStarts({ peaks }: Guarded, price: PowerPrice, periodMs: number): readonly number[] {
  const { fromMs, toMs } = price.periodAt(periodMs);
  return peaks.days
    .filter((day) => day.fromMs >= fromMs && day.fromMs < toMs)
    .flatMap(({ top }) => (price.onePerDay ? top.slice(0, 1) : top))
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, price.peaks)
    .map(([start]) => start);
}

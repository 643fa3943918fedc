import { HOUR_MS, MINUTE_MS } from '../../domain/interval.ts';
import type { Zone } from '../../domain/zone.ts';
import type { LevelPlanner } from './level-planner.ts';
import { meanOf } from './mean.ts';
import { createPartOutcomes } from './part-outcomes.ts';
import type { PartOfStep } from './part-search.ts';
import type { StoragePrices } from './prices.ts';
import type { Policy } from './simulate.ts';

/** What is known of the steps of an hour that are over, kW. */
type Hour = { readonly fromMs: number; readonly netKw: number[]; readonly importKw: number[] };

/** Acts in the steps of an hour by a plan that is made in hours. */
export function actWithinHours(
  planner: LevelPlanner,
  { stepMs, zone, prices }: { readonly stepMs: number; readonly zone: Zone; readonly prices: StoragePrices },
): Policy {
  const parts = Math.round(HOUR_MS / stepMs);
  const outcomes = createPartOutcomes(stepMs);
  let hour: Hour = { fromMs: Number.NaN, netKw: [], importKw: [] };

  const enter = (atMs: number): void => {
    const fromMs = atMs - (zone.local(atMs).minuteOfDay % 60) * MINUTE_MS;
    if (fromMs !== hour.fromMs) hour = { fromMs, netKw: [], importKw: [] };
  };

  const note = (fromMs: number, netKw: number, gridKw: number): void => {
    enter(fromMs);
    outcomes.note(netKw);
    if (Number.isFinite(netKw)) hour.netKw.push(netKw);
    if (Number.isFinite(gridKw)) hour.importKw.push(Math.max(gridKw, 0));
    if (fromMs + stepMs < hour.fromMs + HOUR_MS) return;
    planner.note(hour.fromMs, meanOrNaN(hour.netKw), meanOrNaN(hour.importKw));
  };

  const partAt = (fromMs: number, netKw: number): PartOfStep => {
    const nowPrice = prices.expected(fromMs, fromMs);
    const later = Math.round((hour.fromMs + HOUR_MS - fromMs) / stepMs) - 1;
    const laterPrices = Array.from({ length: later }, (_, n) =>
      prices.expected(fromMs + (n + 1) * stepMs, fromMs),
    );
    return {
      share: 1 / parts,
      knownShare: hour.importKw.length / parts,
      importedKw: hour.importKw.reduce((sum, kw) => sum + kw, 0) / parts,
      ...nowPrice,
      later:
        later > 0
          ? {
              share: later / parts,
              buy: meanOf(laterPrices.map(({ buy }) => buy)),
              sell: meanOf(laterPrices.map(({ sell }) => sell)),
              likely: outcomes.after(netKw, later),
            }
          : undefined,
    };
  };

  return {
    learn: (fromMs, netKw) => note(fromMs, netKw, netKw),
    powerFor: (fromMs, storedKwh, netKw) => {
      enter(fromMs);
      return planner.powerFor(hour.fromMs, storedKwh, netKw, partAt(fromMs, netKw));
    },
    end: note,
  };
}

function meanOrNaN(kw: readonly number[]): number {
  return kw.length > 0 ? meanOf(kw) : Number.NaN;
}

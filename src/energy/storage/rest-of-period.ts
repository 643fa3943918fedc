import type { Span } from '../tariffs/power-price.ts';
import { drawWorlds } from './futures.ts';
import { restBill } from './rest-bill.ts';
import { daysLived, type Shadow } from './shadow.ts';
import type { TrackedRule } from './tracked-rules.ts';

export type RestInput = {
  readonly rules: readonly TrackedRule[];
  readonly shadows: readonly Shadow[];
  /** The day that begins, and what follows of the billing period (the last ends with it). */
  readonly days: readonly Span[];
  readonly stepMs: number;
  /** What a stored kWh is worth. */
  readonly worth: number;
  readonly isFreeDay: (atMs: number) => boolean;
};

/** Without so many days nothing can be said. */
const LEAST_DAYS = 2;

/**
 * The rest of the billing period as it may go. Nobody knows whether the days to come will be like all past ones or like some of
 * them: so there are many worlds, each of some of the past weeks, and in each futures are drawn day by day ({@link drawWorlds}),
 * as each shadow lived those days, and billed with the peaks that are paid already. All shadows are judged on the same draws.
 * `held`: the days of which peaks are kept apart from those of the days after. Undefined while too little was lived through.
 */
export function imagineRest(input: RestInput, held: number) {
  const { rules, shadows, days, isFreeDay, stepMs, worth } = input;
  const nowMs = days[0]?.fromMs ?? 0;
  const all = shadows.map((shadow) => ({ shadow, days: daysLived(shadow, nowMs) }));
  // Days that are over, as all have lived them.
  const lived = Math.min(...all.map((one) => one.days.length));
  if (all.length === 0 || lived < LEAST_DAYS) return undefined;
  const worlds = drawWorlds(
    days.map(({ fromMs }) => isFreeDay(fromMs)),
    (all[0]?.days ?? []).slice(-lived).map(({ dayMs }) => isFreeDay(dayMs)),
  );
  const bills = rules.map((rule) => restBill(rule, days, stepMs));
  const courses = all.map(({ shadow, days: own }) => {
    const past = own.slice(-lived);
    return {
      shadow,
      /** What the energy of each past day cost, what went into the store counted. */
      energy: past.map(({ energyCost, gainedKwh }) => energyCost - worth * gainedKwh),
      /** By rule and world. */
      peaks: bills.map((bill) => bill.peaksOf(past, worlds, held)),
    };
  });
  return { worlds, bills, courses };
}

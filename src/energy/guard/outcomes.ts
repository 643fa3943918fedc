import { daysOf } from '../bills/peak-book.ts';
import { rivalsOf } from '../bills/peaks.ts';
import type { PowerPrice } from '../tariffs/power-price.ts';
import type { Guarded } from './guarded.ts';
import { outcomesOf, rowsOf } from './outcome-rows.ts';
import { learnOutcome } from './reliability.ts';

/** Settled outcomes that are kept to be shown. */
const MOST_SETTLED = 100;

/** Settles the told windows of billing periods that have ended by now, and learns from them. */
export function settleOutcomes(guarded: Guarded, price: PowerPrice, nowMs: number): void {
  const outcomes = outcomesOf(guarded.outcomes);
  const over = outcomes.filter(
    ({ fromMs, isBilled }) => isBilled === undefined && price.periodAt(fromMs).toMs <= nowMs,
  );
  if (over.length === 0) return;
  const periods = new Set(over.map(({ fromMs }) => price.periodAt(fromMs).fromMs));
  const billed = new Set(
    [...periods].flatMap((periodMs) => billedSoFar(guarded, price, periodMs).map(([start]) => start)),
  );
  for (const outcome of over) {
    outcome.isBilled = billed.has(outcome.fromMs);
    learnOutcome(guarded.reliability, outcome.chance, outcome.isBilled);
  }
  const settled = outcomes.filter(({ isBilled }) => isBilled !== undefined);
  const forgotten = new Set(settled.slice(0, Math.max(settled.length - MOST_SETTLED, 0)));
  guarded.outcomes = rowsOf(outcomes.filter((outcome) => !forgotten.has(outcome)));
}

/** The windows that the billing period of a moment bills as it stands: start and billed kW, the highest first. */
export function billedSoFar(
  { peaks }: Pick<Guarded, 'peaks'>,
  price: PowerPrice,
  atMs: number,
): readonly (readonly [fromMs: number, billedKw: number])[] {
  return rivalsOf(daysOf(peaks), price, atMs)
    .filter(([, kw]) => kw > 0)
    .slice(0, price.peaks);
}

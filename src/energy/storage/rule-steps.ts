import type { PowerPrice, Span } from '../tariffs/power-price.ts';
import type { Piece, PowerCost } from './peak-term.ts';
import { groupOf, piecesOf } from './terms.ts';

/** A power price, and what its billed power costs. */
export type PeakRule = { readonly price: PowerPrice; readonly cost: PowerCost };

/** What a power price says about a step. */
export type RuleStep = {
  readonly window: Span;
  readonly periodMs: number;
  /** Of the windows of a group only the highest counts. */
  readonly group: number;
  /** None: nothing is billed. */
  readonly pieces: readonly Piece[];
  /** Steps of which it is the same are billed alike. */
  readonly key: string;
};

/** Longest that steps are remembered. */
const MOST_STEPS = 20_000;

/** Looks up what a power price says about the step that begins at a moment. */
export function createRuleSteps({ price }: PeakRule): (atMs: number) => RuleStep {
  const known = new Map<number, RuleStep>();
  return (atMs) => {
    let step = known.get(atMs);
    if (!step) {
      const window = price.windowAt(atMs);
      const billed = piecesOf(price, window);
      const floor = price.floorKw > 0 ? [{ slope: 0, offsetKw: price.floorKw }] : [];
      const pieces = billed.length > 0 ? [...billed, ...floor] : [];
      const periodMs = price.periodAt(atMs).fromMs;
      const key = pieces.map(({ slope, offsetKw }) => `${slope}:${offsetKw}`).join(' ');
      step = { window, periodMs, group: groupOf(price, atMs, window.fromMs), pieces, key };
      if (known.size > MOST_STEPS) known.clear();
      known.set(atMs, step);
    }
    return step;
  };
}

import { HOUR_MS } from '../../domain/interval.ts';
import type { PowerPrice, Span } from '../power-price.ts';
import type { Piece, PowerCost } from './peak-term.ts';
import { piecesOf as tariffPieces } from './terms.ts';

/** A power price, and what its billed power costs. */
export type PeakRule = { readonly price: PowerPrice; readonly cost: PowerCost };

/** When the rules of a tariff hold, and which of them can share a place in the state of a plan. */
export type RuleCalendar = ReturnType<typeof createRuleCalendar>;

export function createRuleCalendar(rules: readonly PeakRule[], stepMs: number) {
  const pieceCache = rules.map(() => new Map<number, readonly Piece[]>());
  const piecesOf = (r: number, window: Span): readonly Piece[] => {
    const cache = pieceCache[r];
    let pieces = cache?.get(window.fromMs);
    if (!pieces) {
      const price = rules[r]?.price;
      pieces = price ? tariffPieces(price, window) : [];
      cache?.set(window.fromMs, pieces);
    }
    return pieces;
  };
  /** The peak function of the window that holds a moment. */
  const piecesAt = (r: number, atMs: number): readonly Piece[] => {
    const window = rules[r]?.price.windowAt(atMs);
    return window ? piecesOf(r, window) : [];
  };
  const activity = new Map<string, boolean>();
  const activeInPeriod = (r: number, atMs: number): boolean => {
    const price = rules[r]?.price;
    if (!price) return false;
    const period = price.periodAt(atMs);
    const key = `${r}|${period.fromMs}`;
    let known = activity.get(key);
    if (known === undefined) {
      known = false;
      for (let at = period.fromMs; at < period.toMs && !known; at += HOUR_MS) {
        known = piecesOf(r, price.windowAt(at)).length > 0;
      }
      activity.set(key, known);
    }
    return known;
  };

  /** Rules that never hold in the same period share a tracker; two trackers at most, the dearest rules first. */
  const slotsOf = (fromMs: number, count: number): number[][] => {
    const holds = rules.map((_, r) => {
      let found = 0;
      for (let i = 0; i < count; i += 1) {
        const pieces = piecesAt(r, fromMs + i * stepMs);
        if (pieces.length > 0) found += 1;
      }
      return found;
    });
    const slots: number[][] = [];
    for (const [r, found] of holds.entries()) {
      if (found === 0) continue;
      const free = slots.find((members) =>
        members.every((other) => {
          for (let i = 0; i < count; i += 1) {
            const at = fromMs + i * stepMs;
            if (activeInPeriod(r, at) && activeInPeriod(other, at)) return false;
          }
          return true;
        }),
      );
      if (free) free.push(r);
      else if (slots.length < 2) slots.push([r]);
    }
    return slots;
  };
  return { rules, piecesAt, activeInPeriod, slotsOf };
}

import type { Tariff } from '../tariffs/compile-tariff.ts';
import { freeExcessKw, type PowerPrice, type Span } from '../tariffs/power-price.ts';
import {
  type CandidateGroup,
  type CandidateWindow,
  convexPieces,
  type PeakTerm,
  type Piece,
  type PowerCost,
} from './peak-term.ts';

/** Steps of time, of equal length. */
export type StepGrid = { readonly fromMs: number; readonly stepMs: number; readonly steps: number };

/**
 * The peak function of a window, as straight pieces; none where nothing is billed. A function that is not convex is taken
 * for the straight line that it becomes at high powers.
 */
export function piecesOf(price: PowerPrice, window: Span): readonly Piece[] {
  const billed = (kw: number) => price.billedKw(kw, window);
  const pieces = convexPieces(billed);
  if (pieces) return pieces;
  const slope = (billed(2e6) - billed(1e6)) / 1e6;
  return slope > 0 ? [{ slope, offsetKw: 0 }] : [];
}

/** So little below the end of a free band that rounding does not pass it. */
const JUST_BELOW = 1 - 1e-4;

/** What a power price costs by billed power, excluding VAT: of a subscription that is known, its excess. */
export function powerCostOf(price: PowerPrice): PowerCost {
  const { subscribed } = price;
  if (subscribed?.kw !== undefined) {
    const pricePerKw = subscribed.excessPrice?.exVat ?? 0;
    const bandKw = JUST_BELOW * freeExcessKw(subscribed, subscribed.kw);
    return { kind: 'linear', pricePerKw, freeKw: subscribed.kw, bandKw };
  }
  const steps = price.steps.map((step) => ({
    upToKw: step.upToKw,
    price: step.price?.exVat ?? 0,
    perKw: step.perKw?.exVat ?? 0,
  }));
  const last = steps.at(-1);
  if (last)
    return { kind: 'steps', steps: [...steps.slice(0, -1), { ...last, upToKw: Number.POSITIVE_INFINITY }] };
  return { kind: 'linear', pricePerKw: price.price.exVat, freeKw: 0, bandKw: 0 };
}

/**
 * The peak terms of a tariff over steps of time: one for each power price and billing period. A look-back's term holds the
 * candidates of all periods that it reaches; of what was before the first step it holds what was billed then.
 */
export function peakTerms(tariff: Tariff, grid: StepGrid): readonly PeakTerm[] {
  return tariff.power.flatMap((price) => {
    const periods = candidatesByPeriod(price, grid);
    const reach = Math.max(Math.round(price.lookBackMonths / tariff.billingMonths), 1);
    return periods.flatMap(({ isPriced }, p): PeakTerm[] => {
      if (!isPriced) return [];
      const groups = periods.slice(Math.max(p - reach + 1, 0), p + 1).flatMap((period) => period.groups);
      if (groups.length === 0) return [];
      const most = Math.max(
        1,
        Math.min(
          price.meanOf,
          groups.reduce((sum, { windows }) => sum + (windows[0]?.times ?? 1), 0),
        ),
      );
      return [
        {
          reference: price.reference,
          period: p,
          peaks: most,
          groups,
          cost: powerCostOf(price),
        },
      ];
    });
  });
}

function candidatesByPeriod(price: PowerPrice, { fromMs, stepMs, steps }: StepGrid) {
  const periods = new Map<number, Map<number, CandidateWindow[]>>();
  for (let step = 0; step < steps; ) {
    const atMs = fromMs + step * stepMs;
    const window = price.windowAt(atMs);
    const endStep = Math.min(Math.max(Math.round((window.toMs - fromMs) / stepMs), step + 1), steps);
    const periodMs = price.periodAt(atMs).fromMs;
    const groups = periods.get(periodMs) ?? new Map<number, CandidateWindow[]>();
    periods.set(periodMs, groups);
    const pieces = piecesOf(price, window);
    if (pieces.length > 0) {
      const group = groupOf(price, atMs, window.fromMs);
      const windows = groups.get(group) ?? [];
      groups.set(group, windows);
      const times = price.onePer === 'window' ? Math.round(stepMs / (window.toMs - window.fromMs)) : 1;
      const floor = price.floorKw > 0 ? [{ slope: 0, offsetKw: price.floorKw }] : [];
      windows.push({ firstStep: step, endStep, pieces: [...pieces, ...floor], times: Math.max(times, 1) });
    }
    step = endStep;
  }
  return [...periods.values()].map((groups) => ({
    isPriced: groups.size > 0,
    groups: [...groups.values()].map((windows): CandidateGroup => ({ windows })),
  }));
}

/** Candidates of one group: only the highest of them counts. */
export function groupOf(price: PowerPrice, atMs: number, windowMs: number): number {
  switch (price.onePer) {
    case 'day':
      return price.dayAt(atMs).fromMs;
    case 'month':
    case 'period':
      return price.periodAt(atMs).fromMs;
    case 'hour':
      return Math.floor(windowMs / 3_600_000);
    case 'window':
      return windowMs;
  }
}

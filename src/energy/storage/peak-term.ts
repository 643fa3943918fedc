/** A straight piece of a peak function: what is billed is the highest of its pieces, and 0. */
export type Piece = { readonly slope: number; readonly offsetKw: number };

/** A span of time of which the mean import is a candidate for a billed peak. */
export type CandidateWindow = {
  /** Steps in it: [firstStep, endStep). */
  readonly firstStep: number;
  readonly endStep: number;
  /** How many windows this one stands for, where windows are finer than steps. */
  readonly times: number;
  readonly pieces: readonly Piece[];
};

/** Candidates of which only the highest counts: those of one day, or a single window. */
export type CandidateGroup = { readonly windows: readonly CandidateWindow[] };

/** Price of the billed power of one billing period. */
export type PowerCost =
  /** Power up to `freeKw` (a subscription) costs nothing more, nor does an excess up to `bandKw`; of a higher one all is billed. */
  | { readonly kind: 'linear'; readonly pricePerKw: number; readonly freeKw: number; readonly bandKw: number }
  /** The period costs the first step that holds the billed power, and so much per kW; the last one holds every power. */
  | { readonly kind: 'steps'; readonly steps: readonly CostStep[] };

export type CostStep = { readonly upToKw: number; readonly price: number; readonly perKw: number };

/** One billed quantity of one billing period: the mean of the N highest groups. */
export type PeakTerm = {
  readonly reference: string;
  /** Number of the billing period, in order of time. */
  readonly period: number;
  readonly peaks: number;
  readonly groups: readonly CandidateGroup[];
  readonly cost: PowerCost;
};

/** Billed power for a mean import, kW: the highest piece, and 0. */
export function billedBy(pieces: readonly Piece[], meanKw: number): number {
  let billed = 0;
  for (const { slope, offsetKw } of pieces) billed = Math.max(billed, slope * meanKw + offsetKw);
  return billed;
}

/** The highest mean import that bills no more than this, kW; infinite where nothing is billed. */
export function importBilling(pieces: readonly Piece[], billedKw: number): number {
  let most = Number.POSITIVE_INFINITY;
  for (const { slope, offsetKw } of pieces) {
    if (slope > 0) most = Math.min(most, (billedKw - offsetKw) / slope);
  }
  return most;
}

/** What a billing period with this billed power costs. */
export function costOf(cost: PowerCost, billedKw: number): number {
  if (cost.kind === 'linear') {
    const excessKw = billedKw - cost.freeKw;
    return excessKw > cost.bandKw + 1e-6 ? cost.pricePerKw * excessKw : 0;
  }
  const step = cost.steps.find(({ upToKw }) => billedKw <= upToKw + 1e-6) ?? cost.steps.at(-1);
  return step ? costInStep(step, billedKw) : 0;
}

function costInStep({ price, perKw }: CostStep, kw: number): number {
  return price + perKw * kw;
}

/** What a billing period costs more when its billed power passes the end of a step. */
export function jumpAfter(step: CostStep, next: CostStep): number {
  return costInStep(next, step.upToKw) - costInStep(step, step.upToKw);
}

/** The billed powers above which a billing period costs more at once, kW. */
export function jumpsOf(cost: PowerCost): readonly number[] {
  if (cost.kind === 'steps') return cost.steps.map(({ upToKw }) => upToKw);
  return cost.bandKw > 0 ? [cost.freeKw + cost.bandKw] : [];
}

const NEAR = 1e-9;

/**
 * The straight pieces of a convex function of power that is straight from some power on: f(m) = max(pieces, 0). Peak
 * functions are such (weights, the greater of two, power above a limit). Undefined when `f` is no such function.
 */
export function convexPieces(f: (meanKw: number) => number): readonly Piece[] | undefined {
  const line = (at: number, step: number): Piece => {
    const slope = (f(at + step) - f(at)) / step;
    return { slope, offsetKw: f(at) - slope * at };
  };
  const top = line(1e6, 1e6);
  const found = [line(0, 1e-4), top];
  /** Where two pieces meet, the function is on both or has another piece above. */
  const between = (left: Piece, right: Piece, depth: number): boolean => {
    if (Math.abs(left.slope - right.slope) < 1e-7) return true;
    const at = (left.offsetKw - right.offsetKw) / (right.slope - left.slope);
    const value = f(at);
    const expected = left.slope * at + left.offsetKw;
    if (Math.abs(value - expected) < 1e-4) return true;
    if (value < expected || depth === 0) return false;
    const middle = line(at, 1e-4);
    found.push(middle);
    return between(left, middle, depth - 1) && between(middle, right, depth - 1);
  };
  const [first = top] = found;
  if (!between(first, top, 6)) return undefined;
  return found.filter(({ slope, offsetKw }) => slope > NEAR || offsetKw > NEAR);
}

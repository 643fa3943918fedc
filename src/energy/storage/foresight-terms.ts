import { type ProgramStep, stepColumns } from './foresight-steps.ts';
import type { ProgramBuilder } from './linear-program.ts';
import type { CandidateWindow, PeakTerm, PowerCost } from './peak-term.ts';

/** Columns with their factors, of which the sum is a billed power. */
type Sum = readonly (readonly [column: number, factor: number])[];

/** What a billed quantity costs: the mean of the N highest is its convex epigraph, a price with jumps takes whole numbers. */
export function addTerm(builder: ProgramBuilder, term: PeakTerm, steps: readonly ProgramStep[]): void {
  const { groups, cost } = term;
  if (groups.length === 0) return;
  const isPerKw = cost.kind === 'linear' && cost.freeKw === 0;
  const billed = addBilled(builder, term, { steps, perKw: isPerKw ? cost.pricePerKw : 0 });
  if (isPerKw) return;
  const windows = groups.flatMap((group) => group.windows);
  const highestKw = Math.max(0, ...windows.map((window) => mostOf(window, steps)));
  if (cost.kind === 'linear') addExcess(builder, billed, cost, highestKw);
  else addChoice(builder, billed, cost, highestKw);
}

/** The billed power: level + Σ over / N, where it has one price, at that price. */
function addBilled(
  builder: ProgramBuilder,
  { peaks, groups }: PeakTerm,
  { steps, perKw }: { readonly steps: readonly ProgramStep[]; readonly perKw: number },
): Sum {
  const infinite = Number.POSITIVE_INFINITY;
  const level = builder.column(perKw, 0, infinite);
  const billed: (readonly [number, number])[] = [[level, 1]];
  for (const { windows } of groups) {
    const times = Math.min(windows[0]?.times ?? 1, peaks);
    const excess = peaks === 1 ? undefined : builder.column((perKw * times) / peaks, 0, infinite);
    if (excess !== undefined) billed.push([excess, times / peaks]);
    for (const { firstStep, endStep, pieces } of windows) {
      const known = steps.slice(firstStep, endStep).filter(({ isKnown }) => isKnown);
      const share = 1 / Math.max(known.length, 1);
      for (const { slope, offsetKw } of pieces) {
        const entries: (readonly [number, number])[] = [[level, -1]];
        if (excess !== undefined) entries.push([excess, -1]);
        if (slope !== 0) for (const { t } of known) entries.push([stepColumns.bought(t), slope * share]);
        builder.row(-infinite, -offsetKw, entries);
      }
    }
  }
  return billed;
}

/** What exceeds a subscription: free within its band, whole beyond. */
function addExcess(
  builder: ProgramBuilder,
  billed: Sum,
  { pricePerKw, freeKw, bandKw }: PowerCost & { readonly kind: 'linear' },
  highestKw: number,
): void {
  const paid = builder.column(pricePerKw, 0, Number.POSITIVE_INFINITY);
  const topKw = freeKw + bandKw;
  if (bandKw === 0 || highestKw <= topKw) {
    builder.row(Number.NEGATIVE_INFINITY, topKw, [...billed, [paid, -1]]);
    return;
  }
  const isPassed = builder.column(0, 0, 1, true);
  builder.row(Number.NEGATIVE_INFINITY, topKw, [...billed, [isPassed, topKw - highestKw]]);
  builder.row(Number.NEGATIVE_INFINITY, topKw, [...billed, [paid, -1], [isPassed, bandKw]]);
}

/** One of the steps, which holds what is billed; where it costs per kW, those are a column of its own. More power never costs less. */
function addChoice(
  builder: ProgramBuilder,
  billed: Sum,
  { steps }: PowerCost & { readonly kind: 'steps' },
  highestKw: number,
): void {
  const least = Number.NEGATIVE_INFINITY;
  const choices = steps.map((step, s) => {
    const [fromKw, upToKw] = [steps[s - 1]?.upToKw ?? 0, Math.min(step.upToKw, highestKw)];
    const column = builder.column(step.price, 0, 1, true);
    if (step.perKw === 0) return { column, held: [column, -upToKw] as const };
    const kw = builder.column(step.perKw, 0, Number.POSITIVE_INFINITY);
    builder.row(least, 0, [
      [kw, 1],
      [column, -Math.max(upToKw, fromKw)],
    ]);
    builder.row(least, 0, [
      [kw, -1],
      [column, fromKw],
    ]);
    return { column, held: [kw, -1] as const };
  });
  builder.row(
    1,
    1,
    choices.map(({ column }) => [column, 1] as const),
  );
  builder.row(least, 0, [...billed, ...choices.map(({ held }) => held)]);
}

/** What may be billed for a window at most, kW. */
function mostOf({ firstStep, endStep, pieces }: CandidateWindow, steps: readonly ProgramStep[]): number {
  const most = Math.max(0, ...steps.slice(firstStep, endStep).map(({ mostBoughtKw }) => mostBoughtKw));
  return Math.max(0, ...pieces.map(({ slope, offsetKw }) => slope * most + offsetKw));
}

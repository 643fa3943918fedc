import type { Span } from '../tariffs/power-price.ts';
import { kindsOf, topsOf } from './day-tops.ts';
import type { World } from './futures.ts';
import { costOf } from './peak-term.ts';
import type { ShadowDay } from './shadow.ts';
import { isMonthly, type TrackedRule } from './tracked-rules.ts';

/** How the rest of a billing period is billed by a power price. */
export function restBill(rule: TrackedRule, days: readonly Span[], stepMs: number) {
  const { price, cost, paid, billsAt } = rule;
  const nowMs = days[0]?.fromMs ?? 0;
  const isMean = isMonthly(price);
  const before = isMean ? [paid.of(price.periodAt(nowMs).fromMs)] : paid.all().map(({ kw }) => kw);
  const count = isMean ? 1 : price.meanOf;
  const share = billsAt(nowMs) / (isMean ? price.meanOf : 1);
  const { windows, kindOf } = kindsOf(rule, days, stepMs);
  const highest = (kws: readonly number[]) => Float64Array.from(kws).sort().reverse().slice(0, count);

  /** Of each world's futures the highest peaks: those of the days before the review with what is paid, and those after. */
  const peaksOf = (past: readonly ShadowDay[], worlds: readonly World[], held: number) => {
    const tops = windows.map((own) => past.map(({ importKw }) => topsOf(rule, own, importKw)));
    const ofDay = (draw: Uint16Array, d: number) => tops[kindOf[d] ?? 0]?.[draw[d] ?? 0] ?? [];
    return worlds.map(({ draws }) => {
      const [first, then]: [Float64Array[], Float64Array[]] = [[], []];
      for (const draw of draws) {
        const [early, late]: [number[], number[]] = [[...before], []];
        for (let d = 0; d < draw.length; d += 1) (d < held ? early : late).push(...ofDay(draw, d));
        first.push(highest(early));
        then.push(highest(late));
      }
      return { first, then };
    });
  };

  /** Mean over a world's futures. */
  const costIn = (first: readonly Float64Array[], then: readonly Float64Array[]): number => {
    let sum = 0;
    for (let f = 0; f < first.length; f += 1)
      sum += costOf(cost, highestMean(first[f] ?? none, then[f] ?? none, count));
    return (sum / Math.max(first.length, 1)) * share;
  };
  return { peaksOf, costIn };
}

const none = new Float64Array();

/** The mean of the highest of two lists that fall. */
function highestMean(one: Float64Array, other: Float64Array, count: number): number {
  let [sum, i, j] = [0, 0, 0];
  while (i + j < count && (i < one.length || j < other.length)) {
    const [a, b] = [one[i] ?? -1, other[j] ?? -1];
    if (a >= b) i += 1;
    else j += 1;
    sum += Math.max(a, b);
  }
  return sum / count;
}

import { imagineRest, type RestInput } from './rest-of-period.ts';

/** Parts that the futures are sorted into: so many steps the price of a kW rises in. */
const PARTS = 5;

/**
 * Under prices per kW: as high as the peaks that are billed will become anyway, kW, by rule in rising parts that are equally
 * likely. In each future of the rest of the billing period ({@link imagineRest}) that level is held which is cheapest there, and
 * what counts is the lowest of the peaks that are billed with it. A kW of import above that is billed, below it is free: so its
 * price is the power price times the share of futures that stay below. Undefined while nothing can be said.
 */
export function expectedPeaks(input: RestInput): readonly (readonly number[])[] | undefined {
  const rest = imagineRest(input, input.days.length);
  if (!rest) return undefined;
  const { worlds, bills, courses } = rest;
  const lowest = bills.map((): number[] => []);
  for (const [w, { draws }] of worlds.entries()) {
    for (const [f, draw] of draws.entries()) {
      let best: { readonly course: (typeof courses)[number]; readonly cost: number } | undefined;
      for (const course of courses) {
        let cost = 0;
        for (const p of draw) cost += course.energy[p] ?? 0;
        for (const [r, bill] of bills.entries()) {
          cost += bill.costIn([course.peaks[r]?.[w]?.first[f] ?? none], [none]);
        }
        if (!best || cost < best.cost) best = { course, cost };
      }
      for (const [r, list] of lowest.entries()) list.push(best?.course.peaks[r]?.[w]?.first[f]?.at(-1) ?? 0);
    }
  }
  return lowest.map(inParts);
}

const none = new Float64Array();

/** The means of equal parts of numbers, sorted. */
function inParts(numbers: readonly number[]): readonly number[] {
  const sorted = numbers.toSorted((a, b) => a - b);
  const edge = (part: number): number => Math.round((part * sorted.length) / PARTS);
  return Array.from({ length: PARTS }, (_, part) => {
    const those = sorted.slice(edge(part), edge(part + 1));
    return those.reduce((sum, one) => sum + one, 0) / Math.max(those.length, 1);
  });
}

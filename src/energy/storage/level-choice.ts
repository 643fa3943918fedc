import { meanOf } from './mean.ts';
import { imagineRest, type RestInput } from './rest-of-period.ts';
import type { Shadow } from './shadow.ts';

/** Days after which it is supposed to be known in which world one lives, so that another level may be held. */
const REVIEW_DAYS = 3;

/**
 * The shadow whose level is expected to cost least over the rest of the billing period, under a stepped price, of which a whole
 * step is lost at once. A level is held for some days; then it is known in which world one lives ({@link imagineRest}), and
 * whichever level is cheapest in it is held for the rest. So a low level has the worth of the choice that it leaves open: it can
 * be given up, and a peak that was paid cannot be taken back.
 */
export function chooseLevel(input: RestInput): Shadow | undefined {
  const { days } = input;
  const held = Math.min(REVIEW_DAYS, days.length);
  const rest = imagineRest(input, held);
  if (!rest) return undefined;
  const { worlds, bills } = rest;
  const courses = rest.courses.map(({ shadow, energy, peaks }) => ({
    shadow,
    energy: worlds.map(({ pastDays }) => meanOf(pastDays.map((p) => energy[p] ?? 0))),
    peaks,
  }));
  type Course = (typeof courses)[number];
  /** What a world costs with one level at first and another one afterwards. */
  const costIn = (w: number, first: Course, then: Course): number => {
    let cost = held * (first.energy[w] ?? 0) + (days.length - held) * (then.energy[w] ?? 0);
    for (const [r, bill] of bills.entries())
      cost += bill.costIn(first.peaks[r]?.[w]?.first ?? [], then.peaks[r]?.[w]?.then ?? []);
    return cost;
  };
  let best: { readonly shadow: Shadow; readonly cost: number } | undefined;
  for (const first of courses) {
    const cost = meanOf(worlds.map((_, w) => Math.min(...courses.map((then) => costIn(w, first, then)))));
    if (!best || cost < best.cost - 1e-9) best = { shadow: first.shadow, cost };
  }
  return best?.shadow;
}

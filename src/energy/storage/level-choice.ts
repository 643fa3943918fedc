import type { Span } from '../tariffs/power-price.ts';
import { kindsOf, topsOf } from './day-tops.ts';
import { drawWorlds, type World } from './futures.ts';
import { costOf } from './peak-term.ts';
import type { Shadow, ShadowDay } from './shadow.ts';
import { isMonthly, type TrackedRule } from './tracked-rules.ts';

export type LevelChoiceInput = {
  readonly rules: readonly TrackedRule[];
  readonly shadows: readonly Shadow[];
  /** The day that begins, and what follows of the billing period (the last ends with it). */
  readonly days: readonly Span[];
  readonly stepMs: number;
  /** What a stored kWh is worth. */
  readonly worth: number;
  readonly isFreeDay: (atMs: number) => boolean;
};

/**
 * Days that a shadow must have lived before it is asked, if most have: all are judged on the same days, and one that began
 * later makes the others forget all but those.
 */
const MATURE_DAYS = 7;
/** The same under a stepped price, where a few days say too little of who keeps a step. */
const MATURE_DAYS_STEPPED = 28;
/** Without so many days nothing can be said. */
const LEAST_DAYS = 2;
/** Days after which it is supposed to be known in which world one lives, so that another level may be held. */
const REVIEW_DAYS = 3;

/**
 * The shadow whose level is expected to cost least over the rest of the billing period. Nobody knows whether the days to come
 * will be like all past ones or like some of them: so there are many worlds, each of some of the past weeks, and in each
 * futures are drawn day by day ({@link drawWorlds}), as each shadow lived those days, and billed with the peaks that are paid
 * already. A level is held for some days; then the world is known, and whichever level is cheapest in it is held for the rest. So
 * a low level has the worth of the choice that it leaves open: it can be given up, and a peak that was paid cannot be taken
 * back. That is for stepped prices, of which a whole step is lost at once: under a price per kW there is one world of all past
 * days, and a level is judged as if it were held to the end. All shadows are judged on the same draws.
 */
export function chooseLevel(input: LevelChoiceInput): Shadow | undefined {
  const { rules, shadows, days, isFreeDay, stepMs, worth } = input;
  const isStepped = rules.some(({ cost }) => cost.kind === 'steps');
  const ages = shadows.map((shadow) => shadow.days.length - 1).sort((a, b) => a - b);
  const median = ages[Math.floor(ages.length / 2)] ?? 0;
  const matureDays = Math.max(Math.min(isStepped ? MATURE_DAYS_STEPPED : MATURE_DAYS, median), LEAST_DAYS);
  const mature = shadows.filter((shadow) => shadow.days.length - 1 >= matureDays);
  if (mature.length === 0) return undefined;
  // Days that are over, as all that are asked have lived them.
  const lived = Math.min(...mature.map((shadow) => shadow.days.length - 1));
  const free = livedBy(mature[0], lived).map(({ dayMs }) => isFreeDay(dayMs));
  const worlds = drawWorlds(
    days.map(({ fromMs }) => isFreeDay(fromMs)),
    free,
    isStepped,
  );
  const held = isStepped ? Math.min(REVIEW_DAYS, days.length) : days.length;
  const bills = rules.map((rule) => billing(rule, days, stepMs));
  const courses = mature.map((shadow) => {
    const past = livedBy(shadow, lived);
    const energy = dayCosts(shadow, past, worth);
    return {
      shadow,
      energy: worlds.map(({ pastDays }) => meanOf(pastDays.map((p) => energy[p] ?? 0))),
      peaks: bills.map((bill) => bill.peaksOf(past, worlds, held)),
    };
  });
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

function meanOf(numbers: readonly number[]): number {
  let sum = 0;
  for (const one of numbers) sum += one;
  return sum / Math.max(numbers.length, 1);
}

/** The last days that are over. */
function livedBy(shadow: Shadow | undefined, days: number): readonly ShadowDay[] {
  return shadow?.days.slice(0, -1).slice(-days) ?? [];
}

/** What the energy of each day cost, what went into the store counted. */
function dayCosts(shadow: Shadow, past: readonly ShadowDay[], worth: number): readonly number[] {
  const endKwh = shadow.days.at(-1)?.storedKwh ?? 0;
  return past.map(
    ({ energyCost, storedKwh }, d) => energyCost - worth * ((past[d + 1]?.storedKwh ?? endKwh) - storedKwh),
  );
}

/** How the rest of a billing period is billed by a power price. */
function billing(rule: TrackedRule, days: readonly Span[], stepMs: number) {
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

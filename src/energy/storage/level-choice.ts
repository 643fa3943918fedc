import type { Span } from '../tariffs/power-price.ts';
import { billedBy, costOf } from './peak-term.ts';
import type { RuleStep } from './rule-steps.ts';
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

/** Futures that are drawn. */
const DRAWS = 60;
/** Days that a shadow must have lived before it is asked. */
const MATURE_DAYS = 7;

/**
 * The shadow whose level is expected to cost least over the rest of the billing period: each of many futures draws for
 * every day to come one of the last weeks' days (working days for working days), as each shadow lived it, and bills it
 * with the peaks that are paid already. All shadows are judged on the same draws.
 */
export function chooseLevel(input: LevelChoiceInput): Shadow | undefined {
  const { rules, shadows, days, isFreeDay } = input;
  const most = Math.max(0, ...shadows.map((shadow) => shadow.days.length - 1));
  const mature = shadows.filter((shadow) => shadow.days.length - 1 >= Math.min(MATURE_DAYS, most));
  if (most < 2) return undefined;
  // Days that are over, as all that are asked have lived them.
  const lived = Math.min(...mature.map((shadow) => shadow.days.length - 1));
  const free = livedBy(mature[0], lived).map(({ dayMs }) => isFreeDay(dayMs));
  const draws = drawDays(
    days.map(({ fromMs }) => isFreeDay(fromMs)),
    free,
  );
  let best: { readonly shadow: Shadow; readonly cost: number } | undefined;
  const kinds = rules.map((rule) => kindsOf(rule, days, input.stepMs));
  for (const shadow of mature) {
    const past = livedBy(shadow, lived);
    let cost = days.length * energyOf(shadow, lived, input.worth);
    for (const [r, rule] of rules.entries()) {
      const { windows, kindOf } = kinds[r] ?? { windows: [], kindOf: [] };
      const tops = windows.map((own) => past.map(({ importKw }) => topsOf(rule, own, importKw)));
      cost += expectedCost(rule, days, kindOf, tops, draws);
    }
    if (!best || cost < best.cost - 1e-9) best = { shadow, cost };
  }
  return best?.shadow;
}

/** The last days that are over. */
function livedBy(shadow: Shadow | undefined, days: number): readonly ShadowDay[] {
  return shadow?.days.slice(0, -1).slice(-days) ?? [];
}

/** Mean cost of a day's energy, what is in the store counted. */
function energyOf(shadow: Shadow, lived: number, worth: number): number {
  const days = livedBy(shadow, lived);
  const stored = (shadow.days.at(-1)?.storedKwh ?? 0) - (days[0]?.storedKwh ?? 0);
  return (days.reduce((sum, day) => sum + day.energyCost, 0) - worth * stored) / Math.max(days.length, 1);
}

/** For each future and day the number of the past day that it is like. */
function drawDays(days: readonly boolean[], past: readonly boolean[]): readonly Uint16Array[] {
  const all = [...past.keys()];
  const like = [false, true].map((kind) => {
    const those = all.filter((p) => past[p] === kind);
    return those.length >= 3 ? those : all;
  });
  const random = mixed(days.length * 977 + past.length);
  return Array.from({ length: DRAWS }, () =>
    Uint16Array.from(days, (isFree) => {
      const those = like[isFree ? 1 : 0] ?? all;
      return those[Math.floor(random() * those.length)] ?? 0;
    }),
  );
}

type DayWindow = { readonly from: number; readonly to: number; readonly step: RuleStep };

/** The windows of each day, days alike once. */
function kindsOf({ stepAt }: TrackedRule, days: readonly Span[], stepMs: number) {
  const windows: (readonly DayWindow[])[] = [];
  const known = new Map<string, number>();
  const kindOf = days.map(({ fromMs, toMs }) => {
    const own: DayWindow[] = [];
    for (let atMs = fromMs; atMs < toMs; ) {
      const step = stepAt(atMs);
      const endMs = Math.max(Math.min(step.window.toMs, toMs), atMs + stepMs);
      const [from, to] = [Math.round((atMs - fromMs) / stepMs), Math.round((endMs - fromMs) / stepMs)];
      if (step.pieces.length > 0) own.push({ from, to, step });
      atMs = endMs;
    }
    const key = own.map(({ from, to, step }) => `${from}-${to}:${step.key}`).join();
    const kind = known.get(key) ?? windows.push(own) - 1;
    known.set(key, kind);
    return kind;
  });
  return { windows, kindOf };
}

/** What of a day may be billed: its highest windows, as many as count. */
function topsOf(
  { price }: TrackedRule,
  windows: readonly DayWindow[],
  importKw: readonly number[],
): readonly number[] {
  const billed = windows.map(({ from, to, step }) => {
    let sum = 0;
    for (let t = from; t < to; t += 1) sum += importKw[Math.min(t, importKw.length - 1)] ?? 0;
    return billedBy(step.pieces, sum / Math.max(to - from, 1));
  });
  const most = price.onePer === 'window' || price.onePer === 'hour' ? price.meanOf : 1;
  return billed.sort((a, b) => b - a).slice(0, most);
}

function expectedCost(
  { price, cost, paid, billsAt }: TrackedRule,
  days: readonly Span[],
  kindOf: readonly number[],
  tops: readonly (readonly (readonly number[])[])[],
  draws: readonly Uint16Array[],
): number {
  const nowMs = days[0]?.fromMs ?? 0;
  const isMean = isMonthly(price);
  const before = isMean ? [paid.of(price.periodAt(nowMs).fromMs)] : paid.all().map(({ kw }) => kw);
  const count = isMean ? 1 : price.meanOf;
  let sum = 0;
  for (const draw of draws) {
    const all = before.slice();
    for (const [d, past] of draw.entries()) all.push(...(tops[kindOf[d] ?? 0]?.[past] ?? []));
    all.sort((a, b) => b - a);
    let billed = 0;
    for (let i = 0; i < count; i += 1) billed += all[i] ?? 0;
    sum += costOf(cost, billed / count);
  }
  return ((sum / draws.length) * billsAt(nowMs)) / (isMean ? price.meanOf : 1);
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
function mixed(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mix = Math.imul(state ^ (state >>> 15), state | 1);
    mix ^= mix + Math.imul(mix ^ (mix >>> 7), mix | 61);
    return ((mix ^ (mix >>> 14)) >>> 0) / 2 ** 32;
  };
}

import { MINUTE_MS } from '../../domain/interval.ts';
import type { FlexibleLoad } from '../../domain/register.ts';
import { latestOffMs, type OffTime } from './load-rest.ts';

/** A load to switch off, and for how long. */
export type Shed = { readonly load: FlexibleLoad; readonly offMinutes: number; readonly savedKwh: number };

export type ShedPlan = {
  readonly sheds: readonly Shed[];
  /** Energy that the window then uses less, kWh. */
  readonly savedKwh: number;
  /** It is enough to keep the window within its budget. */
  readonly isEnough: boolean;
  /** The last moment at which switching them off is still enough, epoch ms; undefined when it is not, or there are none. */
  readonly actByMs: number | undefined;
};

export type ShedNeed = {
  /** What the window must use less, kWh. */
  readonly excessKwh: number;
  readonly atMs: number;
  /** The window's end. */
  readonly toMs: number;
  /** How often each load has been asked for in the newest days: who has given gives less. */
  readonly asked?: Readonly<Record<string, number>>;
  /** A load that comes back with more (`reboundPct`) is off so long past the window's end, if it may, ms; 0. */
  readonly holdMs?: number;
  /** Loads that are off already, or were lately, by their ids. */
  readonly held?: Readonly<Record<string, OffTime>>;
  /** The excess goes by the pace of so many newest minutes, ms: what is off longer has lowered it already; 0. */
  readonly paceMs?: number;
};

/** Up to so many loads every set is tried; of more, the cheapest for their energy are taken first. */
const MOST_TRIED = 14;
/** Less is what fractions are off by. */
const LEAST_KWH = 1e-6;

/**
 * The cheapest set of flexible loads whose energy keeps the window within its budget: a knapsack that must be filled. A
 * load costs its priority for each kWh that it gives up (lower is shed first), a little more for each time that it was
 * asked lately, and what it must be off beyond the window (`minOffMinutes`) as well; what of its energy comes back after
 * (`reboundPct`) within the window counts as not saved. Such a load is held past the window's end, so that it does not meet the next unseen.
 * A load that is off already gives what the pace has not seen of it and what it can be off longer; one that rests gives nothing.
 * That is supposed of loads that kvarter itself switches: whether people did as they were told is not known, so theirs are
 * still there to be asked for.
 */
export function shedPlan(loads: readonly FlexibleLoad[], need: ShedNeed): ShedPlan {
  const able = loads.filter((load) => !isResting(load, need));
  const choices = able
    .map((load) => choiceOf(load, need))
    .filter(({ shed }) => shed.savedKwh > LEAST_KWH)
    .toSorted((a, b) => a.perKwh - b.perKwh || b.shed.savedKwh - a.shed.savedKwh);
  const chosen = need.excessKwh <= 0 ? [] : cheapest(choices, need.excessKwh);
  const sheds = chosen.map(({ shed }) => shed);
  const savedKwh = sheds.reduce((sum, shed) => sum + shed.savedKwh, 0);
  const isEnough = savedKwh >= need.excessKwh;
  return { sheds, savedKwh, isEnough, actByMs: actByMs(chosen, need) };
}

type Choice = { readonly shed: Shed; readonly cost: number; readonly perKwh: number };

function offTimeOf({ id, automatic }: FlexibleLoad, { held = {} }: ShedNeed): OffTime | undefined {
  return automatic ? held[id] : undefined;
}

function isResting(load: FlexibleLoad, need: ShedNeed): boolean {
  const { atMs } = need;
  const off = offTimeOf(load, need);
  return off !== undefined && off.untilMs < atMs && atMs < off.freeFromMs;
}

function choiceOf(load: FlexibleLoad, need: ShedNeed): Choice {
  const { atMs, toMs, asked = {}, holdMs = 0, paceMs = 0 } = need;
  const off = offTimeOf(load, need);
  const isOff = off !== undefined && off.untilMs >= atMs;
  const sinceMs = isOff ? off.sinceMs : atMs;
  const leftMinutes = Math.max((toMs - atMs) / MINUTE_MS, 0);
  const heldMinutes = (load.reboundPct ?? 0) > 0 ? holdMs / MINUTE_MS : 0;
  const alreadyMinutes = isOff ? (off.untilMs - atMs) / MINUTE_MS : 0;
  const mostMinutes = isOff ? (latestOffMs(load, off) - atMs) / MINUTE_MS : load.maxOffMinutes;
  const offMinutes = Math.max(
    Math.min(Math.max(leftMinutes + heldMinutes, load.minOffMinutes ?? 0), mostMinutes),
    alreadyMinutes,
  );
  const seenShare = paceMs > 0 ? Math.min((atMs - sinceMs) / paceMs, 1) : Number(isOff);
  const seenMinutes = seenShare * Math.min(alreadyMinutes, leftMinutes);
  const withinMinutes = Math.min(offMinutes, leftMinutes);
  // What is off shorter than the window comes back in it.
  const backMinutes = Math.min(leftMinutes - withinMinutes, (withinMinutes * (load.reboundPct ?? 0)) / 100);
  const savedKwh = (load.powerKw * (withinMinutes - backMinutes - seenMinutes)) / 60;
  const cost =
    ((load.powerKw * (offMinutes - alreadyMinutes)) / 60) *
    Math.max(load.priority, 0.1) *
    (1 + 0.1 * (asked[load.id] ?? 0));
  return { shed: { load, offMinutes, savedKwh }, cost, perKwh: cost / savedKwh };
}

/** `choices`: the cheapest for their energy first. All of them when they are not enough. */
function cheapest(choices: readonly Choice[], excessKwh: number): readonly Choice[] {
  const tried = choices.slice(0, MOST_TRIED);
  let best: { readonly set: number; readonly cost: number } | undefined;
  for (let set = 1; set < 1 << tried.length; set += 1) {
    let [energyKwh, cost] = [0, 0];
    for (const [i, choice] of tried.entries()) {
      if ((set & (1 << i)) === 0) continue;
      energyKwh += choice.shed.savedKwh;
      cost += choice.cost;
    }
    if (energyKwh >= excessKwh && (best === undefined || cost < best.cost)) best = { set, cost };
  }
  const found = best?.set;
  if (found !== undefined) return tried.filter((_, i) => (found & (1 << i)) !== 0);
  const taken: Choice[] = [];
  let missingKwh = excessKwh;
  for (const choice of choices) {
    if (missingKwh <= 0) break;
    taken.push(choice);
    missingKwh -= choice.shed.savedKwh;
  }
  return taken;
}

/** By halving: the later it is, the less there is to give. */
function actByMs(chosen: readonly Choice[], need: ShedNeed): number | undefined {
  const possibleKwh = (atMs: number) =>
    chosen.reduce(
      (sum, { shed: { load } }) => sum + Math.max(choiceOf(load, { ...need, atMs }).shed.savedKwh, 0),
      0,
    );
  if (chosen.length === 0 || possibleKwh(need.atMs) < need.excessKwh) return undefined;
  let [low, high] = [need.atMs, need.toMs];
  while (high - low > MINUTE_MS / 2) {
    const middle = (low + high) / 2;
    if (possibleKwh(middle) >= need.excessKwh) low = middle;
    else high = middle;
  }
  return Math.floor(low / MINUTE_MS) * MINUTE_MS;
}

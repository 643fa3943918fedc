import { z } from 'zod';
import { MINUTE_MS } from '../../domain/interval.ts';
import type { FlexibleLoad } from '../../domain/register.ts';
import type { Span } from '../tariffs/power-price.ts';
import { latestOffMs, needsCommand, type OffTime, offTime, offTimeSchema } from './load-rest.ts';
import type { Shed } from './shed-plan.ts';

/** Loads that plans switched off, by their ids, how often in the day that ends at `dayToMs`. Plain JSON. */
export const heldSchema = z.record(
  z.string(),
  offTimeSchema.extend({ times: z.number().optional(), dayToMs: z.number().optional() }),
);
export type Held = z.infer<typeof heldSchema>;

/** From a window's settling to its first judgement: readings, or the ticks of a silent meter, come so far apart. */
const JUDGED_MS = 6 * MINUTE_MS;

/** So long past the end of a window the next has been judged, ms. */
export function holdMsOf({ fromMs, toMs }: Span, settleMs: number): number {
  return Math.min(settleMs + JUDGED_MS, toMs - fromMs);
}

/**
 * Notes loads that are to be off from now on, and forgets those that have come back and done their work, when the local day in
 * which they were told is over.
 */
export function noteHeld(held: Held, sheds: readonly Shed[], atMs: number, dayToMs: number): void {
  for (const [id, { untilMs, freeFromMs, dayToMs: toldUntilMs = 0 }] of Object.entries(held)) {
    if (Math.max(untilMs, freeFromMs, toldUntilMs) < atMs) delete held[id];
  }
  for (const { load, offMinutes } of sheds) {
    const before = held[load.id];
    const off: OffTime =
      before && before.untilMs >= atMs ? before : { sinceMs: atMs, untilMs: atMs, freeFromMs: atMs };
    const endMs = Math.max(off.untilMs, Math.min(atMs + offMinutes * MINUTE_MS, latestOffMs(load, off)));
    const timesBefore = before?.dayToMs === dayToMs ? (before.times ?? 0) : 0;
    const times = timesBefore + Number(needsCommand(off, endMs));
    const span = { sinceMs: off.sinceMs, untilMs: endMs };
    held[load.id] = { ...offTime(load, span, { times, dayToMs }), times, dayToMs };
  }
}

/** Loads that are off and are not in a plan: they stay off until their time, without being asked again. */
export function stillOff(
  held: Held,
  loads: readonly FlexibleLoad[],
  sheds: readonly Shed[],
  atMs: number,
): readonly Shed[] {
  return loads.flatMap((load) => {
    const leftMinutes = ((held[load.id]?.untilMs ?? atMs) - atMs) / MINUTE_MS;
    const isPlanned = sheds.some((shed) => shed.load.id === load.id);
    return isPlanned || leftMinutes < 1 ? [] : [{ load, offMinutes: leftMinutes, savedKwh: 0 }];
  });
}

export type HoldNeed = {
  /** The running window. */
  readonly window: Span;
  readonly atMs: number;
  /** Mean power that it is heading for with the loads off, and that it may have, kW. */
  readonly projectedKw: number;
  readonly budgetKw: number;
  /** Past the window's end a load that comes back with more is held for so long, ms. */
  readonly holdMs: number;
};

/**
 * Which of the loads that are off since an earlier window, and would come back in the running one with what they did not use
 * (`reboundPct`), stay off for the rest of it. One after the other is let come back, the dearest to be without first, as long as
 * the projection with what it then draws, its power and its rebound, stays within the budget. One that may be off no longer
 * comes back whatever it draws, and leaves the others less.
 */
export function holdOn(held: Held, loads: readonly FlexibleLoad[], need: HoldNeed): readonly Shed[] {
  const { window, atMs, projectedKw, budgetKw, holdMs } = need;
  const due = loads.flatMap((load) => {
    const hold = held[load.id];
    const isDue = hold && (load.reboundPct ?? 0) > 0 && hold.sinceMs < window.fromMs && hold.untilMs > atMs;
    if (!isDue || hold.untilMs >= window.toMs) return [];
    const latestMs = Math.min(window.toMs + holdMs, latestOffMs(load, hold));
    return { load, hold, latestMs, mayStay: latestMs >= hold.untilMs + MINUTE_MS };
  });
  let roomKwh = (budgetKw - projectedKw) * hours(window.toMs - window.fromMs);
  const stay: Shed[] = [];
  for (const { load, hold, latestMs, mayStay } of due.toSorted(
    (a, b) => Number(a.mayStay) - Number(b.mayStay) || b.load.priority - a.load.priority,
  )) {
    const comesKwh = comingBackKwh(load, hold, window);
    if (mayStay && comesKwh > roomKwh) {
      stay.push({ load, offMinutes: (latestMs - atMs) / MINUTE_MS, savedKwh: comesKwh });
    } else roomKwh -= comesKwh;
  }
  return stay;
}

/** What a load draws from its end of being off until the window's: its power, and at the same power again what it owes. */
function comingBackKwh(load: FlexibleLoad, { sinceMs, untilMs }: Held[string], window: Span): number {
  const left = hours(window.toMs - untilMs);
  const owed = (hours(untilMs - sinceMs) * (load.reboundPct ?? 0)) / 100;
  return load.powerKw * (left + Math.min(left, owed));
}

function hours(ms: number): number {
  return ms / (60 * MINUTE_MS);
}

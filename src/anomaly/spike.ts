import { z } from 'zod';
import { MINUTE_MS } from '../domain/interval.ts';

/** Each reading forgets this much of how far single readings have stood out. */
const FORGET = 0.9997;
/** Each spike makes the next one a little more ordinary, so that what comes for good is told for days, not for ever. */
const HARDENING = 1.03;

/** What the spikes of one gauge are known by. Plain JSON of bounded size. */
export const spikeWatchSchema = z.object({
  lastMs: z.number(),
  last: z.number(),
  before: z.number(),
  beforeMs: z.number(),
  readings: z.number(),
  /** The furthest that one reading alone has stood out, in the unit. */
  usual: z.number(),
  /** The furthest that it has gone from one reading to the next, in the unit. */
  step: z.number().default(0),
});
export type SpikeWatch = z.infer<typeof spikeWatchSchema>;

export type SpikeLimits = {
  readonly minReadings: number;
  /** It stands out by at least this, in the unit, and so many times as far as any ordinary reading before. */
  readonly difference: number;
  readonly times: number;
  /** … and so many times as far as any ordinary step before: what goes on and off (a car's charger) is at times on for one reading. */
  readonly steps: number;
  /** Readings further apart are no neighbours. */
  readonly maxPauseMinutes: number;
};

export type Spike = {
  readonly atMs: number;
  readonly value: number;
  readonly between: readonly [number, number];
  readonly usual: number;
};

export function createSpikeWatch(atMs: number, value: number): SpikeWatch {
  return { lastMs: atMs, last: value, before: value, beforeMs: atMs, readings: 1, usual: 0, step: 0 };
}

/**
 * Folds a reading, and tells whether the one before it was a spike: above both of its neighbours, or below both, by far more
 * than ordinary. What stays is no spike, however steep it began. Late readings are passed over.
 */
export function foldSpike(
  state: SpikeWatch,
  { atMs, value }: { readonly atMs: number; readonly value: number },
  { minReadings, difference, times, steps, maxPauseMinutes }: SpikeLimits,
): Spike | undefined {
  if (atMs <= state.lastMs) return undefined;
  const { before, last, lastMs, usual } = state;
  const maxPauseMs = maxPauseMinutes * MINUTE_MS;
  const isNear = atMs - lastMs <= maxPauseMs && lastMs - state.beforeMs <= maxPauseMs;
  const up = Math.min(last - before, last - value);
  const down = Math.min(before - last, value - last);
  const alone = isNear ? Math.max(up, down, 0) : 0;
  const isSpike =
    state.readings >= minReadings &&
    alone > difference &&
    alone > times * usual &&
    alone > steps * state.step;
  state.usual = isSpike ? usual * HARDENING : Math.max(usual * FORGET, alone);
  // That into the newest is known once it is known to be none out of a spike.
  if (!isSpike) state.step = Math.max(state.step * FORGET, Math.abs(last - before));
  // The neighbours of a spike are each other's.
  if (!isSpike) {
    state.before = last;
    state.beforeMs = lastMs;
  }
  state.last = value;
  state.lastMs = atMs;
  state.readings += 1;
  return isSpike ? { atMs: lastMs, value: last, between: [before, value], usual } : undefined;
}

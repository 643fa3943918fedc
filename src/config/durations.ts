import { DAY_MS, MINUTE_MS } from '../domain/interval.ts';
import type { Config } from './schema.ts';

/** How long samples and registers hold, as intervals want it. */
export function holdsOf({ intervals }: Config): {
  readonly powerHoldMs: number;
  readonly registerGapMs: number;
} {
  return {
    powerHoldMs: intervals.powerHoldMinutes * MINUTE_MS,
    registerGapMs: intervals.registerGapMinutes * MINUTE_MS,
  };
}

/**
 * How far from its arrival a reading may be stamped. What the embedded store has forgotten cannot be added to: an interval
 * that is recomputed from what is left would be less than it was.
 */
export function agesOf({ ingest, store }: Config): {
  readonly maxFutureMs: number;
  readonly maxPastMs: number;
} {
  const keptDays = store.kind === 'duckdb' ? store.duckdb.readingsKeepDays : 0;
  return {
    maxFutureMs: ingest.maxFutureMinutes * MINUTE_MS,
    maxPastMs: Math.min(ingest.maxPastDays, keptDays || Number.POSITIVE_INFINITY) * DAY_MS,
  };
}

/** How commands to loads are held back and watched. */
export function commandLimitsOf({ loadCommands }: Config) {
  const { minMinutesBetween, maxPerBuildingDay, staggerSeconds, answerSeconds } = loadCommands;
  return {
    limits: {
      minBetweenMs: minMinutesBetween * MINUTE_MS,
      mostPerBuildingDay: maxPerBuildingDay,
      staggerMs: staggerSeconds * 1000,
    },
    answerMs: answerSeconds * 1000,
  };
}

/** Before which moment the embedded store forgets, epoch ms; undefined where it keeps all. */
export function forgottenBefore({ store }: Config, nowMs: number): Forgotten {
  if (store.kind !== 'duckdb') return {};
  const { readingsKeepDays, intervalsKeepDays } = store.duckdb;
  return {
    // A day more than what is taken in needs as neighbours.
    ...(readingsKeepDays > 0 && { readingsMs: nowMs - (readingsKeepDays + 1) * DAY_MS }),
    ...(intervalsKeepDays > 0 && { intervalsMs: nowMs - intervalsKeepDays * DAY_MS }),
  };
}

export type Forgotten = { readonly readingsMs?: number; readonly intervalsMs?: number };

import type { Config } from './schema.ts';

const MINUTE_MS = 60_000;

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

/** How far from its arrival a reading may be stamped. */
export function agesOf({ ingest }: Config): { readonly maxFutureMs: number; readonly maxPastMs: number } {
  return {
    maxFutureMs: ingest.maxFutureMinutes * MINUTE_MS,
    maxPastMs: ingest.maxPastDays * 1440 * MINUTE_MS,
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import cron from 'node-cron';
import { asError } from '../domain/errors.ts';
import { HOUR_MS } from '../domain/interval.ts';
import type { Cursor, Journal } from '../journal/journal.ts';

export type HousekeepingOptions = {
  readonly journal: Pick<Journal, 'trim' | 'sizeBytes'> & {
    readonly maxBytes: () => number;
    readonly freeBytes: () => number;
  };
  /** The oldest place that a reader still needs. */
  readonly oldest: () => Cursor | undefined;
  /** How long the journal is kept after the readers are done with it. */
  readonly keepHours: number;
  readonly pruneAlerts: () => void;
  /** Forgets what of the store is too old. */
  readonly pruneStore: () => Promise<void>;
  readonly onTrouble: (error: Error, retryInMs: number) => void;
};

/** Appending waits for this at the journal's bound, so it is often. */
const TRIM_MS = 1000;
/** What nobody needs any more makes way from here on, before an operator would have to look. */
const KEPT_SHARE = 0.7;

/**
 * Forgets what of the journal all readers are done with, when it has been kept long enough or its room is needed; and,
 * hourly, old alerts and readings.
 */
export function startHousekeeping(options: HousekeepingOptions): AsyncDisposable {
  const { journal, oldest, keepHours, pruneAlerts, pruneStore, onTrouble } = options;
  const stop = new AbortController();

  async function trim(): Promise<void> {
    const needed = oldest();
    if (needed === undefined) return;
    const sinceMs = Date.now() - keepHours * 3_600_000;
    const canGrowTo = Math.min(journal.maxBytes(), journal.sizeBytes() + journal.freeBytes());
    await journal.trim(needed, { sinceMs, bytes: KEPT_SHARE * canGrowTo });
  }

  const tell = (retryInMs: number) => (cause: unknown) => onTrouble(asError(cause), retryInMs);

  async function run(): Promise<void> {
    while (!stop.signal.aborted) {
      await trim().catch(tell(TRIM_MS));
      await sleep(TRIM_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  }

  const trimming = run();
  const prune = async () => {
    try {
      pruneAlerts();
    } catch (cause) {
      tell(HOUR_MS)(cause);
    }
    await pruneStore().catch(tell(HOUR_MS));
  };
  const pruning = cron.schedule('17 * * * *', prune, {
    // Late is better than an hour later: the clock may be set, and the machine sleep.
    missedExecutionTolerance: HOUR_MS,
    suppressMissedWarning: true,
  });
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await trimming;
      await pruning.destroy();
    },
  };
}

import { KvarterError } from '../domain/errors.ts';
import { type Interval, meterKey } from '../domain/interval.ts';
import type { ReadingStore } from '../store/store.ts';

/** Intervals on their way to the store. */
export interface PendingIntervals {
  add(intervals: readonly Interval[]): void;
  /** False when they could not be written and wait. */
  write(): Promise<boolean>;
}

/** Intervals that wait at most; past it the readings wait as well. */
const MOST = 1_000_000;

/**
 * A store that takes readings but no intervals (a bucket that only an administrator can create) must not hold up the
 * readings: the intervals wait here, newest per quarter, and the reader's place stays behind them, so that a restart
 * computes them again.
 */
export function createPendingIntervals(
  store: Pick<ReadingStore, 'writeIntervals'>,
  onTrouble: (error: Error, retryInMs: number) => void,
): PendingIntervals {
  const waiting = new Map<string, Interval>();
  return {
    add: (intervals) => {
      for (const interval of intervals)
        waiting.set(`${meterKey(interval.meter)}|${interval.fromMs}`, interval);
    },
    write: async () => {
      if (waiting.size === 0) return true;
      try {
        await store.writeIntervals([...waiting.values()]);
      } catch (error) {
        const isSettings = error instanceof KvarterError && error.code === 'store-misconfigured';
        if (!isSettings || waiting.size > MOST) throw error;
        onTrouble(error, 0);
        return false;
      }
      waiting.clear();
      return true;
    },
  };
}

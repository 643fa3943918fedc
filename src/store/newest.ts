import { type Point, pointKey, type Reading } from '../domain/reading.ts';
import type { StoredReading } from './store.ts';

/**
 * The newest reading of each point, kept up while readings are written: looking for them in the store takes a scan of
 * the whole history (1.4 s for 60 million readings), so that is done once, when they are first asked for.
 */
export type Newest = {
  /** Readings that were stored just now, in order: of two for the same time, the later wins. */
  stored(readings: readonly Reading[]): void;
  /** One per point. */
  all(): Promise<readonly StoredReading[]>;
};

export function createNewest(scan: () => Promise<readonly StoredReading[]>): Newest {
  const newest = new Map<string, StoredReading>();
  let scanned: Promise<void> | undefined;

  const takeIn = async () => {
    for (const reading of await scan()) {
      const key = pointKey(reading.point);
      const known = newest.get(key);
      // Of equal times, the known one was written after the scan began.
      if (known === undefined || known.atMs < reading.atMs) newest.set(key, reading);
    }
  };

  return {
    stored(readings) {
      for (const reading of readings) {
        const { key } = reading.point;
        const known = newest.get(key);
        if (known === undefined || known.atMs <= reading.atMs) newest.set(key, reading);
      }
    },
    async all() {
      scanned ??= takeIn();
      try {
        await scanned;
      } catch (error) {
        scanned = undefined;
        throw error;
      }
      return Array.from(newest.values(), ({ point, atMs, value }) => ({
        point: plainPoint(point),
        atMs,
        value,
      }));
    },
  };
}

/** A written reading's point knows its place too, which is no business of a query. */
function plainPoint({ device, quantity, channel }: Point): Point {
  return { device, quantity, ...(channel ? { channel } : {}) };
}

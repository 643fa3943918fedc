import { setTimeout as sleep } from 'node:timers/promises';
import type { Reading, Reject } from '../domain/reading.ts';
import { isoTime } from '../domain/time.ts';
import type { Quarantine } from '../ingest/quarantine.ts';
import type { Cursor, Frame, Journal } from '../journal/journal.ts';
import type { ReadingStore, Refused } from '../store/store.ts';
import type { IngestedFrame } from './frames.ts';
import { createPendingIntervals } from './pending-intervals.ts';
import { startWorker, type Worker } from './reader.ts';
import type { Rollup } from './rollup.ts';

export type StoreWorkerOptions = {
  readonly journal: Pick<Journal, 'read' | 'head' | 'sizeBytes'>;
  readonly from: Cursor | undefined;
  readonly ingest: (frame: Frame) => IngestedFrame;
  readonly store: Pick<ReadingStore, 'writeReadings' | 'writeIntervals'>;
  readonly rollup: Rollup;
  readonly quarantine: Quarantine;
  /** Readings written at once at most, while catching up. */
  readonly batchReadings: number;
  /** Everything before the place is stored. */
  readonly onFinished: (cursor: Cursor) => void;
  readonly onFrame: (frame: IngestedFrame) => void;
  readonly onStored: (readings: number, refused: number) => void;
  readonly onTrouble: (error: Error, retryInMs: number) => void;
  readonly onDead: (error: Error) => void;
};

export interface StoreWorker extends Worker {
  /** Stores readings that did not come just now, with their intervals, between two writes of what comes. */
  rewrite(readings: readonly Reading[]): Promise<void>;
}

/** Under load, writes begin so far apart at least: a transaction costs as much as a thousand readings. */
const PACE_MS = 50;

/** The reader that stores: readings, what gave none, and the quarter-hour intervals. */
export function startStoreWorker(options: StoreWorkerOptions): StoreWorker {
  const { store, rollup, quarantine } = options;
  const intervals = createPendingIntervals(store, options.onTrouble);
  let batch: Reading[] = [];
  let lastAt: Cursor | undefined;
  let writtenMs = Number.NEGATIVE_INFINITY;
  let turn: Promise<unknown> = Promise.resolve();

  /** Readings, what is read back of them, and intervals belong together: two at once could leave older intervals. */
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const done = turn.then(task);
    turn = done.catch(() => undefined);
    return done;
  };

  const write = async (frame: IngestedFrame): Promise<boolean> => {
    // Ticks come each minute, and a start: they have nothing to store.
    if (batch.length > 0) {
      const refused = await store.writeReadings(batch);
      quarantine.add(`${frame.at}/refused`, refused.map(rejectOf));
      intervals.add(await rollup.fold(batch));
      options.onStored(batch.length - refused.length, refused.length);
      batch = [];
    }
    if (!(await intervals.write())) return false;
    options.onFinished(frame.next);
    return true;
  };

  const worker = startWorker({
    ...options,
    handle: async (frame, isNewest) => {
      const ingested = options.ingest(frame);
      // A frame that is tried again has been taken in already.
      if (frame.at !== lastAt) {
        quarantine.add(frame.at, ingested.rejects);
        lastAt = frame.at;
        options.onFrame(ingested);
        for (const step of ingested.steps) {
          if (step.kind === 'readings') for (const reading of step.readings) batch.push(reading);
        }
      }
      if (batch.length < options.batchReadings) {
        const restMs = writtenMs + PACE_MS - performance.now();
        if (isNewest() && restMs > 0) await sleep(restMs);
        if (!isNewest()) return false;
      }
      writtenMs = performance.now();
      return inTurn(() => write(ingested));
    },
  });
  return {
    ...worker,
    rewrite: (readings) =>
      inTurn(async () => {
        await store.writeReadings(readings);
        intervals.add(await rollup.fold(readings));
        await intervals.write();
      }),
  };
}

/** The packet is gone by now: the reading is kept in kvarter's own format, so that it can be sent again as it is. */
function rejectOf({ item, reason }: Refused<Reading>): Reject {
  const { device, quantity, channel } = item.point;
  const element = {
    time: isoTime(item.atMs),
    ...(channel === undefined ? {} : { channel }),
    values: { [quantity]: item.value },
  };
  return {
    code: 'refused-by-store',
    detail: reason,
    device,
    topic: `kvarter/${device}/up`,
    payload: Buffer.from(JSON.stringify(element)),
    receivedAtMs: item.receivedAtMs,
  };
}

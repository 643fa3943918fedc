import { setTimeout as sleep } from 'node:timers/promises';
import { asError, KvarterError } from '../domain/errors.ts';
import type { Cursor, Frame, Journal } from '../journal/journal.ts';
import { diskFailure } from './disk-failure.ts';
import { inTurns } from './in-turns.ts';

/** A reader of the journal that works until it is disposed. */
export interface Worker extends AsyncDisposable {
  /** The place behind what it has finished. */
  readonly cursor: () => Cursor | undefined;
  /** Why it is not getting on at the moment. */
  readonly trouble: () => Error | undefined;
  /** Resolves when everything journaled before the call is finished. */
  settled(): Promise<void>;
}

export type WorkerOptions = {
  readonly journal: Pick<Journal, 'read' | 'head' | 'sizeBytes'>;
  readonly from: Cursor | undefined;
  /**
   * Handles one frame; true when everything up to its end is finished, false while it gathers a larger batch. It must
   * finish when the frame is the newest, which may change while it waits. A retryable failure is tried again with
   * back-off, any other ends the worker.
   */
  readonly handle: (frame: Frame, isNewest: () => boolean) => Promise<boolean>;
  readonly onTrouble: (error: Error, retryInMs: number) => void;
  readonly onDead: (error: Error) => void;
};

const FIRST_BACKOFF_MS = 250;
const LAST_BACKOFF_MS = 30_000;
/** The end waits so long for what is being handled; then it is left to the next start. */
const END_MS = 2000;

export function startWorker(options: WorkerOptions): Worker {
  const { journal, handle, onTrouble, onDead } = options;
  const stop = new AbortController();
  // Of an empty journal everything is finished.
  let cursor = options.from ?? (journal.sizeBytes() === 0 ? journal.head() : undefined);
  let trouble: Error | undefined;
  let waiting: { place: Cursor; resolve: () => void }[] = [];

  const finished = () => {
    waiting = waiting.filter(({ place, resolve }) => {
      if (cursor === undefined || cursor < place) return true;
      resolve();
      return false;
    });
  };

  async function persist(frame: Frame): Promise<boolean> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const isFinished = await handle(frame, () => frame.next >= journal.head());
        trouble = undefined;
        return isFinished;
      } catch (cause) {
        const error = diskFailure(cause) ?? asError(cause);
        trouble = error;
        if (!(error instanceof KvarterError) || !error.retryable || stop.signal.aborted) throw error;
        const backoff = Math.min(FIRST_BACKOFF_MS * 2 ** Math.min(attempt, 10), LAST_BACKOFF_MS);
        const waitMs = error.retryAfterMs ?? backoff;
        onTrouble(error, waitMs);
        await sleep(waitMs, undefined, { signal: stop.signal });
      }
    }
  }

  async function run(): Promise<void> {
    for await (const frame of inTurns(journal.read(options.from, stop.signal))) {
      if (!(await persist(frame))) continue;
      cursor = frame.next;
      finished();
    }
  }

  const done = run().catch((cause: unknown) => {
    if (!stop.signal.aborted) onDead(asError(cause));
  });

  return {
    cursor: () => cursor,
    trouble: () => trouble,
    settled: () =>
      new Promise((resolve) => {
        waiting.push({ place: journal.head(), resolve });
        finished();
      }),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await Promise.race([done, sleep(END_MS, undefined, { ref: false })]);
      for (const { resolve } of waiting) resolve();
    },
  };
}

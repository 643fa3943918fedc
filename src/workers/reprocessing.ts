import type { ReaderMemory } from '../decode/memory.ts';
import type { Reading } from '../domain/reading.ts';
import type { Clock } from '../domain/time.ts';
import type { Ingest } from '../ingest/ingest.ts';
import type { Cursor, Frame, Journal } from '../journal/journal.ts';
import { startWorker } from './reader.ts';

export type ReprocessRequest = {
  /** Packets that came since then, epoch ms. */
  readonly fromMs: number;
  /** Readings of this device only. */
  readonly device?: string;
};

export type ReprocessStatus = ReprocessRequest & {
  readonly state: 'running' | 'done' | 'failed';
  readonly startedAtMs: number;
  /** How much is done, 0 … 1, by when packets came. */
  readonly share: number;
  readonly packets: number;
  /** Written. */
  readonly readings: number;
  /** Problems found in the packets; the quarantine has them already. */
  readonly rejects: number;
  /** Why it failed. */
  readonly detail?: string;
};

/** Decodes the kept journal again, once a decoder, a mapping or the register has been mended. */
export interface Reprocessing extends AsyncDisposable {
  /** False while another one runs. */
  start(request: ReprocessRequest): boolean;
  /** The newest; undefined before the first since the service has started. */
  status(): ReprocessStatus | undefined;
}

export type ReprocessingOptions = {
  readonly journal: Pick<Journal, 'read' | 'head' | 'sizeBytes'>;
  /** Not through the cache of frames: that holds what was decoded before the fix. */
  readonly ingest: Pick<Ingest, 'packet' | 'remembers'>;
  /** What decoders remember at the journal's oldest packet, to begin with. */
  readonly memory: () => ReaderMemory;
  readonly rewrite: (readings: readonly Reading[]) => Promise<void>;
  readonly clock: Clock;
  readonly onTrouble: (error: Error, retryInMs: number) => void;
};

/** Small: what comes meanwhile waits for one of these at most. */
const BATCH_READINGS = 5000;

/**
 * Readings and intervals are written again, beside live traffic and as often as wanted; rules and alerts see nothing of
 * it. A reading that the fix has given another time or device is new: the old one stays.
 */
export function openReprocessing(options: ReprocessingOptions): Reprocessing {
  const { clock } = options;
  let status: ReprocessStatus | undefined;
  let end: (() => void) | undefined;
  let running: Promise<void> = Promise.resolve();
  return {
    status: () => status,
    start: (request) => {
      if (status?.state === 'running') return false;
      const stop = Promise.withResolvers<Error | undefined>();
      end = () => stop.resolve(new Error('the service has ended'));
      let now: ReprocessStatus = {
        ...request,
        state: 'running',
        startedAtMs: clock(),
        share: 0,
        packets: 0,
        readings: 0,
        rejects: 0,
      };
      status = now;
      const update = (changes: Partial<ReprocessStatus>) => {
        now = { ...now, ...changes };
        status = now;
      };
      running = reprocess(options, request, () => now, update, stop).then((failure) =>
        update(failure ? { state: 'failed', detail: failure.message } : { state: 'done', share: 1 }),
      );
      return true;
    },
    [Symbol.asyncDispose]: async () => {
      end?.();
      await running;
    },
  };
}

/** Reads from the oldest kept frame to what is the newest now. Resolves with what went wrong. */
async function reprocess(
  { journal, ingest, memory: freshMemory, rewrite, onTrouble }: ReprocessingOptions,
  { fromMs, device }: ReprocessRequest,
  look: () => ReprocessStatus,
  update: (changes: Partial<ReprocessStatus>) => void,
  stop: PromiseWithResolvers<Error | undefined>,
): Promise<Error | undefined> {
  const head = journal.head();
  if (journal.sizeBytes() === 0) return undefined;
  let batch: Reading[] = [];
  let lastAt: Cursor | undefined;
  const memory = freshMemory();

  const take = ({ records }: Frame) => {
    let { packets, rejects, share, startedAtMs } = look();
    for (const record of records) {
      if (record.kind === 'tick' || record.kind === 'start') memory.tick(record.atMs);
      if (record.kind !== 'packet') continue;
      const isAsked = record.receivedAtMs >= fromMs;
      // Of a packet from before only what later ones need of it counts.
      if (!isAsked && !ingest.remembers(record.topic)) continue;
      const ingested = ingest.packet(record, memory);
      if (!isAsked) continue;
      for (const reading of ingested.readings) {
        if (device === undefined || reading.point.device === device) batch.push(reading);
      }
      packets += 1;
      rejects += ingested.rejects.length;
      const done = (record.receivedAtMs - fromMs) / Math.max(startedAtMs - fromMs, 1);
      share = Math.max(share, Math.min(done, 0.99));
    }
    update({ packets, rejects, share });
  };

  await using _worker = startWorker({
    journal,
    from: undefined,
    handle: async (frame) => {
      // A frame that is tried again has been taken in already.
      if (frame.at !== lastAt && frame.at < head) take(frame);
      lastAt = frame.at;
      const isLast = frame.next >= head;
      if (!isLast && batch.length < BATCH_READINGS) return false;
      if (batch.length > 0) await rewrite(batch);
      update({ readings: look().readings + batch.length });
      batch = [];
      if (isLast) stop.resolve(undefined);
      return true;
    },
    onTrouble,
    onDead: (error) => stop.resolve(error),
  });
  return await stop.promise;
}

import { type FileHandle, open, rm } from 'node:fs/promises';
import { KvarterError } from '../domain/errors.ts';
import { FrameWriter } from './frame.ts';
import type { Cursor, Journal, JournalRecord } from './journal.ts';
import { readFrames } from './read-frames.ts';
import {
  type Cut,
  cursorOf,
  listSegments,
  makeFolder,
  placeOf,
  recoverSegment,
  segmentFile,
  syncFolder,
} from './segments.ts';

export type FileJournalOptions = {
  readonly dir: string;
  /** A segment is closed when it has grown past this; whole segments are what trimming forgets. */
  readonly segmentBytes: number;
  /** Told when recovery had to cut the newest segment. */
  readonly onCut?: (cut: Cut) => void;
};

/**
 * The journal as append-only segment files with group commit: records that arrive while a frame is being synced to
 * disk make up the next frame, so one fdatasync serves many publishers and the rate adapts itself to the disk.
 *
 * A write or sync that fails rejects its whole batch and cuts the file back to what was durable before: the kernel may
 * have dropped the pages, so the same bytes are never taken for stored because a *second* sync succeeded.
 */
export async function openFileJournal({ dir, segmentBytes, onCut }: FileJournalOptions): Promise<Journal> {
  await makeFolder(dir);
  const sizes = new Map((await listSegments(dir)).map(({ segment, bytes }) => [segment, bytes]));
  let segment = Math.max(...sizes.keys(), 1);
  if (sizes.has(segment)) {
    const { bytes, cut } = await recoverSegment(dir, segment);
    sizes.set(segment, bytes);
    if (cut) onCut?.(cut);
  } else {
    sizes.set(segment, 0);
  }
  let file = await openSegment(dir, segment);
  let durable = sizes.get(segment) ?? 0;

  let filling = new FrameWriter();
  let spare = new FrameWriter();
  let batch = Promise.withResolvers<void>();
  let committing: Promise<void> | undefined;
  let broken: KvarterError | undefined;
  let closed = false;
  let moved = Promise.withResolvers<void>();

  function append(record: JournalRecord): Promise<void> {
    if (closed) return Promise.reject(new KvarterError('journal-write-failed', 'the journal is closed'));
    if (broken) return Promise.reject(broken);
    filling.add(record);
    const { promise } = batch;
    committing ??= commitAll();
    return promise;
  }

  async function commitAll(): Promise<void> {
    // One turn of the event loop lets every packet of the sockets' current chunks join the first frame.
    await new Promise(setImmediate);
    while (filling.records > 0) {
      const [writer, waiting] = [filling, batch];
      [filling, spare] = [spare, writer];
      batch = Promise.withResolvers();
      try {
        await commit(writer.finish());
        waiting.resolve();
      } catch (cause) {
        waiting.promise.catch(() => undefined);
        waiting.reject(await giveBack(cause));
      }
      writer.clear();
    }
    committing = undefined;
  }

  async function commit(frame: Buffer): Promise<void> {
    if (durable > 0 && durable + frame.length > segmentBytes) await nextSegment();
    let written = 0;
    while (written < frame.length) {
      written += (await file.write(frame, written, frame.length - written, durable + written)).bytesWritten;
    }
    await file.datasync();
    durable += frame.length;
    sizes.set(segment, durable);
    moved.resolve();
    moved = Promise.withResolvers();
  }

  async function giveBack(cause: unknown): Promise<KvarterError> {
    const why = cause instanceof Error ? cause.message : String(cause);
    const error = new KvarterError(
      'journal-write-failed',
      `the journal in ${dir} cannot be written: ${why}`,
      {
        cause,
      },
    );
    try {
      await file.truncate(durable);
      await nextSegment();
    } catch {
      // Not even the cut worked (a full disk can still do it): only a restart, with its recovery, may go on here.
      if (durable > 0) broken = error;
    }
    return error;
  }

  async function nextSegment(): Promise<void> {
    if (durable === 0) return;
    const next = await openSegment(dir, segment + 1);
    await file.close();
    file = next;
    segment += 1;
    durable = 0;
    sizes.set(segment, 0);
  }

  return {
    append,
    read: (from, signal) =>
      readFrames(
        {
          dir,
          oldest: () => Math.min(...sizes.keys()),
          endOf: (number) => sizes.get(number),
          isNewest: (number) => number === segment,
          moved: () => moved.promise,
        },
        from,
        signal,
      ),
    head: () => cursorOf({ segment, offset: durable }),
    trim: async (before: Cursor) => {
      const place = placeOf(before);
      for (const old of [...sizes.keys()].filter((number) => number < place.segment && number !== segment)) {
        sizes.delete(old);
        await rm(segmentFile(dir, old), { force: true });
      }
      await syncFolder(dir);
    },
    sizeBytes: () => [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0),
    [Symbol.asyncDispose]: async () => {
      closed = true;
      await committing;
      moved.resolve();
      await file.close();
    },
  };
}

async function openSegment(dir: string, segment: number): Promise<FileHandle> {
  const file = await open(segmentFile(dir, segment), 'a+').then(async (made) => {
    await made.close();
    return open(segmentFile(dir, segment), 'r+');
  });
  await syncFolder(dir);
  return file;
}

import { stat } from 'node:fs/promises';
import { KvarterError } from '../domain/errors.ts';
import { FrameWriter } from './frame.ts';
import type { Cursor, Journal, JournalRecord } from './journal.ts';
import { diskFiles, type JournalFile, type JournalFiles } from './journal-files.ts';
import { readFrames } from './read-frames.ts';
import { createRecentFrames } from './recent-frames.ts';
import {
  cursorOf,
  type Damage,
  listSegments,
  makeFolder,
  type Place,
  placeOf,
  recoverSegment,
  removeSegment,
  segmentFile,
  syncFolder,
} from './segments.ts';

export type FileJournalOptions = {
  readonly dir: string;
  /** A segment is closed when it has grown past this; whole segments are what trimming forgets. */
  readonly segmentBytes: number;
  /** From this size on appending waits; the newest frame may reach past it. None unless set. */
  readonly maxBytes?: number;
  /** Told when recovery had to cut the newest segment. */
  readonly onCut?: (cut: Damage) => void;
  /** Told once of each damaged stretch that has whole frames behind it or is in an older segment. */
  readonly onDamage?: (damage: Damage) => void;
  /** Told when a reader's place is older than what is kept: what was between them it never gets. */
  readonly onGap?: (from: Cursor, oldest: Cursor) => void;
  readonly files?: JournalFiles;
};

/** Some frames of the highest load that one machine takes: readers that keep up are that near. */
const RECENT_BYTES = 1024 ** 2;

/** The bound is at least so many segments, so that trimming, which takes whole ones, can make room. */
const LEAST_SEGMENTS = 4;

/**
 * The journal as append-only segment files with group commit: records that arrive while a frame is being synced to
 * disk make up the next frame, so one fdatasync serves many publishers and the rate adapts itself to the disk.
 *
 * A write or sync that fails rejects its whole batch. The kernel may have dropped the pages, so the same bytes are never
 * taken for stored because a *second* sync succeeded: the file is cut back to what was durable before, that cut must
 * itself be synced, and the journal goes on in a new segment. Until all that has worked, each batch tries it again
 * first, and is rejected while it does not: the journal heals with the disk, without a restart.
 */
export async function openFileJournal(options: FileJournalOptions): Promise<Journal> {
  const { dir, maxBytes = Number.POSITIVE_INFINITY, onCut, onDamage, files = diskFiles } = options;
  const segmentBytes = Math.min(options.segmentBytes, maxBytes / LEAST_SEGMENTS);
  await makeFolder(dir);
  const told = new Set<string>();
  const tellDamage = (damage: Damage) => {
    const place = `${damage.file}:${damage.offset}`;
    if (told.has(place)) return;
    told.add(place);
    onDamage?.(damage);
  };

  const sizes = new Map((await listSegments(dir)).map(({ segment, bytes }) => [segment, bytes]));
  let segment = Math.max(...sizes.keys(), 1);
  const newest = segment;
  // The newest may be empty, also because all of it was a torn write: then the one before it was being written to.
  let last = 0;
  for (const [number] of [...sizes].filter(([, size]) => size > 0).toSorted(([a], [b]) => b - a)) {
    const { bytes, cut, damages } = await recoverSegment(dir, number);
    sizes.set(number, bytes);
    damages.forEach(tellDamage);
    if (cut) {
      onCut?.(cut);
      // A reader's place may be in what was cut. It must not come to mean another frame.
      if (number === newest) segment += 1;
    }
    if (bytes > 0) {
      last = number;
      break;
    }
  }
  let file = await openSegment(files, dir, segment);
  let durable = sizes.get(segment) ?? 0;
  sizes.set(segment, durable);
  // Behind the newest frame, not at the beginning of an empty segment: readers tell by it that they have all there is.
  let head =
    last > 0 ? cursorOf({ segment: last, offset: sizes.get(last) ?? 0 }) : cursorOf({ segment, offset: 0 });
  const sizeBytes = () => [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);

  const recent = createRecentFrames(RECENT_BYTES);
  let filling = new FrameWriter();
  let spare = new FrameWriter();
  let batch = Promise.withResolvers<void>();
  let committing: Promise<void> | undefined;
  /** There may be bytes behind what is durable. */
  let isTorn = false;
  let closed = false;
  let moved = Promise.withResolvers<void>();
  let room: PromiseWithResolvers<void> | undefined;

  function append(record: JournalRecord): Promise<void> {
    if (closed) return Promise.reject(closedError());
    filling.add(record);
    const { promise } = batch;
    committing ??= commitAll();
    return promise;
  }

  async function commitAll(): Promise<void> {
    // One turn of the event loop lets every packet of the sockets' current chunks join the first frame.
    await new Promise(setImmediate);
    while (filling.records > 0) {
      const error = await waitForRoom().then(() => undefined, failure);
      const [writer, waiting] = [filling, batch];
      [filling, spare] = [spare, writer];
      batch = Promise.withResolvers();
      try {
        if (error) throw error;
        await commit(writer.finish(), writer.take());
        waiting.resolve();
      } catch (cause) {
        waiting.promise.catch(() => undefined);
        waiting.reject(failure(cause));
        // Now, too: should the process be killed, the rejected records had better not be in the file.
        if (isTorn) await mend().catch(() => undefined);
      }
      writer.clear();
    }
    committing = undefined;
  }

  async function waitForRoom(): Promise<void> {
    if (sizeBytes() < maxBytes) return;
    // Only a segment that is not written to any more can be trimmed.
    if (durable >= segmentBytes && !isTorn) await nextSegment();
    while (sizeBytes() >= maxBytes && !closed) {
      room = Promise.withResolvers();
      await room.promise;
    }
    room = undefined;
    if (closed) throw closedError();
  }

  async function commit(frame: Buffer, records: readonly JournalRecord[]): Promise<void> {
    if (isTorn) await mend();
    if (durable > 0 && durable + frame.length > segmentBytes) await nextSegment();
    isTorn = true;
    for (let written = 0; written < frame.length; ) {
      const { bytesWritten } = await file.write(frame, written, frame.length - written, durable + written);
      if (bytesWritten === 0) throw new Error('the disk takes no more bytes');
      written += bytesWritten;
    }
    await file.datasync();
    isTorn = false;
    const at = cursorOf({ segment, offset: durable });
    durable += frame.length;
    sizes.set(segment, durable);
    head = cursorOf({ segment, offset: durable });
    recent.add({ at, next: head, records }, frame.length);
    moved.resolve();
    moved = Promise.withResolvers();
  }

  async function mend(): Promise<void> {
    await file.truncate(durable);
    await file.datasync();
    await nextSegment();
    isTorn = false;
  }

  async function nextSegment(): Promise<void> {
    if (durable === 0) return;
    const next = await openSegment(files, dir, segment + 1);
    // All that it holds is durable: an error has nothing to say here.
    await file.close().catch(() => undefined);
    file = next;
    segment += 1;
    durable = 0;
    sizes.set(segment, 0);
  }

  function failure(cause: unknown): KvarterError {
    if (cause instanceof KvarterError) return cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    return new KvarterError('journal-write-failed', `the journal in ${dir} cannot be written: ${why}`, {
      cause,
    });
  }

  return {
    append,
    read: (from, signal) =>
      readFrames(
        {
          dir,
          oldest: () => Math.min(...sizes.keys()),
          endOf: (number) => sizes.get(number),
          newest: () => segment,
          recent: recent.at,
          moved: () => moved.promise,
          onDamage: tellDamage,
          onGap: (place, oldest) => options.onGap?.(place, oldest),
        },
        from,
        signal,
      ),
    head: () => head,
    trim: async (before, keep) => {
      const place = placeOf(before);
      let isChanged = false;
      for (const [number, bytes] of [...sizes].toSorted(([a], [b]) => a - b)) {
        const isPassed = number < place.segment || (number === place.segment && bytes <= place.offset);
        if (!isPassed || number === segment) break;
        if (keep && sizeBytes() <= keep.bytes && (await writtenMs(dir, number)) >= keep.sinceMs) break;
        sizes.delete(number);
        await removeSegment(dir, number);
        isChanged = true;
      }
      if (!isChanged) return;
      room?.resolve();
      await syncFolder(dir);
    },
    sizeBytes,
    bytesBehind: (place) => (place === undefined ? sizeBytes() : bytesBehind(sizes, placeOf(place))),
    isFull: () => room !== undefined,
    [Symbol.asyncDispose]: async () => {
      closed = true;
      room?.resolve();
      await committing;
      moved.resolve();
      await file.close();
    },
  };
}

function bytesBehind(sizes: ReadonlyMap<number, number>, { segment, offset }: Place): number {
  let sum = 0;
  for (const [number, bytes] of sizes) {
    if (number > segment) sum += bytes;
    else if (number === segment) sum += Math.max(0, bytes - offset);
  }
  return sum;
}

function closedError(): KvarterError {
  return new KvarterError('journal-write-failed', 'the journal is closed');
}

/** When a segment was last written to, epoch ms: the file knows, so a restart forgets nothing. */
async function writtenMs(dir: string, segment: number): Promise<number> {
  return (await stat(segmentFile(dir, segment))).mtimeMs;
}

async function openSegment(files: JournalFiles, dir: string, segment: number): Promise<JournalFile> {
  const file = await files.open(segmentFile(dir, segment));
  try {
    await syncFolder(dir);
    return file;
  } catch (cause) {
    await file.close().catch(() => undefined);
    throw cause;
  }
}

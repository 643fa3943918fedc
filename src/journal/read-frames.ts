import { open } from 'node:fs/promises';
import { KvarterError } from '../domain/errors.ts';
import { frameBytes, HEADER_BYTES, readFrame } from './frame.ts';
import type { Cursor, Frame } from './journal.ts';
import { cursorOf, type Place, placeOf, segmentFile } from './segments.ts';

/** What a reader needs to know of the log while it grows. */
export type LogView = {
  readonly dir: string;
  readonly oldest: () => number;
  /** Durable bytes of a segment; undefined when it is not kept (any more). */
  readonly endOf: (segment: number) => number | undefined;
  readonly isNewest: (segment: number) => boolean;
  /** Resolves when a frame was added or the journal closes. */
  readonly moved: () => Promise<void>;
};

const CHUNK_BYTES = 1024 * 1024;

/** Whole frames from a place on; waits at the head until the signal aborts. Never passes what is not durable. */
export async function* readFrames(
  log: LogView,
  from: Cursor | undefined,
  signal: AbortSignal,
): AsyncGenerator<Frame> {
  let place = startingPlace(log, from);
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  while (!signal.aborted) {
    const moved = log.moved();
    for await (const frame of framesOf(log, place, signal)) {
      place = placeOf(frame.next);
      yield frame;
      if (signal.aborted) return;
    }
    if (place.offset < (log.endOf(place.segment) ?? 0)) continue;
    if (!log.isNewest(place.segment)) place = { segment: place.segment + 1, offset: 0 };
    else await Promise.race([moved, aborted]);
  }
}

function startingPlace(log: LogView, from: Cursor | undefined): Place {
  const oldest = { segment: log.oldest(), offset: 0 };
  if (from === undefined) return oldest;
  const place = placeOf(from);
  if (place.segment < oldest.segment) return oldest;
  if (place.offset > (log.endOf(place.segment) ?? -1)) {
    throw new KvarterError(
      'journal-damaged',
      `the place ${from} is behind the end of the journal in ${log.dir}: ` +
        'the journal and state.db are not of the same age; put back both from one back-up',
    );
  }
  return place;
}

/** The frames of one segment up to its durable end as it is now. */
async function* framesOf(log: LogView, from: Place, signal: AbortSignal): AsyncGenerator<Frame> {
  const end = log.endOf(from.segment) ?? 0;
  if (from.offset >= end) return;
  await using file = await open(segmentFile(log.dir, from.segment), 'r');
  let offset = from.offset;
  let chunk: Buffer = Buffer.alloc(0);
  let chunkAt = offset;
  const take = async (bytes: number): Promise<Buffer> => {
    if (offset + bytes > chunkAt + chunk.length) {
      const size = Math.min(Math.max(bytes, CHUNK_BYTES), end - offset);
      chunk = Buffer.allocUnsafe(size);
      chunkAt = offset;
      const { bytesRead } = await file.read(chunk, 0, size, offset);
      chunk = chunk.subarray(0, bytesRead);
    }
    return chunk.subarray(offset - chunkAt, offset - chunkAt + bytes);
  };
  while (offset < end && !signal.aborted) {
    const bytes = frameBytes(await take(Math.min(HEADER_BYTES, end - offset)));
    const records = bytes === undefined || offset + bytes > end ? undefined : readFrame(await take(bytes));
    if (bytes === undefined || records === undefined) {
      throw new KvarterError(
        'journal-damaged',
        `${segmentFile(log.dir, from.segment)} is damaged at byte ${offset}: ` +
          'check the disk, put the file back from a back-up, or move it away to go on without it',
      );
    }
    const at = cursorOf({ segment: from.segment, offset });
    offset += bytes;
    yield { at, next: cursorOf({ segment: from.segment, offset }), records };
  }
}

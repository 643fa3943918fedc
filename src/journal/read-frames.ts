import { open } from 'node:fs/promises';
import { KvarterError } from '../domain/errors.ts';
import { findFrame, inChunks, readFrameAt } from './find-frame.ts';
import type { Cursor, Frame } from './journal.ts';
import { cursorOf, type Damage, keepDamage, type Place, placeOf, segmentFile } from './segments.ts';

/** What a reader needs to know of the log while it grows. */
export type LogView = {
  readonly dir: string;
  readonly oldest: () => number;
  /** Durable bytes of a segment; undefined when it is not kept (any more). */
  readonly endOf: (segment: number) => number | undefined;
  readonly newest: () => number;
  /** The frame at a place, when it is so new that it is still in memory. */
  readonly recent: (at: Cursor) => Frame | undefined;
  /** Resolves when a frame was added or the journal closes. */
  readonly moved: () => Promise<void>;
  /** Told each time that a reader comes to bytes that are no frame. */
  readonly onDamage: (damage: Damage) => void;
  readonly onGap: (from: Cursor, oldest: Cursor) => void;
};

/**
 * Whole frames from a place on; waits at the head until the signal aborts. Never passes what is not durable. Damage is
 * told and passed over, up to the next whole frame: see `recoverSegment` for why.
 */
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
    const recent = log.recent(cursorOf(place));
    if (recent) {
      yield recent;
      place = placeOf(recent.next);
      continue;
    }
    place = yield* framesOf(log, place, signal);
    if (signal.aborted) return;
    if (place.offset < (log.endOf(place.segment) ?? 0)) continue;
    if (place.segment < log.newest()) place = { segment: place.segment + 1, offset: 0 };
    else await Promise.race([moved, aborted]);
  }
}

function startingPlace(log: LogView, from: Cursor | undefined): Place {
  const oldest = { segment: log.oldest(), offset: 0 };
  if (from === undefined) return oldest;
  const place = placeOf(from);
  if (place.segment < oldest.segment) {
    // The one before the oldest was trimmed when every reader was at its end; any older one is missing.
    if (place.segment < oldest.segment - 1) log.onGap(from, cursorOf(oldest));
    return oldest;
  }
  const end = log.endOf(place.segment);
  if (end !== undefined && place.offset <= end) return place;
  // A segment that was cut behind the place, or moved away: the frames up to there have been read.
  if (place.segment < log.newest()) return { segment: place.segment + 1, offset: 0 };

  throw new KvarterError(
    'journal-damaged',
    `the place ${from} is behind the end of the journal in ${log.dir}: ` +
      'the journal and state.db are not of the same age; put back both from one back-up',
  );
}

/** The frames of one segment up to its durable end as it is now; gives the place behind them. */
async function* framesOf(log: LogView, from: Place, signal: AbortSignal): AsyncGenerator<Frame, Place> {
  const end = log.endOf(from.segment) ?? 0;
  if (from.offset >= end) return from;
  await using file = await open(segmentFile(log.dir, from.segment), 'r');
  let offset = from.offset;
  const take = inChunks(file, end);
  while (offset < end && !signal.aborted) {
    // From here on they are in memory.
    if (offset > from.offset && log.recent(cursorOf({ segment: from.segment, offset }))) break;
    const frame = await readFrameAt(take, offset, end);
    if (frame === undefined) {
      const next = (await findFrame(file, offset, end)) ?? end;
      log.onDamage(await keepDamage(file, segmentFile(log.dir, from.segment), offset, next - offset));
      offset = next;
      continue;
    }
    const at = cursorOf({ segment: from.segment, offset });
    offset += frame.bytes;
    yield { at, next: cursorOf({ segment: from.segment, offset }), records: frame.records };
  }
  return { segment: from.segment, offset };
}

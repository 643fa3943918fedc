import type { FileHandle } from 'node:fs/promises';
import { frameBytes, HEADER_BYTES, MAGIC, readFrame, wholeFrames } from './frame.ts';
import type { JournalRecord } from './journal.ts';

/** Part of a file, shorter where the file ends. */
export async function readBytes(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, at + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

const CHUNK_BYTES = 1024 * 1024;

/** Gives bytes of a file by their place. */
export type Take = (at: number, length: number) => Promise<Buffer>;

/**
 * Of a file that is read from front to back, up to an end: a chunk is read at a time, since most frames hold a packet or two.
 */
export function inChunks(file: FileHandle, end: number): Take {
  let chunk: Buffer = Buffer.alloc(0);
  let chunkAt = 0;
  return async (at, length) => {
    if (at + length > chunkAt + chunk.length) {
      chunk = await readBytes(file, at, Math.min(Math.max(length, CHUNK_BYTES), end - at));
      chunkAt = at;
    }
    return chunk.subarray(at - chunkAt, at - chunkAt + length);
  };
}

/** Bytes of whole frames, one after the other, at a place: as many as a chunk has, or one that is larger; 0 when there is none. */
export async function wholeFramesAt(file: FileHandle, at: number, end: number): Promise<number> {
  const chunk = await readBytes(file, at, Math.min(CHUNK_BYTES, end - at));
  const bytes = wholeFrames(chunk);
  const first = frameBytes(chunk) ?? 0;
  if (bytes > 0 || first <= chunk.length || at + first > end) return bytes;
  return wholeFrames(await readBytes(file, at, first));
}

/** The whole frame at a place; undefined when what is there, up to the end, is none. */
export async function readFrameAt(
  take: Take,
  at: number,
  end: number,
): Promise<{ readonly bytes: number; readonly records: readonly JournalRecord[] } | undefined> {
  const bytes = frameBytes(await take(at, Math.min(HEADER_BYTES, end - at)));
  if (bytes === undefined || at + bytes > end) return undefined;
  const records = readFrame(await take(at, bytes));
  return records && { bytes, records };
}

/**
 * Packets may hold what looks like a frame's beginning, as often as a malicious sender likes, and each must be summed up
 * to be refused: past so many bytes the search is given up.
 */
const MAX_SUMMED_BYTES = 1024 ** 3;
/** What looking at one costs at least, in bytes summed up. */
const LOOK_BYTES = 64 * 1024;

/**
 * Where the next whole frame begins behind a damaged one; undefined when there is none up to the end.
 *
 * The damaged frame's own length is believed first, so that a frame that somebody sent as a payload is found only when
 * the length itself is what is damaged.
 */
export async function findFrame(file: FileHandle, damaged: number, end: number): Promise<number | undefined> {
  const take: Take = (at, length) => readBytes(file, at, length);
  const header = await take(damaged, Math.min(HEADER_BYTES, end - damaged));
  if (header.length === HEADER_BYTES) {
    const next = damaged + HEADER_BYTES + header.readUInt32LE(4);
    if (next < end && (await readFrameAt(take, next, end))) return next;
  }
  let summed = 0;
  const wanted = Buffer.alloc(4);
  wanted.writeUInt32LE(MAGIC);
  for (let from = damaged + 1; from + HEADER_BYTES <= end; from += CHUNK_BYTES) {
    // The overlap finds a beginning that lies across two chunks.
    const chunk = await take(from, Math.min(CHUNK_BYTES + wanted.length - 1, end - from));
    for (let at = chunk.indexOf(wanted); at !== -1; at = chunk.indexOf(wanted, at + 1)) {
      const candidate = from + at;
      if (await readFrameAt(take, candidate, end)) return candidate;
      const claimed = frameBytes(await take(candidate, HEADER_BYTES)) ?? 0;
      summed += candidate + claimed <= end ? Math.max(claimed, LOOK_BYTES) : LOOK_BYTES;
      if (summed > MAX_SUMMED_BYTES) return undefined;
    }
  }
  return undefined;
}

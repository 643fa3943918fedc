import type { FileHandle } from 'node:fs/promises';
import { frameBytes, HEADER_BYTES, MAGIC, readFrame } from './frame.ts';
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

/** The whole frame at a place; undefined when what is there, up to the end, is none. */
export async function readFrameAt(
  file: FileHandle,
  at: number,
  end: number,
): Promise<{ readonly bytes: number; readonly records: readonly JournalRecord[] } | undefined> {
  const bytes = frameBytes(await readBytes(file, at, Math.min(HEADER_BYTES, end - at)));
  if (bytes === undefined || at + bytes > end) return undefined;
  const records = readFrame(await readBytes(file, at, bytes));
  return records && { bytes, records };
}

const CHUNK_BYTES = 1024 * 1024;
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
  const header = await readBytes(file, damaged, Math.min(HEADER_BYTES, end - damaged));
  if (header.length === HEADER_BYTES) {
    const next = damaged + HEADER_BYTES + header.readUInt32LE(4);
    if (next < end && (await readFrameAt(file, next, end))) return next;
  }
  let summed = 0;
  const wanted = Buffer.alloc(4);
  wanted.writeUInt32LE(MAGIC);
  for (let from = damaged + 1; from + HEADER_BYTES <= end; from += CHUNK_BYTES) {
    // The overlap finds a beginning that lies across two chunks.
    const chunk = await readBytes(file, from, Math.min(CHUNK_BYTES + wanted.length - 1, end - from));
    for (let at = chunk.indexOf(wanted); at !== -1; at = chunk.indexOf(wanted, at + 1)) {
      const candidate = from + at;
      if (await readFrameAt(file, candidate, end)) return candidate;
      const claimed = frameBytes(await readBytes(file, candidate, HEADER_BYTES)) ?? 0;
      summed += candidate + claimed <= end ? Math.max(claimed, LOOK_BYTES) : LOOK_BYTES;
      if (summed > MAX_SUMMED_BYTES) return undefined;
    }
  }
  return undefined;
}

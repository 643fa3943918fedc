import { mkdir, open, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { KvarterError } from '../domain/errors.ts';
import { frameBytes, HEADER_BYTES, readFrame } from './frame.ts';
import type { Cursor } from './journal.ts';

/** A place in the log: segment number and byte offset. Its text sorts as the places do. */
export type Place = { readonly segment: number; readonly offset: number };

const SUFFIX = '.journal';

export function segmentFile(dir: string, segment: number): string {
  return join(dir, `${String(segment).padStart(10, '0')}${SUFFIX}`);
}

export function cursorOf({ segment, offset }: Place): Cursor {
  return `${String(segment).padStart(10, '0')}:${String(offset).padStart(12, '0')}` as Cursor;
}

export function placeOf(cursor: Cursor): Place {
  const [segment, offset] = cursor.split(':');
  return { segment: Number(segment), offset: Number(offset) };
}

/** The segments of a folder, oldest first, with their sizes in bytes. */
export async function listSegments(dir: string): Promise<{ segment: number; bytes: number }[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith(SUFFIX)).sort();
  return Promise.all(
    names.map(async (name) => ({
      segment: Number(name.slice(0, -SUFFIX.length)),
      bytes: (await stat(join(dir, name))).size,
    })),
  );
}

/** What recovery cut from the newest segment: bytes of a frame that was never acknowledged, or damage. */
export type Cut = {
  readonly file: string;
  readonly offset: number;
  readonly bytes: number;
  readonly keptAs: string;
};

/**
 * Keeps every whole frame from the beginning of a segment and cuts what is behind the first that is not whole. The cut
 * bytes are kept in a file beside it, because they may be damage, not just the torn end of a write.
 */
export async function recoverSegment(dir: string, segment: number): Promise<{ bytes: number; cut?: Cut }> {
  const path = segmentFile(dir, segment);
  await using file = await open(path, 'r+');
  const { size } = await file.stat();
  let offset = 0;
  while (offset < size) {
    const header = Buffer.alloc(HEADER_BYTES);
    const { bytesRead } = await file.read(header, 0, HEADER_BYTES, offset);
    const bytes = frameBytes(header.subarray(0, bytesRead));
    if (bytes === undefined || offset + bytes > size) break;
    const frame = Buffer.allocUnsafe(bytes);
    await file.read(frame, 0, bytes, offset);
    if (readFrame(frame) === undefined) break;
    offset += bytes;
  }
  if (offset === size) return { bytes: size };
  const keptAs = `${path}.cut-at-${offset}`;
  const rest = Buffer.alloc(size - offset);
  await file.read(rest, 0, rest.length, offset);
  await writeWhole(keptAs, rest);
  await file.truncate(offset);
  await file.sync();
  return { bytes: offset, cut: { file: path, offset, bytes: rest.length, keptAs } };
}

/** Makes a folder durable: its own entry may be new. */
export async function makeFolder(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true });
    await syncFolder(dir);
  } catch (cause) {
    throw new KvarterError(
      'data-dir-unusable',
      `the folder ${dir} cannot be written: give kvarter the right to, or set dataDir to another folder`,
      { cause },
    );
  }
}

/** A new or deleted file is only durable when its folder is. */
export async function syncFolder(dir: string): Promise<void> {
  await using folder = await open(dir, 'r');
  await folder.sync();
}

async function writeWhole(path: string, bytes: Buffer): Promise<void> {
  const temporary = `${path}.part`;
  {
    await using file = await open(temporary, 'w');
    await file.writeFile(bytes);
    await file.sync();
  }
  await rename(temporary, path);
}

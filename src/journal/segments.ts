import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { KvarterError } from '../domain/errors.ts';
import { findFrame, readBytes, wholeFramesAt } from './find-frame.ts';
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

/** Forgets a segment, and what damage of it was kept aside. */
export async function removeSegment(dir: string, segment: number): Promise<void> {
  const name = basename(segmentFile(dir, segment));
  const aside = (await readdir(dir)).filter((other) => other.startsWith(`${name}.`));
  for (const each of [name, ...aside]) await rm(join(dir, each), { force: true });
}

/** Bytes of a segment that are no frame. */
export type Damage = {
  readonly file: string;
  readonly offset: number;
  readonly bytes: number;
  /** A copy of them; undefined when there was no room for one. */
  readonly keptAs: string | undefined;
};

export type Recovered = {
  /** Up to where the segment is good. */
  readonly bytes: number;
  /** What was behind it: the torn end of a write that was never acknowledged, or damage of the newest frame. */
  readonly cut?: Damage;
  /** Damage with whole frames behind it. */
  readonly damages: readonly Damage[];
};

/**
 * Makes the newest segment fit to be read. What is behind the last whole frame is cut, and kept in a file beside it.
 *
 * A write that was torn is always at the end, because each frame is synced before the next is written. So what is not
 * whole but has whole frames behind it was damaged later, and was acknowledged, as were those behind it: the bytes
 * stay where they are, are copied to a file beside the segment, told, and passed over by the readers. To refuse to
 * start instead would give up all readings to come and every alert for those that are lost already.
 */
export async function recoverSegment(dir: string, segment: number): Promise<Recovered> {
  const path = segmentFile(dir, segment);
  await using file = await open(path, 'r+');
  // A process that was killed between write and sync leaves frames that only the kernel has: readers must not see them.
  await file.datasync();
  const { size } = await file.stat();
  const damages: Damage[] = [];
  let offset = 0;
  while (offset < size) {
    const bytes = await wholeFramesAt(file, offset, size);
    offset += bytes;
    if (bytes > 0) continue;
    const next = await findFrame(file, offset, size);
    if (next === undefined) {
      return { bytes: offset, cut: await cutTail(file, path, offset, size - offset), damages };
    }
    damages.push(await keepDamage(file, path, offset, next - offset));
    offset = next;
  }
  return { bytes: size, damages };
}

/** Without room for the copy the bytes stay where they are: the segment is not written to again. */
async function cutTail(file: FileHandle, path: string, offset: number, bytes: number): Promise<Damage> {
  const keptAs = await keepAside(file, `${path}.cut-at-${offset}`, offset, bytes);
  if (keptAs !== undefined) {
    await file.truncate(offset);
    await file.datasync();
  }
  return { file: path, offset, bytes, keptAs };
}

export async function keepDamage(
  file: FileHandle,
  path: string,
  offset: number,
  bytes: number,
): Promise<Damage> {
  return {
    file: path,
    offset,
    bytes,
    keptAs: await keepAside(file, `${path}.damaged-at-${offset}`, offset, bytes),
  };
}

async function keepAside(
  file: FileHandle,
  keptAs: string,
  offset: number,
  bytes: number,
): Promise<string | undefined> {
  try {
    await writeWhole(keptAs, await readBytes(file, offset, bytes));
    return keptAs;
  } catch {
    await rm(`${keptAs}.part`, { force: true });
    return undefined;
  }
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

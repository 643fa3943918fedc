import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Json } from '../domain/alert.ts';
import { asError, KvarterError } from '../domain/errors.ts';
import type { Part } from '../rules/engine.ts';
import { inTurns } from './in-turns.ts';
import { partsOfOld } from './old-snapshot.ts';

/** What the rules know, written down part by part while everybody else goes on working. */
export type SnapshotFiles = {
  /** The parts that were kept last, as they are read; none where nothing was kept. Throws when they cannot be read. */
  readonly kept: () => AsyncIterable<Part>;
  /**
   * Writes the parts down, then calls `commit` with the text to be kept in the state database, from which moment on they are the
   * kept ones. Throws, and what was kept before stays, when they cannot be written or `commit` throws.
   */
  readonly keep: (parts: Iterable<Part>, commit: (text: string) => void) => Promise<void>;
};

export type SnapshotFilesOptions = {
  /** The data folder. */
  readonly dir: string;
  /** The text that the state database has. */
  readonly text: string | undefined;
  /** Resolves when what is committed in the state database outlives a power cut. */
  readonly synced: () => Promise<void>;
};

const names = ['rules-0.jsonl', 'rules-1.jsonl'] as const;

/** So many characters or bytes are made or read between two turns of the event loop: about 10 ms. */
const CHUNK_SIZE = 256 * 1024;

const keptSchema = z.object({ file: z.enum(names), bytes: z.int() });
const partSchema = z.tuple([z.string(), z.custom<Json>((value) => value !== undefined)]);

/** Two files are written in turn, a part in a line: the one that the state database names is whole at any moment. */
export function openSnapshotFiles({ dir, text, synced }: SnapshotFilesOptions): SnapshotFiles {
  const kept = text?.startsWith('{"file":') ? keptSchema.parse(JSON.parse(text)) : undefined;
  let current = kept?.file;

  return {
    kept: () => {
      if (kept !== undefined) return readParts(join(dir, kept.file), kept.bytes);
      return inTurns(text === undefined ? [] : partsOfOld(text));
    },
    keep: async (parts, commit) => {
      const file = names.find((name) => name !== current) ?? names[0];
      const bytes = await writing(join(dir, file), async (path) => {
        // A power cut may undo what was committed last, and then the other file is the one that is named.
        await synced();
        return writeParts(path, parts);
      });
      commit(JSON.stringify({ file, bytes }));
      current = file;
    },
  };
}

async function* readParts(path: string, bytes: number): AsyncIterable<Part> {
  await using file = await open(path);
  const { size } = await file.stat();
  if (size !== bytes) throw new Error(`${path} has ${size} bytes instead of ${bytes}`);
  let rest = '';
  // A turn of the event loop for each chunk. Not by `readLines`, which also ends a line at U+2028, and JSON has that as it is.
  for await (const chunk of file.createReadStream({ encoding: 'utf8', highWaterMark: CHUNK_SIZE })) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield partSchema.parse(JSON.parse(line));
  }
}

async function writing<T>(path: string, work: (path: string) => Promise<T>): Promise<T> {
  try {
    return await work(path);
  } catch (cause) {
    const why = asError(cause).message;
    throw new KvarterError('state-write-failed', `${path} cannot be written: ${why}`, { cause });
  }
}

/** Gives how many bytes. */
async function writeParts(path: string, parts: Iterable<Part>): Promise<number> {
  await using file = await open(path, 'w');
  try {
    for (const chunk of chunksOf(parts)) await file.writeFile(chunk);
    await file.datasync();
    await using folder = await open(dirname(path));
    await folder.sync();
    return (await file.stat()).size;
  } catch (cause) {
    // On a full disk others need the room that it has taken.
    await file.truncate().catch(() => undefined);
    throw cause;
  }
}

function* chunksOf(parts: Iterable<Part>): Iterable<string> {
  let chunk = '';
  for (const part of parts) {
    chunk += `${JSON.stringify(part)}\n`;
    if (chunk.length < CHUNK_SIZE) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

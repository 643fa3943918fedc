import { closeSync, ftruncateSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { KvarterError } from '../domain/errors.ts';

/** A file of lines that is never left with half a line: it has its name once it is finished. */
export type WholeFile = {
  readonly path: string;
  /** Takes whole lines. Throws `data-dir-unusable` when the disk does not; what was written before stays. */
  readonly write: (lines: string) => void;
  readonly lines: () => number;
  /** Writes what is left and gives the file its name. */
  readonly finish: () => void;
};

const CHUNK = 1 << 20;

export function openWholeFile(path: string): WholeFile {
  const part = `${path}.part`;
  let handle: number;
  try {
    mkdirSync(dirname(path), { recursive: true });
    handle = openSync(part, 'w');
  } catch (cause) {
    throw unusable(path, cause, 0);
  }
  let waiting: string[] = [];
  let size = 0;
  let count = 0;
  let [writtenBytes, writtenLines] = [0, 0];

  const flush = (): void => {
    if (waiting.length === 0) return;
    const bytes = Buffer.from(waiting.join(''));
    waiting = [];
    size = 0;
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
    } catch (cause) {
      // A full disk takes half a chunk: its last whole line is where the file ends.
      try {
        ftruncateSync(handle, writtenBytes);
      } catch {
        // What is no plain file cannot be cut.
      }
      throw unusable(path, cause, writtenLines);
    }
    writtenBytes += bytes.length;
    writtenLines = count;
  };

  return {
    path,
    lines: () => count,
    write: (lines) => {
      waiting.push(lines);
      size += lines.length;
      for (let at = lines.indexOf('\n'); at >= 0; at = lines.indexOf('\n', at + 1)) count += 1;
      if (size >= CHUNK) flush();
    },
    finish: () => {
      try {
        flush();
      } finally {
        closeSync(handle);
        renameSync(part, path);
      }
    },
  };
}

function unusable(path: string, cause: unknown, lines: number): KvarterError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const why = code === 'ENOSPC' ? 'the disk is full' : cause instanceof Error ? cause.message : String(cause);
  const done = lines > 0 ? `; ${lines} lines were written, and are whole` : '';
  return new KvarterError('data-dir-unusable', `${path} cannot be written: ${why}${done}`, { cause });
}

import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { KvarterError } from '../domain/errors.ts';

/** A part of a file that can be sent on its own. */
export type FileChunk = {
  readonly type: 'text/csv' | 'application/x-ndjson';
  readonly content: Buffer<ArrayBuffer>;
  /** Lines of the file in it, a CSV header not counted twice. */
  readonly lines: number;
  /** Bytes of the file read so far, as they lie on the disk. */
  readonly bytesRead: number;
  /** The line of the file that is this line of the chunk; both count from 1. */
  readonly lineOf: (line: number) => number;
};

const LF = 0x0a;
const EMPTY = Buffer.alloc(0);

/**
 * Cuts a CSV or NDJSON file (also `.gz`) at line ends into chunks of about `chunkBytes`. What begins with `{` is NDJSON;
 * each chunk of CSV begins with the file's header. Throws `input-invalid` when the file cannot be read.
 */
export async function* fileChunks(file: string, chunkBytes = 1024 * 1024): AsyncGenerator<FileChunk> {
  const source = createReadStream(file);
  const stream = file.endsWith('.gz') ? source.compose(createGunzip()) : source;
  let type: FileChunk['type'] | undefined;
  let header: Buffer<ArrayBuffer> = EMPTY;
  let before = 0;
  let parts: Buffer[] = [];
  let bytes = 0;
  const close = (end: number): FileChunk => {
    const all = Buffer.concat(parts);
    const lines = all.subarray(0, end);
    const first = before;
    const repeated = first === 0 ? EMPTY : header;
    type ??= lines.toString('utf8', 0, 64).trimStart().startsWith('{') ? 'application/x-ndjson' : 'text/csv';
    if (first === 0 && type === 'text/csv') header = Buffer.from(lines.subarray(0, lines.indexOf(LF) + 1));
    const count = linesIn(lines);
    before += count;
    parts = end < all.length ? [all.subarray(end)] : [];
    bytes = all.length - end;
    const shift = first - (repeated.length > 0 ? 1 : 0);
    return {
      type,
      content: Buffer.concat([repeated, lines]),
      lines: count,
      bytesRead: source.bytesRead,
      lineOf: (line) => line + shift,
    };
  };
  try {
    for await (const part of stream) {
      const read = Buffer.isBuffer(part) ? part : Buffer.from(part);
      parts.push(read);
      const lastEnd = read.lastIndexOf(LF);
      const end = bytes + lastEnd + 1;
      bytes += read.length;
      if (lastEnd >= 0 && bytes >= chunkBytes) yield close(end);
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new KvarterError('input-invalid', `${file}: cannot be read (${why})`);
  }
  if (bytes > 0 || before === 0) yield close(bytes);
}

function linesIn(bytes: Buffer): number {
  let count = bytes.length > 0 && bytes.at(-1) !== LF ? 1 : 0;
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) count += 1;
  return count;
}

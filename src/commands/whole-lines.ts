import { decoded, encodingOf, unreadable } from './text-file.ts';

const LF = 0x0a;

/**
 * The text of a stream of bytes, whole lines at a time; the last part may end without a line end. Throws `input-invalid` when
 * it cannot be read.
 */
export async function* wholeLines(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<string> {
  let parts: Uint8Array[] = [];
  let isWide: boolean | undefined;
  try {
    for await (const chunk of chunks) {
      parts.push(chunk);
      isWide ??= encodingOf(chunk).startsWith('utf-16');
      // In UTF-16, which is what Excel writes of at most a million rows, a byte says nothing of lines.
      const end = isWide ? 0 : chunk.lastIndexOf(LF) + 1;
      if (end === 0) continue;
      const read = Buffer.concat(parts);
      const whole = read.length - chunk.length + end;
      yield decoded(read.subarray(0, whole));
      parts = [read.subarray(whole)];
    }
    const rest = Buffer.concat(parts);
    if (rest.length > 0) yield decoded(rest);
  } catch (cause) {
    throw unreadable(name, cause);
  }
}

/** A packet written by hand: its first byte, its remaining length, its parts. */
export function packet(first: number, ...parts: readonly (Buffer | readonly number[])[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const length: number[] = [];
  let rest = body.length;
  do {
    length.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>= 7;
  } while (rest > 0);
  return Buffer.concat([Buffer.from([first, ...length]), body]);
}

/** Two bytes of length and the bytes themselves. */
export function text(content: string | readonly number[]): Buffer {
  const bytes = Buffer.from(typeof content === 'string' ? Buffer.from(content) : content);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

/** A CONNECT of protocol `name`, `level` and `flags`, with keep-alive 0 and the fields of its payload. */
export function connect(
  fields: readonly Buffer[] = [text('c')],
  { name = 'MQTT', level = 4, flags = 2, keepAliveSeconds = 0 } = {},
): Buffer {
  return packet(0x10, text(name), [level, flags, 0, keepAliveSeconds], ...fields);
}

/** The bytes cut into chunks whose sizes go round. */
export function chunksOf(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

import { open } from 'node:fs/promises';

/** A year of quarter-hours in JSON is some 3 MB. */
const MOST_BYTES = 16_000_000;
const TIMEOUT_MS = 20_000;

/** The text of a file or of what an http(s) address answers. Rejects with an error that says why there is none. */
export async function priceTextOf(source: string, signal: AbortSignal): Promise<string> {
  return /^https?:\/\//i.test(source) ? fetched(source, signal) : fileText(source);
}

async function fileText(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    if (size > MOST_BYTES) throw new Error(`it has ${size} bytes, more than ${MOST_BYTES}`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

async function fetched(url: string, signal: AbortSignal): Promise<string> {
  const answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) });
  if (!answer.ok) {
    await answer.body?.cancel();
    throw new Error(`the answer is ${answer.status}`);
  }
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of answer.body ?? []) {
    bytes += part.byteLength;
    if (bytes > MOST_BYTES) throw new Error(`the answer has more than ${MOST_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

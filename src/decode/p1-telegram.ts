/** A telegram of a HAN or P1 port, taken apart into its lines. */
export type P1Telegram = {
  /** What stands behind the slash: maker, baud rate, identification. */
  readonly header: string;
  /** By OBIS code (`1-0:1.8.0`): what stands from the first bracket to the last, these two left out. */
  readonly lines: ReadonlyMap<string, string>;
};

/** What stands in the first pair of brackets of a line that has one or several; undefined of no line. */
export function firstOf(line: string | undefined): string | undefined {
  const next = line?.indexOf(')(') ?? -1;
  return next < 0 ? line : line?.slice(0, next);
}

/** What stands in the last pair. */
export function lastOf(line: string | undefined): string | undefined {
  const before = line?.lastIndexOf(')(') ?? -1;
  return before < 0 ? line : line?.slice(before + 2);
}

/** The telegram in a payload, or why it cannot be read. Never throws. */
export function readP1(payload: Uint8Array): P1Telegram | { readonly problem: string } {
  const from = firstVisible(payload);
  const end = payload.indexOf(EXCLAMATION, from);
  if (payload[from] !== SLASH) return { problem: 'a telegram begins with "/"' };
  if (end < 0) return { problem: 'the telegram is cut short: nothing ends it ("!")' };
  const tail = latin1(payload.subarray(end + 1)).trim();
  const problem = checksumProblem(payload.subarray(from, end + 1), tail);
  if (problem !== undefined) return { problem };
  const text = latin1(payload.subarray(from + 1, end));
  const lines = new Map<string, string>();
  let at = lineEnd(text, 0);
  const header = text.slice(0, at).trim();
  for (let count = 0; at < text.length && count < MAX_LINES; count += 1) {
    const next = lineEnd(text, at + 1);
    const bracket = text.indexOf('(', at + 1);
    if (bracket < 0) break;
    const last = bracket < next ? text.lastIndexOf(')', next - 1) : -1;
    if (last > bracket) lines.set(text.slice(at + 1, bracket), text.slice(bracket + 1, last));
    at = next;
  }
  return { header, lines };
}

/** Does a payload look like a telegram, whole or not: a slash, the maker's three letters, and brackets? */
export function looksLikeP1(payload: Uint8Array): boolean {
  const from = firstVisible(payload);
  if (payload[from] !== SLASH || !payload.includes(BRACKET, from)) return false;
  return [1, 2, 3].every((i) => isLetter(payload[from + i] ?? 0));
}

/** CRC-16/ARC (polynomial 8005h, reflected, from 0): over everything from the slash to the exclamation mark, both in. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0;
  // Not for…of: this runs for every byte.
  for (let i = 0; i < bytes.length; i += 1) {
    crc = (crc >>> 8) ^ (crcTable[(crc ^ (bytes[i] ?? 0)) & 0xff] ?? 0);
  }
  return crc;
}

const SLASH = 0x2f;
const EXCLAMATION = 0x21;
const BRACKET = 0x28;
const MAX_LINES = 500;

const crcTable = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1;
  return crc;
});

/**
 * Before DSMR 4 telegrams had no checksum: one without is believed, one with must match. Some gateways take the
 * carriage returns away, over which the meter counted.
 */
function checksumProblem(bytes: Uint8Array, said: string): string | undefined {
  if (said === '') return undefined;
  if (!/^[0-9A-Fa-f]{4}$/.test(said)) {
    return `behind "!" stands ${JSON.stringify(said.slice(0, 20))}, not a checksum and the end`;
  }
  const checksum = Number.parseInt(said, 16);
  const counted = crc16(bytes);
  if (counted === checksum) return undefined;
  const hasReturns = bytes.includes(0x0d);
  if (!hasReturns && crc16(Buffer.from(latin1(bytes).replaceAll('\n', '\r\n'), 'latin1')) === checksum) {
    return undefined;
  }
  const shown = counted.toString(16).toUpperCase().padStart(4, '0');
  return `the checksum is ${said.toUpperCase()}, but the bytes give ${shown}: something was lost or changed on the way`;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function isLetter(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}

function firstVisible(payload: Uint8Array): number {
  let at = 0;
  while ((payload[at] ?? 0xff) <= 0x20) at += 1;
  return at;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

import { crc32 } from 'node:zlib';
import type { Exchange, JournalRecord, PacketRecord } from './journal.ts';

/*
 * One frame, little-endian:
 *   magic u32 │ body bytes u32 │ records u32 │ CRC-32 u32 of the two counts and the body │ body
 * and in the body one after the other:
 *   packet:   1 u8 │ receivedAtMs f64 │ topic bytes u16 │ topic │ payload bytes u32 │ payload
 *   tick:     2 u8 │ atMs f64
 *   signed:   3 u8 │ as packet │ sender bytes u16 │ sender │ client bytes u16 │ client │ packet id u16 (0: no exchange)
 *   released: 4 u8 │ client bytes u16 │ client │ packet id u16
 *   step:     5 u8 │ atMs f64 │ steppedMs f64 (a tick at which the clock was found to have been set)
 *   start:    6 u8 │ atMs f64
 */
export const MAGIC = 0x31_4a_56_4b;
export const HEADER_BYTES = 16;
const PACKET = 1;
const TICK = 2;
const SIGNED = 3;
const RELEASED = 4;
const STEP = 5;
const START = 6;
const TICK_BYTES = 1 + 8;
const STEP_BYTES = 1 + 8 + 8;
const NO_EXCHANGE: Exchange = { client: '', packetId: 0 };
const FIRST_BYTES = 64 * 1024;
/** The room of a larger frame is given back: it was one that had gathered while the disk was away. */
const KEPT_BYTES = 16 * 1024 * 1024;

/** Collects records until they are written as one frame. Grows as needed; the room is used again for the next frame. */
export class FrameWriter {
  private added: JournalRecord[] = [];
  private bytes = Buffer.allocUnsafe(FIRST_BYTES);
  private end = HEADER_BYTES;

  /** @throws RangeError for a text of more than 65,535 bytes (MQTT cannot carry one). */
  add(record: JournalRecord): void {
    switch (record.kind) {
      case 'tick':
        this.reserve(STEP_BYTES);
        this.end = this.bytes.writeUInt8(record.steppedMs === undefined ? TICK : STEP, this.end);
        this.end = this.bytes.writeDoubleLE(record.atMs, this.end);
        if (record.steppedMs !== undefined) this.end = this.bytes.writeDoubleLE(record.steppedMs, this.end);
        break;
      case 'start':
        this.reserve(TICK_BYTES);
        this.end = this.bytes.writeUInt8(START, this.end);
        this.end = this.bytes.writeDoubleLE(record.atMs, this.end);
        break;
      case 'released':
        this.reserve(1 + exchangeBytes(record.exchange));
        this.end = this.bytes.writeUInt8(RELEASED, this.end);
        this.addExchange(record.exchange);
        break;
      case 'packet':
        this.addPacket(record);
    }
    this.added.push(record);
  }

  get records(): number {
    return this.added.length;
  }

  private addPacket({ receivedAtMs, topic, payload, sender, exchange }: PacketRecord): void {
    const isSigned = sender !== undefined || exchange !== undefined;
    const signature = isSigned ? textBytes(sender ?? '') + exchangeBytes(exchange ?? NO_EXCHANGE) : 0;
    this.reserve(1 + 8 + textBytes(topic) + 4 + payload.length + signature);
    this.end = this.bytes.writeUInt8(isSigned ? SIGNED : PACKET, this.end);
    this.end = this.bytes.writeDoubleLE(receivedAtMs, this.end);
    this.addText(topic);
    this.end = this.bytes.writeUInt32LE(payload.length, this.end);
    this.bytes.set(payload, this.end);
    this.end += payload.length;
    if (!isSigned) return;
    this.addText(sender ?? '');
    this.addExchange(exchange ?? NO_EXCHANGE);
  }

  private addExchange({ client, packetId }: Exchange): void {
    this.addText(client);
    this.end = this.bytes.writeUInt16LE(packetId, this.end);
  }

  private addText(text: string): void {
    const bytes = this.bytes.write(text, this.end + 2);
    this.bytes.writeUInt16LE(bytes, this.end);
    this.end += 2 + bytes;
  }

  /** The finished frame. It is overwritten by the next `add` after `clear`. */
  finish(): Buffer {
    this.bytes.writeUInt32LE(MAGIC, 0);
    this.bytes.writeUInt32LE(this.end - HEADER_BYTES, 4);
    this.bytes.writeUInt32LE(this.records, 8);
    this.bytes.writeUInt32LE(checksum(this.bytes.subarray(0, this.end)), 12);
    return this.bytes.subarray(0, this.end);
  }

  /** The records of the frame; they stay as they are when it is cleared. */
  take(): readonly JournalRecord[] {
    return this.added;
  }

  clear(): void {
    this.added = [];
    this.end = HEADER_BYTES;
    if (this.bytes.length > KEPT_BYTES) this.bytes = Buffer.allocUnsafe(FIRST_BYTES);
  }

  private reserve(more: number): void {
    if (this.end + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.end + more));
    this.bytes.copy(larger, 0, 0, this.end);
    this.bytes = larger;
  }
}

/** Whole bytes of the frame that begins here, judged by its header alone; undefined when this is no header. */
export function frameBytes(header: Buffer): number | undefined {
  if (header.length < HEADER_BYTES || header.readUInt32LE(0) !== MAGIC) return undefined;
  return HEADER_BYTES + header.readUInt32LE(4);
}

/** So many of the bytes, from the first on, are whole frames: of those nothing is looked at but their checksums. */
export function wholeFrames(bytes: Buffer): number {
  let at = 0;
  while (at < bytes.length) {
    const length = frameBytes(bytes.subarray(at, at + HEADER_BYTES));
    if (length === undefined || !isWhole(bytes.subarray(at, at + length))) break;
    at += length;
  }
  return at;
}

function isWhole(frame: Buffer): boolean {
  return frameBytes(frame) === frame.length && frame.readUInt32LE(12) === checksum(frame);
}

/** The records of one whole frame; undefined when a single bit of it is not as it was written. */
export function readFrame(frame: Buffer): readonly JournalRecord[] | undefined {
  if (!isWhole(frame)) return undefined;
  const records: JournalRecord[] = [];
  for (let at = HEADER_BYTES; at < frame.length; ) {
    const kind = frame.readUInt8(at);
    if (kind === TICK || kind === START) {
      records.push({ kind: kind === TICK ? 'tick' : 'start', atMs: frame.readDoubleLE(at + 1) });
      at += TICK_BYTES;
      continue;
    }
    if (kind === STEP) {
      const [atMs, steppedMs] = [frame.readDoubleLE(at + 1), frame.readDoubleLE(at + 9)];
      records.push({ kind: 'tick', atMs, steppedMs });
      at += STEP_BYTES;
      continue;
    }
    if (kind === RELEASED) {
      records.push({ kind: 'released', exchange: exchangeAt(frame, at + 1) });
      at = textEnd(frame, at + 1) + 2;
      continue;
    }
    const topicTo = textEnd(frame, at + 9);
    const payloadFrom = topicTo + 4;
    const payloadTo = payloadFrom + frame.readUInt32LE(topicTo);
    const packet: PacketRecord = {
      kind: 'packet',
      receivedAtMs: frame.readDoubleLE(at + 1),
      topic: textAt(frame, at + 9),
      payload: frame.subarray(payloadFrom, payloadTo),
    };
    if (kind === PACKET) {
      records.push(packet);
      at = payloadTo;
      continue;
    }
    const sender = textAt(frame, payloadTo);
    const exchangeFrom = textEnd(frame, payloadTo);
    const exchange = exchangeAt(frame, exchangeFrom);
    records.push({
      ...packet,
      ...(sender === '' ? {} : { sender }),
      ...(exchange.packetId === 0 ? {} : { exchange }),
    });
    at = textEnd(frame, exchangeFrom) + 2;
  }
  return records.length === frame.readUInt32LE(8) ? records : undefined;
}

function exchangeAt(frame: Buffer, at: number): Exchange {
  return { client: textAt(frame, at), packetId: frame.readUInt16LE(textEnd(frame, at)) };
}

function textAt(frame: Buffer, at: number): string {
  return frame.toString('utf8', at + 2, textEnd(frame, at));
}

function textEnd(frame: Buffer, at: number): number {
  return at + 2 + frame.readUInt16LE(at);
}

function exchangeBytes({ client }: Exchange): number {
  return textBytes(client) + 2;
}

function textBytes(text: string): number {
  const bytes = Buffer.byteLength(text);
  if (bytes > 0xffff) throw new RangeError(`a text of ${bytes} bytes cannot be journaled`);
  return 2 + bytes;
}

function checksum(frame: Buffer): number {
  return crc32(frame.subarray(HEADER_BYTES), crc32(frame.subarray(4, 12)));
}

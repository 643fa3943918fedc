import { crc32 } from 'node:zlib';
import type { JournalRecord } from './journal.ts';

/*
 * One frame, little-endian:
 *   magic u32 │ body bytes u32 │ records u32 │ CRC-32 u32 of the two counts and the body │ body
 * and in the body one after the other:
 *   packet: 1 u8 │ receivedAtMs f64 │ topic bytes u16 │ topic │ payload bytes u32 │ payload
 *   tick:   2 u8 │ atMs f64
 */
export const MAGIC = 0x31_4a_56_4b;
export const HEADER_BYTES = 16;
const PACKET = 1;
const TICK = 2;
const PACKET_FIXED_BYTES = 1 + 8 + 2 + 4;
const TICK_BYTES = 1 + 8;
const FIRST_BYTES = 64 * 1024;
/** The room of a larger frame is given back: it was one that had gathered while the disk was away. */
const KEPT_BYTES = 16 * 1024 * 1024;

/** Collects records until they are written as one frame. Grows as needed; the room is used again for the next frame. */
export class FrameWriter {
  records = 0;
  private bytes = Buffer.allocUnsafe(FIRST_BYTES);
  private end = HEADER_BYTES;

  /** @throws RangeError for a topic of more than 65,535 bytes (MQTT cannot carry one). */
  add(record: JournalRecord): void {
    if (record.kind === 'tick') {
      this.reserve(TICK_BYTES);
      this.end = this.bytes.writeUInt8(TICK, this.end);
      this.end = this.bytes.writeDoubleLE(record.atMs, this.end);
    } else {
      const topicBytes = Buffer.byteLength(record.topic);
      if (topicBytes > 0xffff) throw new RangeError(`a topic of ${topicBytes} bytes cannot be journaled`);
      this.reserve(PACKET_FIXED_BYTES + topicBytes + record.payload.length);
      this.end = this.bytes.writeUInt8(PACKET, this.end);
      this.end = this.bytes.writeDoubleLE(record.receivedAtMs, this.end);
      this.end = this.bytes.writeUInt16LE(topicBytes, this.end);
      this.end += this.bytes.write(record.topic, this.end);
      this.end = this.bytes.writeUInt32LE(record.payload.length, this.end);
      this.bytes.set(record.payload, this.end);
      this.end += record.payload.length;
    }
    this.records += 1;
  }

  /** The finished frame. It is overwritten by the next `add` after `clear`. */
  finish(): Buffer {
    this.bytes.writeUInt32LE(MAGIC, 0);
    this.bytes.writeUInt32LE(this.end - HEADER_BYTES, 4);
    this.bytes.writeUInt32LE(this.records, 8);
    this.bytes.writeUInt32LE(checksum(this.bytes.subarray(0, this.end)), 12);
    return this.bytes.subarray(0, this.end);
  }

  clear(): void {
    this.records = 0;
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

/** The records of one whole frame; undefined when a single bit of it is not as it was written. */
export function readFrame(frame: Buffer): readonly JournalRecord[] | undefined {
  if (frameBytes(frame) !== frame.length || frame.readUInt32LE(12) !== checksum(frame)) return undefined;
  const records: JournalRecord[] = [];
  let at = HEADER_BYTES;
  while (at < frame.length) {
    const kind = frame.readUInt8(at);
    const timeMs = frame.readDoubleLE(at + 1);
    if (kind === TICK) {
      records.push({ kind: 'tick', atMs: timeMs });
      at += TICK_BYTES;
      continue;
    }
    const topicFrom = at + 11;
    const topicTo = topicFrom + frame.readUInt16LE(at + 9);
    const payloadFrom = topicTo + 4;
    const payloadTo = payloadFrom + frame.readUInt32LE(topicTo);
    records.push({
      kind: 'packet',
      receivedAtMs: timeMs,
      topic: frame.toString('utf8', topicFrom, topicTo),
      payload: frame.subarray(payloadFrom, payloadTo),
    });
    at = payloadTo;
  }
  return records.length === frame.readUInt32LE(8) ? records : undefined;
}

function checksum(frame: Buffer): number {
  return crc32(frame.subarray(HEADER_BYTES), crc32(frame.subarray(4, 12)));
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameWriter, frameBytes, readFrame } from '../../../src/journal/frame.ts';
import type { JournalRecord } from '../../../src/journal/journal.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const packetId = (min: number) => fc.integer({ min, max: 0xffff });
const packet = {
  kind: fc.constant('packet' as const),
  receivedAtMs: fc.double({ noNaN: true }),
  topic: text,
  payload: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
};
const sender = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
const exchange = fc.record({ client: text, packetId: packetId(1) });
const record: fc.Arbitrary<JournalRecord> = fc.oneof(
  fc.record(packet),
  fc.record({ ...packet, sender }),
  fc.record({ ...packet, exchange }),
  fc.record({ ...packet, sender, exchange }),
  fc.record({
    kind: fc.constant('released' as const),
    exchange: fc.record({ client: text, packetId: packetId(0) }),
  }),
  fc.record({ kind: fc.constant('tick' as const), atMs: fc.double({ noNaN: true }) }),
  fc.record({
    kind: fc.constant('tick' as const),
    atMs: fc.double({ noNaN: true }),
    steppedMs: fc.double({ noNaN: true }),
  }),
);

function frameOf(records: readonly JournalRecord[]): Buffer {
  const writer = new FrameWriter();
  for (const item of records) writer.add(item);
  return Buffer.from(writer.finish());
}

describe('a frame', () => {
  it('gives back the records that were put in', () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 20 }), (records) => {
        const frame = frameOf(records);
        expect(frameBytes(frame)).toBe(frame.length);
        expect(readFrame(frame)).toEqual(records);
      }),
    );
  });

  it('is refused when any one bit of it is another', () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 5 }), fc.nat(), (records, nat) => {
        const frame = frameOf(records);
        const bit = nat % (frame.length * 8);
        frame[bit >> 3]! ^= 1 << (bit & 7);
        expect(readFrame(frame)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });

  it('grows past its first room and is used again', () => {
    const writer = new FrameWriter();
    const large = { kind: 'packet' as const, receivedAtMs: 1, topic: 't', payload: Buffer.alloc(300_000, 7) };
    writer.add(large);
    expect(readFrame(Buffer.from(writer.finish()))).toEqual([large]);
    writer.clear();
    const after: JournalRecord[] = [
      { kind: 'tick', atMs: 5 },
      { kind: 'start', atMs: 6 },
    ];
    for (const record of after) writer.add(record);
    expect(readFrame(Buffer.from(writer.finish()))).toEqual(after);
  });
});

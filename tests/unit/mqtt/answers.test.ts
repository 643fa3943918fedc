import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Answers, subackOf } from '../../../src/mqtt/downstream/answers.ts';
import { repeatsOf } from '../../../src/mqtt/guard/guard-repeats.ts';
import { packet, text } from './guard-bytes.ts';

function open() {
  const stream = new PassThrough();
  return {
    stream,
    sent: () => Buffer.from(stream.read() ?? []),
    answers: new Answers(stream),
  };
}

const id = [0, 7];
const body = (...filters: readonly (readonly [string, number])[]) =>
  Buffer.concat([Buffer.from(id), ...filters.flatMap(([filter, qos]) => [text(filter), Buffer.from([qos])])]);

describe('a SUBSCRIBE that names a filter twice', () => {
  it('is told from one that does not', () => {
    const once = body(['a', 0], ['b', 1]);
    expect(repeatsOf(once, 0, once.length)).toBeUndefined();
    const twice = body(['a', 0], ['b', 1], ['a', 2]);
    expect(repeatsOf(twice, 0, twice.length)).toEqual({
      packetId: 7,
      filters: [
        { place: 0, qos: 0 },
        { place: 1, qos: 1 },
        { place: 0, qos: 2 },
      ],
    });
  });

  it.each([[[1]], [[2, 3]], [[1000]]])(
    'is answered for each filter, in chunks of %j, and nothing else is touched',
    (sizes) => {
      const { stream, sent, answers } = open();
      const asked = body(['a', 0], ['b', 1], ['a', 2], ['b', 0]);
      const repeats = repeatsOf(asked, 0, asked.length);
      if (!repeats) throw new Error('it names filters twice');
      answers.edit(subackOf(repeats));
      const before = Buffer.concat([packet(0x30, text('t'), [0x90, 4]), packet(0x90, [0, 8], [0, 0])]);
      const after = packet(0x40, id);
      const all = Buffer.concat([before, packet(0x90, id, [2, 0x80]), after]);
      for (let at = 0, turn = 0; at < all.length; turn++) {
        const size = sizes[turn % sizes.length] ?? 1;
        stream.write(all.subarray(at, at + size));
        at += size;
      }
      expect(sent()).toEqual(Buffer.concat([before, packet(0x90, id, [0, 0x80, 2, 0x80]), after]));
    },
  );
});

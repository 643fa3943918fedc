import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Credit, isEnough, spend } from '../../../src/mqtt/bounds/credit.ts';
import { defaultLimits, PacketGate } from '../../../src/mqtt/guard/guard-gate.ts';
import { chunksOf, connect, packet, text } from './guard-bytes.ts';

const [PUBLISH, PUBACK, SUBSCRIBE, PINGREQ] = [3, 4, 8, 12];
const plenty: Credit = { room: 9, roomBytes: 9, tokens: 9, tokenBytes: 9, floor: 0 };

describe('credit', () => {
  it.each<[string, Partial<Credit>, number[], number[]]>([
    ['nothing is short', {}, [PUBLISH, PUBACK, SUBSCRIBE, PINGREQ], []],
    ['there is no room', { room: 0 }, [PUBACK, SUBSCRIBE, PINGREQ], [PUBLISH]],
    ['there is no room for bytes', { roomBytes: 0 }, [PUBACK, SUBSCRIBE, PINGREQ], [PUBLISH]],
    ['the rate is used up', { tokens: 0, floor: -5 }, [PUBACK, PINGREQ], [PUBLISH, SUBSCRIBE]],
    ['the bytes are used up', { tokenBytes: 0 }, [PUBACK, PINGREQ], [PUBLISH, SUBSCRIBE]],
    ['pings are the flood', { tokens: -5, floor: -5 }, [], [PUBLISH, PUBACK, SUBSCRIBE, PINGREQ]],
  ])('when %s, lets through what it may', (_, short, passing, waiting) => {
    const credit = () => ({ ...plenty, ...short });
    for (const type of passing) expect([type, isEnough(credit(), type)]).toEqual([type, true]);
    for (const type of waiting) expect([type, spend(credit(), type, 1)]).toEqual([type, false]);
  });

  it('pays for bytes in arrears, so that a packet may be larger than what is left', () => {
    const credit = { ...plenty };
    expect(spend(credit, PUBLISH, 100)).toBe(true);
    expect(credit).toEqual({ room: 8, roomBytes: -91, tokens: 8, tokenBytes: -91, floor: 0 });
    expect(spend(credit, PUBLISH, 1)).toBe(false);
  });

  it('however small, changes neither the packets nor their order', () => {
    const one = fc.oneof(
      fc.nat(60).map((size) => packet(0x30, text('t'), Buffer.alloc(size, size))),
      fc.constant(packet(0xc0)),
      fc.constant(packet(0x82, [0, 1], text('f'), [0])),
    );
    const sizes = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 20 }), sizes, fc.nat(3), (packets, cuts, room) => {
        const sent = Buffer.concat([connect(), ...packets]);
        const gate = new PacketGate(defaultLimits);
        const passed: Buffer[] = [];
        // What a stream does: what is given back stands before what comes.
        let waiting: Buffer = Buffer.alloc(0);
        const take = (credit: Credit) => {
          passed.push(gate.pass(waiting, credit) ?? Buffer.alloc(0));
          waiting = gate.rest ?? Buffer.alloc(0);
        };
        for (const chunk of chunksOf(sent, cuts)) {
          waiting = Buffer.concat([waiting, chunk]);
          take({ ...plenty, room, roomBytes: 1e9, tokens: 1 + room, tokenBytes: 1e9 });
        }
        while (waiting.length > 0) take({ ...plenty, room: 1, tokens: 1 });
        expect(Buffer.concat(passed)).toEqual(sent);
        expect(gate.packets).toBe(1 + packets.length);
      }),
    );
  });
});

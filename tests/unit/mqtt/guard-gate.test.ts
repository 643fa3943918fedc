import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultLimits, PacketGate } from '../../../src/mqtt/guard/guard-gate.ts';
import { chunksOf, connect, packet, text } from './guard-bytes.ts';
import { allowed, answered, breaches, connectBreaches } from './guard-cases.ts';

/** The parser's own other half, as aedes has it: what it writes is what aedes can be sent. */
const { generate }: { generate: (packet: object) => Buffer } = createRequire(
  createRequire(import.meta.url).resolve('aedes'),
)('mqtt-packet');

/** What one client's chunks become, and what stopped them. */
function through(chunks: readonly Buffer[], limits = defaultLimits) {
  const gate = new PacketGate(limits);
  const passed = chunks.flatMap((chunk) => {
    const parts = [gate.pass(chunk)];
    while (gate.rest) {
      gate.isUnsubscribing = false;
      parts.push(gate.pass(gate.rest));
    }
    return parts.map((part) => part ?? Buffer.alloc(0));
  });
  return { passed: Buffer.concat(passed), violation: gate.violation };
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
const isLegal = (name: string) =>
  name !== '' && !/[+#\0]/.test(name) && Buffer.byteLength(name) <= 1024 && name.split('/').length <= 64;
const topic = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter(isLegal);
const word = fc.string({ unit: 'grapheme', maxLength: 20 });
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const messageId = fc.integer({ min: 1, max: 65_535 });
const qos = fc.constantFrom(0, 1, 2);
const filter = fc.oneof(
  topic,
  topic.map((name) => `${name}/#`),
  topic.map((name) => `+/${name}/+`),
  fc.constantFrom('#', '+'),
);

const connecting = fc.record({
  cmd: fc.constant('connect'),
  protocolId: fc.constant('MQTT'),
  protocolVersion: fc.constant(4),
  clean: fc.constant(true),
  keepalive: fc.nat(65_535),
  clientId: word,
  username: word.filter((name) => name !== ''),
  password: bytes,
  will: fc.record({ topic, payload: bytes, qos, retain: fc.boolean() }),
});
const following = fc.oneof(
  fc
    .record({ topic, payload: bytes, qos, retain: fc.boolean(), dup: fc.boolean(), messageId })
    .map((fields) => ({ cmd: 'publish', ...fields, dup: fields.dup && fields.qos > 0 })),
  fc.record({ cmd: fc.constantFrom('puback', 'pubrec', 'pubrel', 'pubcomp'), messageId }),
  fc.record({
    cmd: fc.constant('subscribe'),
    messageId,
    subscriptions: fc.array(fc.record({ topic: filter, qos }), { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    cmd: fc.constant('unsubscribe'),
    messageId,
    unsubscriptions: fc.array(filter, { minLength: 1, maxLength: 4 }),
  }),
  fc.constant({ cmd: 'pingreq' }),
);
const session = fc
  .tuple(connecting, fc.array(following, { maxLength: 12 }))
  .map(([first, rest]) => Buffer.concat([first, ...rest].map((each) => generate(each))));

describe('the packet gate', () => {
  it.each(connectBreaches)('refuses, as the first packet, %s [%s]', (_, clause, sent) => {
    for (const chunks of [[sent], chunksOf(sent, [1])]) {
      const { passed, violation } = through(chunks);
      expect(passed).toHaveLength(0);
      expect(violation).toEqual({ clause, detail: expect.any(String) });
    }
  });

  it.each(answered)('has an answer to %s [%s]', (_, clause, sent, returnCode) => {
    expect(through([sent])).toMatchObject({ passed: Buffer.alloc(0), violation: { clause, returnCode } });
  });

  it.each(breaches)('refuses, after CONNECT, %s [%s]', (_, clause, sent) => {
    const before = Buffer.concat([connect(), packet(0xc0)]);
    const behind = packet(0x30, text('never'));
    for (const chunks of [
      [Buffer.concat([before, sent, behind])],
      chunksOf(Buffer.concat([before, sent, behind]), [1]),
    ]) {
      expect(through(chunks)).toMatchObject({ passed: before, violation: { clause } });
    }
  });

  it.each(allowed)('lets through %s', (_, sent) => {
    const stream = sent[0] === 0x10 ? sent : Buffer.concat([connect(), sent]);
    expect(through([stream])).toEqual({ passed: stream, violation: undefined });
  });

  it('lets through whatever mqtt-packet writes, unchanged, however it is cut', () => {
    fc.assert(
      fc.property(session, sizes, (stream, cuts) => {
        expect(through(chunksOf(stream, cuts))).toEqual({ passed: stream, violation: undefined });
      }),
    );
  });

  it('decides the same about mutated streams, however they are cut, and never throws', () => {
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(session, edits, sizes, (stream, changes, cuts) => {
        for (const [at, byte] of changes) stream[at % stream.length] = byte;
        const whole = through([Buffer.from(stream)]);
        expect(through(chunksOf(stream, cuts))).toEqual(whole);
        expect(stream.subarray(0, whole.passed.length)).toEqual(whole.passed);
      }),
      { numRuns: 2000, seed: 20_261_124 },
    );
  });

  it('never throws at random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), sizes, (noise, cuts) => {
        const stream = Buffer.concat([connect(), noise]);
        expect(through(chunksOf(stream, cuts))).toEqual(through([stream]));
      }),
      { numRuns: 2000, seed: 20_261_124 },
    );
  });

  it('parts what follows an UNSUBSCRIBE from it, for aedes to handle it afterwards', () => {
    const gate = new PacketGate(defaultLimits);
    const first = Buffer.concat([connect(), packet(0xa2, [0, 1], text('a')), packet(0xc0)]);
    const second = Buffer.concat([packet(0x82, [0, 2], text('a'), [0]), packet(0xc0)]);
    expect(gate.pass(Buffer.concat([first, second]))).toEqual(first);
    expect(gate.rest).toEqual(second);
    gate.isUnsubscribing = false;
    expect(gate.pass(second)).toEqual(second);
    expect(gate.rest).toBeUndefined();
  });

  it('hands on views of the chunk, not copies', () => {
    const gate = new PacketGate(defaultLimits);
    const whole = Buffer.concat([connect(), packet(0x30, text('t'))]);
    expect(gate.pass(whole)).toBe(whole);
    const cut = Buffer.concat([packet(0xc0), Buffer.from([0x30])]);
    const passed = gate.pass(cut);
    expect(passed?.buffer).toBe(cut.buffer);
    expect(passed?.byteOffset).toBe(cut.byteOffset);
  });

  it('refuses a packet over the limit by its header, and takes one of just the limit', () => {
    const limits = { ...defaultLimits, maxPacketBytes: 1000 };
    const largest = packet(0x30, text('t'), Buffer.alloc(1000 - 3 - 3));
    expect(largest).toHaveLength(1000);
    expect(through([connect(), ...chunksOf(largest, [7])], limits).violation).toBeUndefined();
    const larger = packet(0x30, text('t'), Buffer.alloc(1000 - 3 - 3 + 1));
    expect(through([connect(), larger.subarray(0, 3)], limits).violation).toEqual({
      clause: 'mqtt.maxPacketKb',
      detail: 'packet of 1001 bytes, at most 1000',
    });
  });

  it('takes a large packet that comes byte by byte', () => {
    const large = packet(0x30, text('t'), Buffer.alloc(200_000, 7));
    const { passed, violation } = through([connect(), ...chunksOf(large, [1])]);
    expect(violation).toBeUndefined();
    expect(passed.equals(Buffer.concat([connect(), large]))).toBe(true);
  });

  it('lets nothing through behind a DISCONNECT [MQTT-3.14.4-2]', () => {
    const farewell = Buffer.concat([connect(), packet(0xe0)]);
    const late = packet(0x30, text('late'));
    expect(through([Buffer.concat([farewell, late]), late])).toEqual({
      passed: farewell,
      violation: undefined,
    });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, formats } from '../../../src/decode/index.ts';

const context = { modelOf: () => undefined };

describe.each(formats.map((format) => [format.name, format] as const))('%s', (_name, format) => {
  it.each(format.examples.map((example) => [example.says, example] as const))(
    'decodes %s',
    (_says, example) => {
      const payload = Buffer.from(example.payload);
      const decoded = decode({ topic: example.topic, payload, receivedAtMs: 0 }, context);
      expect(decoded).toEqual({ measurements: example.expect, problems: [] });
    },
  );

  it('never throws, whatever the bytes', () => {
    const payloads = fc.oneof(
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      fc.json().map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(payloads, (payload) => {
        decode({ topic: 'kvarter/d/up', payload, receivedAtMs: 0 }, context);
      }),
      { numRuns: 10_000 },
    );
  });
});

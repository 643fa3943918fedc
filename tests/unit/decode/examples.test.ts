import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, formats } from '../../../src/decode/index.ts';
import { models } from '../../../src/decode/models.ts';
import { contextOf } from './context.ts';

describe.each(formats.map((format) => [format.name, format] as const))('the format %s', (_name, format) => {
  it.each(format.examples.map((example) => [example.says, example] as const))(
    'decodes %s',
    (_says, { topic, payload, models = {}, expect: measurements }) => {
      const input = { topic, payload: Buffer.from(payload), receivedAtMs: 0 };
      expect(decode(input, contextOf(models))).toEqual({ measurements, problems: [] });
    },
  );

  it('has examples', () => {
    expect(format.examples.length).toBeGreaterThan(1);
  });
});

describe.each(models.map((model) => [model.name, model] as const))('the model %s', (_name, model) => {
  it.each(model.examples)('decodes $hex', ({ hex, port, expect: values }) => {
    expect(model.decode(bytesOf(hex), port)).toEqual({ values });
  });

  it.each(model.examples)(
    'reads $hex up to where it is cut short, and says so',
    ({ hex, port, expect: values }) => {
      const fields = hex.split(' ');
      const ends = new Set(fields.map((_, i) => bytesOf(fields.slice(0, i).join(' ')).length));
      const bytes = bytesOf(hex);
      for (let length = 0; length < bytes.length; length += 1) {
        const decoded = model.decode(Uint8Array.from(bytes.subarray(0, length)), port);
        expect(decoded.values).toEqual(values.slice(0, decoded.values.length));
        if (!ends.has(length)) expect(decoded.problem).toMatch(/cut short|left out/);
      }
    },
  );
});

describe('whatever the bytes, nothing throws', () => {
  const noise = fc.oneof(
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc.json().map((text) => Buffer.from(text)),
  );
  const context = contextOf({ elsys: 'elsys', em400: 'em400', other: 'other' });

  it('on any topic, the claimed ones first', () => {
    const claimed = formats.flatMap(({ examples }) => examples.map(({ topic }) => topic));
    const topics = fc.oneof(fc.constantFrom(...claimed), fc.string());
    fc.assert(
      fc.property(topics, noise, (topic, payload) => {
        decode({ topic, payload, receivedAtMs: 0 }, context);
      }),
      { numRuns: 10_000 },
    );
  });

  it('with a field of an example replaced by anything', () => {
    const cases = formats.flatMap(({ examples }) =>
      examples.flatMap(({ topic, payload }) =>
        paths(JSON.parse(payload)).map((path) => ({ topic, payload, path })),
      ),
    );
    fc.assert(
      fc.property(fc.constantFrom(...cases), fc.jsonValue(), ({ topic, payload, path }, value) => {
        const text = JSON.stringify(replaced(JSON.parse(payload), path, value));
        const decoded = decode({ topic, payload: Buffer.from(text), receivedAtMs: 0 }, context);
        for (const { value, atMs = 0 } of decoded.measurements) {
          expect(value).toBeTypeOf('number');
          expect(new Date(atMs).getTime()).toBe(atMs);
        }
      }),
      { numRuns: 5_000 },
    );
  });

  it('by the bytes of each model', () => {
    const device = fc.constantFrom('elsys', 'em400', 'other', 'unheard-of');
    fc.assert(
      fc.property(device, fc.uint8Array({ maxLength: 60 }), (id, bytes) => {
        const data = Buffer.from(bytes).toString('base64');
        const payload = Buffer.from(JSON.stringify({ deviceInfo: {}, fPort: 1, data }));
        decode({ topic: `application/a/device/${id}/event/up`, payload, receivedAtMs: 0 }, context);
      }),
      { numRuns: 10_000 },
    );
  });

  it.each(formats.flatMap(({ examples }) => examples.slice(0, 1).map(({ topic }) => topic)))(
    'with a time nested deeper than the stack on %s',
    (topic) => {
      const deep = '['.repeat(100_000) + ']'.repeat(100_000);
      const fields = `"time":${deep},"received_at":${deep},"t":${deep},"deviceInfo":{},"uplink_message":{}`;
      const payload = Buffer.from(`{${fields},"id":"a","data":{"P":1,"rtc":${deep}},"values":{}}`);
      const decoded = decode({ topic, payload, receivedAtMs: 0 }, context);
      expect(decoded.problems.map(({ code }) => code)).toEqual(['invalid-time']);
    },
  );
});

function bytesOf(hex: string): Uint8Array {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex');
}

type Path = readonly string[];

function paths(value: unknown): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    [name],
    ...paths(inner).map((path) => [name, ...path]),
  ]);
}

function replaced(object: Record<string, unknown>, [name = '', ...rest]: Path, value: unknown): unknown {
  const inner = rest.length === 0 ? value : replaced(object[name] as Record<string, unknown>, rest, value);
  return Array.isArray(object)
    ? object.map((item, i) => (String(i) === name ? inner : item))
    : { ...object, [name]: inner };
}

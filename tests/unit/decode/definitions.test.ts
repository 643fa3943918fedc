import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Carried, Encoded, FormatExample, Value } from '../../../src/decode/decode.ts';
import { currentOf } from '../../../src/decode/fields.ts';
import { decode, formats } from '../../../src/decode/index.ts';
import { models } from '../../../src/decode/models.ts';
import { isQuantity, quantities } from '../../../src/domain/quantity.ts';
import { contextOf } from './context.ts';

/** Every definition keeps what decode.ts promises. A new one needs no test of its own for this. */

const RUNS = 10_000;

describe.each(formats.map((format) => [format.name, format] as const))('the format %s', (_name, format) => {
  const context = contextOf(Object.assign({}, ...format.examples.map(({ models }) => models ?? {})));
  const named =
    format.examples.flatMap(({ expect: [first] }) => (first ? [first.device] : []))[0] ?? 'device';
  const device = context.deviceId([named]) ?? named;

  it.each(format.examples.map((example) => [example.says, example] as const))(
    'decodes %s',
    (_says, { payload, models = {}, expect: measurements, timeFrom, ...packet }) => {
      const read = decode({ ...packet, payload: Buffer.from(payload), receivedAtMs: 0 }, contextOf(models));
      expect({ measurements: read.measurements, problems: read.problems }).toEqual({
        measurements,
        problems: [],
      });
      if (timeFrom !== undefined) expect(read.timeFrom).toBe(timeFrom);
      if (measurements.length > 0) expect(read.timeFrom).toBeDefined();
    },
  );

  it('has examples, and says what it carries', () => {
    expect(format.examples.length).toBeGreaterThan(1);
    expect(format.carries.length).toBeGreaterThan(0);
    expectPossible(format.carries);
  });

  it('decodes what it encodes, in whole seconds', () => {
    const seconds = fc.integer({ min: 1_000_000_000, max: 4_000_000_000 }).map((second) => second * 1000);
    fc.assert(
      fc.property(seconds, valuesOf(format.carries), (atMs, values) => {
        const measurements = format.encode({ device, atMs, values }).flatMap(({ topic, payload }) => {
          const read = decode({ topic, payload, receivedAtMs: atMs }, context);
          expect(read.problems).toEqual([]);
          return read.measurements;
        });
        for (const measurement of measurements) {
          expect(measurement.device).toBe(device);
          expect(measurement.atMs ?? atMs).toBe(atMs);
        }
        expectSame(measurements, values, format.carries);
      }),
    );
  });

  if (format.handsOnBytes) {
    it.each(models.map((model) => [model.name, model] as const))(
      'hands on the bytes of %s',
      (name, { encode, carries }) => {
        const atMs = Date.UTC(2026, 0, 15, 7, 15);
        fc.assert(
          fc.property(valuesOf(carries), (values) => {
            const raw = encode(values);
            fc.pre(raw.bytes.length > 0);
            const [packet, ...others] = format.encode({ device, atMs, values: [], raw });
            expect(others).toEqual([]);
            const read = decoded(packet, { [device]: name });
            expect(read.problems).toEqual([]);
            expectSame(
              read.measurements.filter((one) => one.atMs === atMs),
              values,
              carries,
            );
          }),
          { numRuns: 20 },
        );
      },
    );
  }

  it('takes any bytes on its topics: nothing throws, and little grows to no more than a little', () => {
    fc.assert(
      fc.property(fc.constantFrom(...format.examples), noise(format.examples), (example, payload) => {
        const input = { ...example, payload, receivedAtMs: 0 };
        const { measurements, problems } = format.decode(input, context);
        format.recognises?.(payload, example.topic);
        for (const { value, atMs = 0 } of measurements) {
          expect(value).toBeTypeOf('number');
          expect(new Date(atMs).getTime()).toBe(atMs);
        }
        expect(measurements.length + problems.length).toBeLessThanOrEqual(32 + payload.length);
      }),
      { numRuns: RUNS },
    );
  });

  const objects = format.examples.flatMap((example) => {
    const object = objectOf(example.payload);
    return object === undefined ? [] : [{ example, object, paths: [...paths(object)] }];
  });

  it.each(objects.map(({ example, ...rest }) => [example.says, example, rest] as const))(
    'ignores fields that it does not know: %s',
    (_says, { models = {}, expect: measurements, ...packet }, { object }) => {
      const payload = Buffer.from(JSON.stringify(withStrangers(object)));
      const read = decode({ ...packet, payload, receivedAtMs: 0 }, contextOf(models));
      expect(read.measurements).toEqual(measurements);
    },
  );

  it.each(objects.map(({ example, ...rest }) => [example.says, example, rest] as const))(
    'makes no zero of what is not there, and no stack overflow of what is deep: %s',
    (_says, { models = {}, expect: all, ...packet }, { object, paths: places }) => {
      const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
      for (const path of places) {
        for (const text of [
          JSON.stringify(replaced(object, path, undefined)),
          JSON.stringify(replaced(object, path, null)),
          JSON.stringify(replaced(object, path, '@')).replace('"@"', deep),
        ]) {
          const input = { ...packet, payload: Buffer.from(text), receivedAtMs: 0 };
          const read = decode(input, contextOf(models));
          const zeros = read.measurements.filter(({ value }) => value === 0);
          for (const { quantity, channel } of zeros) {
            const there = all.filter((one) => one.quantity === quantity && one.channel === channel);
            expect(
              there.map(({ value }) => value),
              `${path.join('/')} of ${text.slice(0, 500)}`,
            ).toContain(0);
          }
        }
      }
    },
  );
});

describe.each(models.map((model) => [model.name, model] as const))('the model %s', (_name, model) => {
  it.each(model.examples)('decodes $hex', ({ hex, port, expect: values, clockMs }) => {
    expect(model.decode(bytesOf(hex), port)).toEqual({
      values,
      ...(clockMs === undefined ? {} : { clockMs }),
    });
  });

  it.each(model.examples)(
    'reads $hex up to where it is cut short, and says so',
    ({ hex, port, expect: values }) => {
      const fields = hex.split(' ');
      const ends = new Set(fields.map((_, i) => bytesOf(fields.slice(0, i).join(' ')).length));
      const bytes = bytesOf(hex);
      for (let length = 0; length < bytes.length; length += 1) {
        const read = model.decode(Uint8Array.from(bytes.subarray(0, length)), port);
        expect(read.values).toEqual(values.slice(0, read.values.length));
        if (!ends.has(length)) expect(read.problem).toMatch(/cut short|left out/);
      }
    },
  );

  it('has an example, and says what it carries', () => {
    expect(model.examples.length).toBeGreaterThan(0);
    expect(model.carries.length).toBeGreaterThan(0);
    expectPossible(model.carries);
  });

  it('decodes what it encodes', () => {
    fc.assert(
      fc.property(valuesOf(model.carries), (values) => {
        const { port, bytes } = model.encode(values);
        const { values: read, problem } = model.decode(bytes, port);
        if (bytes.length > 0) expect(problem).toBeUndefined();
        expectSame(
          read.filter((one) => currentOf([one], one) !== undefined),
          values,
          model.carries,
        );
      }),
      { numRuns: 500 },
    );
  });

  it('takes any bytes on any port: nothing throws, and little grows to no more than a little', () => {
    const ports = fc.oneof(fc.constantFrom(...model.examples.map(({ port }) => port)), fc.nat(255));
    const payloads = fc.oneof(
      fc.uint8Array({ maxLength: 260 }),
      ...model.examples.map(({ hex }) => scrambled(bytesOf(hex))),
    );
    fc.assert(
      fc.property(payloads, ports, (bytes, port) => {
        const { values } = model.decode(bytes, port);
        expect(values.length).toBeLessThanOrEqual(32 + 8 * bytes.length);
        for (const { value } of values) expect(value).toBeTypeOf('number');
      }),
      { numRuns: RUNS },
    );
  });
});

it('no bytes on a topic of the world throw', () => {
  const context = contextOf({});
  const payloads = noise(formats.flatMap(({ examples }) => examples));
  fc.assert(
    fc.property(fc.string(), payloads, (topic, payload) => {
      decode({ topic, payload, receivedAtMs: 0 }, context);
    }),
    { numRuns: RUNS },
  );
});

/** Some of the values that it carries, on the grid of what it can tell; groups as a whole. */
function valuesOf(carries: readonly Carried[]): fc.Arbitrary<readonly Value[]> {
  const modes = [...new Set(carries.flatMap(({ mode }) => mode ?? []))];
  if (modes.length === 0) return valuesOfOneMode(carries);
  return fc.oneof(
    ...modes.map((only) =>
      valuesOfOneMode(carries.filter(({ mode }) => mode === undefined || mode === only)),
    ),
  );
}

function valuesOfOneMode(carries: readonly Carried[]): fc.Arbitrary<readonly Value[]> {
  const groups = Map.groupBy(
    carries,
    ({ group, quantity, channel }) => group ?? `${quantity}|${channel ?? ''}`,
  );
  return fc
    .tuple(
      ...[...groups.values()].map((group) => {
        const values = fc.tuple(...group.map(someValue));
        return group.some(({ always }) => always) ? values : fc.option(values, { nil: [] });
      }),
    )
    .map((chosen) => chosen.flat());
}

function someValue({ quantity, channel, step, min, max }: Carried): fc.Arbitrary<Value> {
  const perUnit = Math.round(1 / step);
  const isFraction = step < 1 && Math.abs(perUnit * step - 1) < 1e-9;
  return fc
    .integer({ min: Math.ceil(min / step - 1e-9), max: Math.floor(max / step + 1e-9) })
    .map((steps) => ({
      quantity,
      ...(channel === undefined ? {} : { channel }),
      value: (isFraction ? steps / perUnit : steps * step) + 0,
    }));
}

function expectSame(read: readonly Value[], given: readonly Value[], carries: readonly Carried[]): void {
  const point = ({ quantity, channel }: Pick<Value, 'quantity' | 'channel'>) =>
    `${quantity}|${channel ?? ''}`;
  expect(read.map(point).toSorted()).toEqual(given.map(point).toSorted());
  for (const value of given) {
    const { step = 0 } = carries.find((one) => point(one) === point(value)) ?? {};
    const same = read.find((one) => point(one) === point(value));
    expect(Math.abs((same?.value ?? Number.NaN) - value.value), point(value)).toBeLessThanOrEqual(
      step / 2 + Math.abs(value.value) * 1e-12,
    );
  }
}

function expectPossible(carries: readonly Carried[]): void {
  for (const { quantity, step, min, max } of carries) {
    expect(step).toBeGreaterThan(0);
    expect(max).toBeGreaterThanOrEqual(min);
    expect(isQuantity(quantity)).toBe(true);
    expect(min, quantity).toBeGreaterThanOrEqual(quantities[quantity].min);
    expect(max, quantity).toBeLessThanOrEqual(quantities[quantity].max);
  }
}

function noise(examples: readonly FormatExample[]): fc.Arbitrary<Buffer> {
  const payloads = examples.map(({ payload }) => payload);
  const objects = payloads.flatMap((payload) => {
    const object = objectOf(payload);
    return object === undefined ? [] : [...paths(object)].map((path) => ({ object, path }));
  });
  const changed =
    objects.length === 0
      ? []
      : [
          fc
            .tuple(fc.constantFrom(...objects), fc.jsonValue())
            .map(([{ object, path }, value]) => Buffer.from(JSON.stringify(replaced(object, path, value)))),
        ];
  return fc.oneof(
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc.json().map((text) => Buffer.from(text)),
    ...payloads
      .slice(0, 5)
      .map((payload) => scrambled(Buffer.from(payload)).map((bytes) => Buffer.from(bytes))),
    ...changed,
  );
}

/** Bytes with some of them changed, cut, or said twice. */
function scrambled(bytes: Uint8Array): fc.Arbitrary<Uint8Array> {
  const places = fc.array(fc.tuple(fc.nat(Math.max(bytes.length - 1, 0)), fc.nat(255)), { maxLength: 4 });
  return fc.tuple(places, fc.nat(bytes.length), fc.nat(bytes.length)).map(([changes, from, to]) => {
    const copy = Uint8Array.from(bytes);
    for (const [at, value] of changes) copy[at] = value;
    return from < to ? copy.slice(from, to) : Uint8Array.from([...copy, ...copy.slice(to)]);
  });
}

function bytesOf(hex: string): Uint8Array {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex');
}

/** The payload as JSON; undefined for what is none. */
function objectOf(payload: string | Uint8Array): object | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload).toString());
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

type Path = readonly string[];

function* paths(value: unknown): Generator<Path> {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    yield [name];
    for (const path of paths(inner)) yield [name, ...path];
  }
}

function replaced(object: object, [name = '', ...rest]: Path, value: unknown): unknown {
  const inner =
    rest.length === 0 ? value : replaced((object as Record<string, object>)[name] ?? {}, rest, value);
  return Array.isArray(object)
    ? object.map((item, i) => (String(i) === name ? inner : item))
    : { ...object, [name]: inner };
}

/** A field that no format has, in every object. */
function withStrangers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withStrangers);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, inner]) => [name, withStrangers(inner)]);
  return { ...Object.fromEntries(fields), xStrangeField: 'x' };
}

function decoded(packet: Encoded | undefined, models: Readonly<Record<string, string>>) {
  if (!packet) throw new Error('nothing was encoded');
  return decode({ ...packet, receivedAtMs: 0 }, contextOf(models));
}

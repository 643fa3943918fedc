import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMapping } from '../../../src/decode/mapping.ts';
import { mappingSchema } from '../../../src/decode/mapping-schema.ts';
import { contextOf } from './context.ts';

const receivedAtMs = Date.UTC(2026, 0, 15, 7, 20);

function mapping(spec: object) {
  const format = createMapping(
    mappingSchema.parse({ name: 'acme', topics: ['acme/{device}/data'], ...spec }),
  );
  return {
    format,
    read: (payload: unknown, topic = 'acme/room-7/data', models = {}) => {
      const input = { topic, payload: Buffer.from(JSON.stringify(payload)), receivedAtMs };
      return format.decode(input, contextOf(models));
    },
  };
}
const values = ({
  measurements,
}: {
  measurements: readonly { quantity: string; channel?: string; value: number }[];
}) => measurements.map(({ quantity, channel, value }) => [quantity, channel, value]);
const temperature = { pointer: '/t', quantity: 'airTemperatureC' };

describe('a value of a mapping', () => {
  it.each([
    ['as it is', {}, 21.5, 21.5],
    ['quoted as text', {}, '21.5', 21.5],
    ['scaled', { scale: 0.1 }, 215, 21.5],
    ['scaled and shifted', { scale: 0.5, offset: -10 }, 63, 21.5],
    ['in another unit', { unit: '°F' }, 70.7, 21.5],
    ['scaled in another unit', { unit: '°F', scale: 0.1 }, 707, 21.5],
    ['a word', { words: { warm: 25 } }, 'warm', 25],
    ['true as a word', { words: { true: 25 } }, true, 25],
  ])('%s', (_says, said, raw, value) => {
    expect(values(mapping({ values: [{ ...temperature, ...said }] }).read({ t: raw }))).toEqual([
      ['airTemperatureC', undefined, value],
    ]);
  });

  it.each([
    ['null', null],
    ['the mark of a missing one', -999],
  ])('is no reading when it is %s', (_says, t) => {
    expect(mapping({ values: [{ ...temperature, missing: [-999] }] }).read({ t })).toMatchObject({
      measurements: [],
      problems: [],
    });
  });

  it.each([['warm'], [{}], [[]]])('%j is a problem, and harms no other', (t) => {
    const { read } = mapping({ values: [temperature, { pointer: '/h', quantity: 'relativeHumidityPct' }] });
    const decoded = read({ t, h: 40 });
    expect(values(decoded)).toEqual([['relativeHumidityPct', undefined, 40]]);
    expect(decoded.problems).toMatchObject([{ code: 'impossible-value', device: 'room-7' }]);
  });

  it('keeps the full resolution of a register', () => {
    const { read } = mapping({ values: [{ pointer: '', quantity: 'activeEnergyWh', unit: 'kWh' }] });
    expect(values(read(6678.394))).toEqual([['activeEnergyWh', undefined, 6_678_394]]);
  });
});

describe('conditions', () => {
  it.each([
    [{ equals: 'a' }, 'a', true],
    [{ equals: 'a' }, 'b', false],
    [{ equals: null }, null, true],
    [{ oneOf: [1, 2] }, 2, true],
    [{ oneOf: [1, 2] }, '2', false],
    [{ exists: true }, 0, true],
    [{ exists: true }, null, false],
    [{ exists: false }, undefined, true],
    [{ above: 3 }, 4, true],
    [{ above: 3 }, 3, false],
    [{ above: 1, below: 3 }, 2, true],
    [{ below: 3 }, 'x', false],
  ])('%j of %j: %s', (condition, x, holds) => {
    const when = { pointer: '/x', ...condition };
    for (const spec of [{ when, values: [temperature] }, { values: [{ ...temperature, when: [when] }] }]) {
      expect(mapping(spec).read({ t: 1, x })).toMatchObject({ problems: [] });
      expect(values(mapping(spec).read({ t: 1, x }))).toHaveLength(holds ? 1 : 0);
    }
  });
});

describe('lists, devices and channels', () => {
  const { read } = mapping({
    topics: ['acme/+/{channel}'],
    device: '/id',
    each: '/data/list',
    time: { pointer: '/at', format: 'epochMs' },
    values: [
      { ...temperature, channelPointer: '/ch' },
      { pointer: '#/battery', quantity: 'batteryPct', channel: 'all' },
    ],
  });

  it('each element has its own device, time and channel', () => {
    const at = 1_768_461_300_000;
    const decoded = read(
      { battery: 90, data: { list: [{ id: 7, at, t: 20, ch: 'in' }, { id: 'b', t: 21 }, { t: 22 }] } },
      'acme/x/c',
    );
    expect(decoded.measurements).toEqual([
      { device: '7', quantity: 'airTemperatureC', channel: 'in', value: 20, atMs: at },
      { device: '7', quantity: 'batteryPct', channel: 'all', value: 90, atMs: at },
      { device: 'b', quantity: 'airTemperatureC', channel: 'c', value: 21 },
      { device: 'b', quantity: 'batteryPct', channel: 'all', value: 90 },
    ]);
    expect(decoded.problems.map(({ code }) => code)).toEqual(['unknown-device']);
  });

  it('what is no list is a problem, and so are too many elements', () => {
    expect(read({ data: { list: 7 } }, 'acme/x/c').problems.map(({ code }) => code)).toEqual([
      'malformed-payload',
    ]);
    const many = { data: { list: Array.from({ length: 10_001 }, () => ({ id: 'a' })) } };
    expect(read(many, 'acme/x/c').problems).toMatchObject([
      { detail: expect.stringContaining('at most 10000') },
    ]);
  });

  it('a device is spelled as in the register', () => {
    const decoded = mapping({ values: [temperature] }).read({ t: 1 }, 'acme/ROOM-7/data', {
      'Room-7': 'acme',
    });
    expect(decoded.measurements[0]?.device).toBe('Room-7');
  });
});

it('a payload in which nothing of the mapping is says so', () => {
  expect(mapping({ values: [temperature] }).read({ temp: 1 }).problems).toMatchObject([
    { code: 'unknown-quantity' },
  ]);
});

it('a time that cannot be read is a problem; one before 2000 is a clock that was never set', () => {
  const { read } = mapping({ time: { pointer: '/ts', format: 'iso' }, values: [temperature] });
  expect(read({ t: 1, ts: 'noon' }).problems.map(({ code }) => code)).toEqual(['invalid-time']);
  expect(read({ t: 1, ts: '1970-01-01T00:00:00Z' })).toMatchObject({
    measurements: [{ value: 1 }],
    problems: [],
  });
  expect(read({ t: 1, ts: '1970-01-01T00:00:00Z' }).measurements[0]).not.toHaveProperty('atMs');
});

it('decodes what it encodes', () => {
  const { format, read } = mapping({
    device: '/dev/id',
    when: { pointer: '/type', equals: 'up' },
    each: '/list',
    time: { pointer: '/at', format: 'YYYY-MM-DD HH:mm:ss', zone: 'UTC' },
    values: [
      { ...temperature, unit: '°F', scale: 0.1 },
      { pointer: '/e', quantity: 'activeEnergyWh', unit: 'kWh', channel: '1' },
    ],
  });
  const seconds = fc.integer({ min: 1e9, max: 4e9 }).map((second) => second * 1000);
  fc.assert(
    fc.property(
      seconds,
      fc.integer({ min: -400, max: 900 }),
      fc.integer({ min: 0, max: 1e9 }),
      (atMs, tenths, energy) => {
        const given = [
          { quantity: 'airTemperatureC', value: tenths / 10 },
          { quantity: 'activeEnergyWh', channel: '1', value: energy },
        ] as const;
        const [packet] = format.encode({ device: 'd', atMs, values: given });
        const decoded = read(JSON.parse(packet?.payload.toString() ?? ''), packet?.topic);
        expect(decoded.problems).toEqual([]);
        expect(decoded.measurements.map(({ device, atMs: at }) => [device, at])).toEqual([
          ['d', atMs],
          ['d', atMs],
        ]);
        expect(decoded.measurements[0]?.value).toBeCloseTo(tenths / 10, 6);
        expect(decoded.measurements[1]?.value).toBeCloseTo(energy, 3);
      },
    ),
  );
});

it('no bytes make it throw', () => {
  const { format } = mapping({
    each: '/a',
    device: '/b',
    time: { pointer: '#/c' },
    values: [{ ...temperature, channelPointer: '/d' }],
  });
  fc.assert(
    fc.property(
      fc.oneof(
        fc.json().map((text) => Buffer.from(text)),
        fc.uint8Array(),
      ),
      fc.string(),
      (payload, topic) => {
        format.decode({ topic, payload, receivedAtMs }, contextOf({}));
      },
    ),
    { numRuns: 10_000 },
  );
});

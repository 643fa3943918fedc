import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/decode/index.ts';
import {
  metricValue,
  readSparkplug,
  type WrittenMetric,
  writeSparkplug,
} from '../../../src/decode/sparkplug-payload.ts';
import { contextOf } from './context.ts';

const [DOUBLE, BOOLEAN, UINT64] = [10, 11, 8];
const T = Date.UTC(2026, 0, 15, 7, 15);

/** A host that hears one node. */
function host() {
  const context = contextOf({});
  return (
    type: string,
    metrics: readonly WrittenMetric[],
    { seq, atMs = T, device = '' }: { seq?: number; atMs?: number; device?: string } = {},
  ) => {
    const topic = `spBv1.0/g/${type}/n${device === '' ? '' : `/${device}`}`;
    const payload = writeSparkplug(metrics, { atMs, ...(seq === undefined ? {} : { seq }) });
    const { measurements, problems, requests = [] } = decode({ topic, payload, receivedAtMs: atMs }, context);
    return {
      values: measurements.map(({ device: id, quantity, value }) => [id, quantity, value]),
      problems: problems.map(({ code }) => code),
      asks: requests.map((request) => request.topic),
      requests,
    };
  };
}
const bdSeq = (value: number) => ({ name: 'bdSeq', datatype: UINT64, value });
const temperature = { name: 'temperature', alias: 7, datatype: DOUBLE };

describe('an alias', () => {
  it('is named by the birth, of the node or of the device', () => {
    const hear = host();
    expect(hear('NBIRTH', [bdSeq(0), { ...temperature, value: 20 }], { seq: 0 }).values).toEqual([
      ['g/n', 'online', 1],
      ['g/n', 'airTemperatureC', 20],
    ]);
    hear('DBIRTH', [{ name: 'Power', alias: 8, datatype: DOUBLE }], { seq: 1, device: 'd' });
    expect(hear('NDATA', [{ alias: 7, datatype: DOUBLE, value: 21.5 }], { seq: 2 })).toMatchObject({
      values: [['g/n', 'airTemperatureC', 21.5]],
      problems: [],
      asks: [],
    });
    expect(
      hear('DDATA', [{ alias: 8, datatype: DOUBLE, value: 1500 }], { seq: 3, device: 'd' }).values,
    ).toEqual([['g/n/d', 'activePowerW', 1500]]);
  });

  it('without a birth is a problem, and asks for one, once a minute', () => {
    const hear = host();
    const data = [{ alias: 7, datatype: DOUBLE, value: 21.5 }];
    const first = hear('NDATA', data, { seq: 5 });
    expect(first).toMatchObject({ values: [], problems: ['unknown-alias'], asks: ['spBv1.0/g/NCMD/n'] });
    expect(readSparkplug(first.requests[0]?.payload ?? Buffer.alloc(0))?.metrics).toMatchObject([
      { name: 'Node Control/Rebirth', datatype: BOOLEAN, raw: true },
    ]);
    expect(hear('NDATA', data, { seq: 6, atMs: T + 30_000 }).asks).toEqual([]);
    expect(hear('NDATA', data, { seq: 7, atMs: T + 60_000 }).asks).toHaveLength(1);
    hear('NBIRTH', [temperature], { seq: 0, atMs: T + 61_000 });
    expect(hear('NDATA', data, { seq: 1, atMs: T + 62_000 })).toMatchObject({ problems: [], asks: [] });
  });

  it('of a device means nothing more once its node is born again', () => {
    const hear = host();
    hear('NBIRTH', [bdSeq(0)], { seq: 0 });
    hear('DBIRTH', [temperature], { seq: 1, device: 'd' });
    hear('NBIRTH', [bdSeq(1)], { seq: 0, atMs: T + 1 });
    expect(
      hear('DDATA', [{ alias: 7, datatype: DOUBLE, value: 1 }], { seq: 1, device: 'd', atMs: T + 2 })
        .problems,
    ).toEqual(['unknown-alias']);
  });
});

describe('sequence numbers', () => {
  it('go round at 255, and a gap asks for a birth but keeps the data', () => {
    const hear = host();
    hear('NBIRTH', [temperature], { seq: 254 });
    const data = (seq: number) => hear('NDATA', [{ alias: 7, datatype: DOUBLE, value: seq }], { seq });
    expect(data(255).asks).toEqual([]);
    expect(data(0).asks).toEqual([]);
    expect(data(0).asks).toEqual([]);
    expect(data(2)).toMatchObject({ values: [['g/n', 'airTemperatureC', 2]], asks: ['spBv1.0/g/NCMD/n'] });
  });
});

describe('a death', () => {
  it('of a node takes its living devices with it', () => {
    const hear = host();
    hear('NBIRTH', [bdSeq(3)], { seq: 0 });
    hear('DBIRTH', [temperature], { seq: 1, device: 'a' });
    hear('DBIRTH', [temperature], { seq: 2, device: 'b' });
    expect(hear('DDEATH', [], { seq: 3, device: 'b' }).values).toEqual([['g/n/b', 'online', 0]]);
    expect(hear('NDEATH', [bdSeq(3)]).values).toEqual([
      ['g/n', 'online', 0],
      ['g/n/a', 'online', 0],
    ]);
  });

  it('of an earlier life is not believed', () => {
    const hear = host();
    hear('NBIRTH', [bdSeq(4)], { seq: 0 });
    expect(hear('NDEATH', [bdSeq(3)]).values).toEqual([]);
  });
});

describe('a metric', () => {
  it.each([
    ['Int8', 1, 0xff, -1],
    ['Int8, its sign in 32 bits', 1, 0xffff_fffe, -2],
    ['Int16', 2, 0xfffe, -2],
    ['Int32', 3, 0xffff_ff38, -200],
    ['Int8 that is a double', 1, 21.7, undefined],
    ['Int64', 4, 0xffff_ffff_ffff_ff38n, -200],
    ['UInt32', 7, 0xffff_ffff, 4_294_967_295],
    ['UInt64', 8, 12n, 12],
    ['Float', 9, Math.fround(21.7), 21.7],
    ['Float without a short form', 9, Math.fround(1 / 3), 0.33333334],
    ['Double', 10, 21.7, 21.7],
    ['Double that is none', 10, Number.NaN, undefined],
    ['DateTime', 13, 1_768_461_300_000n, undefined],
    ['of no type', undefined, 7, 7],
  ])('%s', (_says, datatype, raw, value) => {
    expect(metricValue(raw, datatype)).toBe(value);
  });

  it('that is null or transient is no reading, and none is made up', () => {
    const hear = host();
    const transient = Buffer.from('120d0a03636f3230016900000000000024406a', 'hex');
    expect(
      hear('NDATA', [
        { name: 'co2', datatype: DOUBLE },
        { name: 'humidity', datatype: DOUBLE, value: 40 },
      ]).values,
    ).toEqual([['g/n', 'relativeHumidityPct', 40]]);
    expect(readSparkplug(transient)).toBeUndefined();
  });
});

it.each([
  ['bytes that are no protobuf', Buffer.from('not protobuf')],
  ['a metric that runs past the end', Buffer.from('12ff01', 'hex')],
  ['a number without an end', Buffer.from('08ffffffffffffffffffff', 'hex')],
])('%s is malformed', (_says, payload) => {
  const { problems } = decode({ topic: 'spBv1.0/g/NDATA/n', payload, receivedAtMs: T }, contextOf({}));
  expect(problems.map(({ code }) => code)).toEqual(['malformed-payload']);
});

it('a million empty metrics are cut, not kept', () => {
  const payload = Buffer.alloc(200_000, Buffer.from('1200', 'hex'));
  const read = readSparkplug(payload);
  expect([read?.metrics.length, read?.isCut]).toEqual([10_000, true]);
});

it('a birth of which nothing is understood says what it has', () => {
  const { problems } = host()('NBIRTH', [bdSeq(0), { name: 'Flavour', datatype: DOUBLE, value: 3 }], {
    seq: 0,
  });
  expect(problems).toEqual(['unknown-quantity']);
});

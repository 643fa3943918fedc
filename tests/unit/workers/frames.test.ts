import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { createMemory } from '../../../src/decode/memory.ts';
import { writeSparkplug } from '../../../src/decode/sparkplug-payload.ts';
import { createIngest } from '../../../src/ingest/ingest.ts';
import { openCheckpoints } from '../../../src/journal/checkpoints.ts';
import type { Cursor, Frame, JournalRecord } from '../../../src/journal/journal.ts';
import { createFrameCache, type FrameReader } from '../../../src/workers/frames.ts';
import { createRequests } from '../../../src/workers/requests.ts';
import { registerOf } from '../../support/readings.ts';

const T = Date.UTC(2026, 0, 15, 7, 15);
const DOUBLE = 10;
const register = registerOf(
  [{ id: 'b1' }],
  [{ id: 'g/n', model: 'sparkplug', building: 'b1', role: 'room' }],
);
const ingest = createIngest({ register: () => register, maxFutureMs: 1e9, maxPastMs: 1e12 });
const memory = (entries: ReturnType<FrameReader['unsaved']> = []) =>
  createMemory({ maxBytes: 100_000, entries });

const place = (n: number) => `0000000001:${String(n).padStart(12, '0')}` as Cursor;
const frame = (n: number, ...records: readonly JournalRecord[]): Frame => ({
  at: place(n),
  next: place(n + 1),
  records,
});
function packet(n: number, type: string, metric: object): JournalRecord {
  const payload = writeSparkplug([{ datatype: DOUBLE, ...metric }], { atMs: T + n, seq: n });
  return { kind: 'packet', receivedAtMs: T + n, topic: `spBv1.0/g/${type}/n`, payload };
}
const birth = (n: number, name: string) => frame(n, packet(0, 'NBIRTH', { name, alias: 1 }));
const data = (n: number, value: number) => frame(n, packet(n, 'NDATA', { alias: 1, value }));
const told = (reader: FrameReader, given: Frame) =>
  reader
    .ingest(given)
    .steps.flatMap((step) => (step.kind === 'readings' ? step.readings : []))
    .filter(({ point }) => point.quantity !== 'online')
    .map(({ point, value }) => `${point.quantity} ${value}`);

describe('two readers of frames whose later packets need earlier ones', () => {
  it('at different places each know what came before their own', () => {
    const readerOf = createFrameCache(ingest, { keepRecords: 0 });
    const [ahead, behind] = [readerOf(memory()), readerOf(memory())];
    const frames = [birth(0, 'temperature'), data(1, 20), birth(2, 'humidity'), data(3, 40)];
    const all = [[], ['airTemperatureC 20'], [], ['relativeHumidityPct 40']];
    expect(frames.map((one) => told(ahead, one))).toEqual(all);
    expect(frames.map((one) => told(behind, one))).toEqual(all);
  });

  it('near each other share what was decoded, and what it has taught', () => {
    const readerOf = createFrameCache(ingest);
    const [first, second] = [readerOf(memory()), readerOf(memory())];
    const born = birth(0, 'temperature');
    expect(second.ingest(born)).toBe(first.ingest(born));
    // Decoded for itself: it must know the birth that it has from the cache.
    expect(told(second, data(1, 20))).toEqual(['airTemperatureC 20']);
  });

  it('know it again after a restart at the place that was saved with it', () => {
    const checkpoints = openCheckpoints(new DatabaseSync(':memory:'));
    const before = createFrameCache(ingest)(memory());
    before.ingest(birth(0, 'temperature'));
    checkpoints.save('store', place(1), undefined, before.unsaved());
    before.saved();
    before.ingest(birth(1, 'humidity'));
    // The end comes here: what was learnt behind the place is not saved.
    const after = createFrameCache(ingest)(memory([...checkpoints.remembered('store')]));
    expect(told(after, data(1, 20))).toEqual(['airTemperatureC 20']);
    expect(checkpoints.load('store')?.cursor).toBe(place(1));
  });

  it('say of a key that it is forgotten only when it is kept', () => {
    const small = createMemory({ maxBytes: 400, entries: [['old', '"x"', T]] });
    const reader = createFrameCache(ingest)(small, ['old']);
    for (let n = 0; n < 50; n += 1) {
      const record = {
        ...packet(n, 'NBIRTH', { name: 'temperature', alias: 1 }),
        topic: `spBv1.0/g/NBIRTH/${n}`,
      };
      reader.ingest(frame(n, record));
    }
    const forgotten = reader.unsaved().filter(([, text]) => text === undefined);
    expect(forgotten.map(([key]) => key)).toEqual(['old']);
    expect(reader.unsaved().length).toBeLessThan(20);
    reader.saved();
    reader.ingest(frame(50));
    expect(reader.unsaved()).toEqual([]);
  });

  it('do not learn twice from a frame that is tried again', () => {
    const reader = createFrameCache(ingest, { keepRecords: 0 })(memory());
    const born = birth(0, 'temperature');
    expect(reader.ingest(born)).toBe(reader.ingest(born));
    expect(reader.unsaved()).toHaveLength(3);
    reader.saved();
    expect(reader.unsaved()).toEqual([]);
  });

  it('take a packet in again as of when it came, and ask for nothing', () => {
    const asked: string[] = [];
    const readerOf = createFrameCache(ingest, { onRequest: ({ topic }) => asked.push(topic) });
    const reader = readerOf(memory());
    const tick = (atMs: number): JournalRecord => ({ kind: 'tick', atMs });
    reader.ingest(frame(0, packet(5, 'NBIRTH', { name: 'humidity', alias: 1 }), tick(T + 600_000)));
    const { rejects } = reader.ingest(frame(1, packet(1, 'NDATA', { alias: 1, value: 20 })));
    expect(rejects.map(({ code }) => code)).toEqual(['unknown-alias']);
    expect(told(reader, data(6, 41))).toEqual(['relativeHumidityPct 41']);
  });
});

describe('what decoders ask for is published', () => {
  const request = (topic = 'spBv1.0/g/NCMD/n') => ({ topic, payload: Buffer.of(1) });
  const cameAt = (receivedAtMs: number) => ({ topic: 'spBv1.0/g/NDATA/n', receivedAtMs });

  it('while the packet is live, once for both readers, here and where it may have come from', () => {
    const published: string[] = [];
    const answered: string[] = [];
    let now = T;
    const onRequest = createRequests({
      publish: async (topic) => void published.push(topic),
      answer: async (cameOn, topic) => void answered.push(`${cameOn} ${topic}`),
      clock: () => now,
      log: { warn: () => undefined },
    });
    onRequest(request(), cameAt(T - 61_000));
    expect(published).toEqual([]);
    onRequest(request(), cameAt(T));
    onRequest(request(), cameAt(T));
    onRequest(request('other'), cameAt(T));
    expect(published).toEqual(['spBv1.0/g/NCMD/n', 'other']);
    expect(answered).toEqual(['spBv1.0/g/NDATA/n spBv1.0/g/NCMD/n', 'spBv1.0/g/NDATA/n other']);
    now += 30_000;
    onRequest(request(), cameAt(now));
    expect(published).toHaveLength(3);
  });

  it('and a failure is told', async () => {
    const { promise, resolve } = Promise.withResolvers<object>();
    const [publish, answer] = [() => Promise.reject(new Error('no')), async () => undefined];
    createRequests({ publish, answer, clock: () => T, log: { warn: resolve } })(request(), cameAt(T));
    expect(await promise).toEqual({ topic: 'spBv1.0/g/NCMD/n', error: 'Error: no' });
  });
});

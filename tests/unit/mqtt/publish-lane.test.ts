import { duplexPair } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { JournalRecord } from '../../../src/journal/journal.ts';
import { type Published, PublishLane } from '../../../src/mqtt/publish-lane.ts';

/** A lane before a journal whose frames the test commits. */
function openLane(options: { readonly wanted?: string; readonly denied?: string } = {}) {
  const [server, client] = duplexPair();
  const told: Published[] = [];
  const records: JournalRecord[] = [];
  let frame = Promise.withResolvers<void>();
  const lane = new PublishLane(server, {
    append: (record) => {
      records.push(record);
      return frame.promise;
    },
    record: (topic, payload) =>
      topic === options.denied ? undefined : { kind: 'packet', receivedAtMs: 42, topic, payload },
    isWanted: (topic) => topic === options.wanted,
    keep: () => undefined,
    onPublished: (published) => told.push(published),
    flow: { begin: () => undefined, settle: () => undefined },
  });
  server.on('error', () => undefined);
  const commit = async (error?: Error) => {
    const { promise, resolve, reject } = frame;
    frame = Promise.withResolvers();
    if (error) reject(error);
    else resolve();
    await promise.catch(() => undefined);
    await lane.settled();
    await new Promise(setImmediate);
  };
  const acknowledged = () => Buffer.from(client.read() ?? []).toString('hex');
  const publish = (topic: string, packetId: number, first = 0x32) => {
    const id = first & 0x06 ? [packetId >> 8, packetId & 255] : [];
    const body = Buffer.from([0, topic.length, ...Buffer.from(topic), ...id, 0x78]);
    return lane.take(first, body, 0, body.length);
  };
  return { lane, records, told, commit, acknowledged, publish, server };
}

describe('the publish lane', () => {
  it('acknowledges a frame of publishes in their order, once it is durable', async () => {
    const { lane, records, commit, acknowledged, publish } = openLane();
    lane.open();
    expect([publish('a', 1), publish('a', 2), publish('bb', 0x1234)]).toEqual([true, true, true]);
    expect(acknowledged()).toBe('');
    await commit();
    expect(acknowledged()).toBe('400200014002000240021234');
    expect(records).toMatchObject([
      { topic: 'a' },
      { topic: 'a' },
      { topic: 'bb', payload: Buffer.from('x') },
    ]);
  });

  it('journals QoS 0 and answers nothing', async () => {
    const { lane, records, commit, acknowledged, publish } = openLane();
    lane.open();
    expect(publish('a', 0, 0x30)).toBe(true);
    await commit();
    expect(acknowledged()).toBe('');
    expect(records).toMatchObject([{ topic: 'a', payload: Buffer.from('x') }]);
  });

  it.each([
    ['before the client is accepted', 0x32, false],
    ['of QoS 2', 0x34, true],
    ['that are to be retained', 0x33, true],
  ])('leaves publishes %s to aedes', (_, first, isOpen) => {
    const { lane, records, publish } = openLane();
    if (isOpen) lane.open();
    expect(publish('a', 1, first)).toBe(false);
    expect(records).toEqual([]);
  });

  it('leaves what the client may not publish to aedes, which refuses it', () => {
    const { lane, publish } = openLane({ denied: 'a' });
    lane.open();
    expect(publish('a', 1)).toBe(false);
  });

  it('does not overtake publishes that aedes has [MQTT-4.6.0-2]', () => {
    const { lane, publish } = openLane();
    lane.open();
    expect(publish('a', 1, 0x33)).toBe(false);
    expect(publish('a', 2)).toBe(false);
    const [first, second, will] = [lane.pass(1), lane.pass(1), lane.pass(1)];
    first();
    first();
    expect(publish('a', 3)).toBe(false);
    const third = lane.pass(1);
    second();
    third();
    expect(publish('a', 4)).toBe(true);
    will();
    expect(publish('a', 5)).toBe(true);
  });

  it('closes the connection of what cannot be journaled, unacknowledged', async () => {
    const { lane, commit, acknowledged, publish, server } = openLane();
    lane.open();
    publish('a', 1);
    await commit(new Error('the disk is full'));
    expect(acknowledged()).toBe('');
    expect(server.destroyed).toBe(true);
  });

  it('tells those who subscribe, after the acknowledgement', async () => {
    const { lane, told, commit, publish } = openLane({ wanted: 'a' });
    lane.open();
    publish('a', 1);
    publish('b', 2);
    expect(told).toEqual([]);
    await commit();
    expect(told).toEqual([{ topic: 'a', payload: Buffer.from('x'), qos: 1 }]);
  });
});

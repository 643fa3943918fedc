import { connectAsync } from 'mqtt';
import { describe, expect, it } from 'vitest';
import type { JournalRecord } from '../../src/journal/journal.ts';
import type { BoundReport } from '../../src/mqtt/bounds/bounds.ts';
import type { Broker } from '../../src/mqtt/broker.ts';
import { openTestBroker } from '../support/broker.ts';
import { heldBuffersMb } from '../support/memory.ts';
import { dial, greet } from '../support/raw-client.ts';
import { connect, packet, text } from '../unit/mqtt/guard-bytes.ts';

const CONNACK = Buffer.from([0x20, 2, 0, 0]);
const PINGREQ = packet(0xc0);
const PINGRESP = Buffer.from([0xd0, 0]);
const neighbour = (broker: Broker) => connectAsync(`mqtt://127.0.0.1:${broker.port}`);
const boundOf = (broker: Broker, name: string) => broker.bounds().find(({ bound }) => bound === name);

const publish = (id: number, topic = 'flood', payload: Buffer = Buffer.alloc(0), first = 0x32) =>
  packet(first, text(topic), first & 0x06 ? [id >> 8, id & 255] : [], payload);
const publishes = (count: number, topic?: string, payload?: Buffer) =>
  Buffer.concat(Array.from({ length: count }, (_, n) => publish(n + 1, topic, payload)));
const pubacks = (count: number) =>
  Buffer.concat(Array.from({ length: count }, (_, n) => packet(0x40, [(n + 1) >> 8, (n + 1) & 255])));

/** A journal whose frames stay on their way until they are let through. */
function stuckJournal() {
  const gate = Promise.withResolvers<void>();
  const topics: string[] = [];
  let bytes = 0;
  return {
    journal: {
      append: async (record: JournalRecord) => {
        if (record.kind === 'packet') {
          topics.push(record.topic);
          bytes += record.payload.length;
        }
        await gate.promise;
      },
    },
    release: gate.resolve,
    count: (topic: string) => topics.filter((each) => each === topic).length,
    bytes: () => bytes,
  };
}

describe('a client that sends faster than its rate', () => {
  it.each([
    ['packets', { maxMessagesPerSecond: 50, burstSeconds: 0.1 }, 'maxMessagesPerSecond', Buffer.alloc(0)],
    ['bytes', { maxKbPerSecond: 100, burstSeconds: 0.1 }, 'maxKbPerSecond', Buffer.alloc(4096)],
  ])('in %s is slowed, loses nothing, and slows no other', async (_, bounds, name, payload) => {
    const reports: BoundReport[] = [];
    await using broker = await openTestBroker({ bounds, onBound: (report) => reports.push(report) });
    const other = await neighbour(broker);
    await using flood = greet(broker.port, 'flooder');
    flood.socket.write(Buffer.concat([publishes(80, 'flood', payload), PINGREQ]));
    await expect.poll(() => boundOf(broker, name)?.waiting).toBe(1);
    await other.publishAsync('other', 'x', { qos: 1 });
    expect(broker.topics().filter((topic) => topic === 'flood').length).toBeLessThan(80);
    await expect.poll(() => flood.heard().length, { timeout: 20_000 }).toBe(4 + 80 * 4 + 2);
    expect(broker.topics().filter((topic) => topic === 'flood')).toHaveLength(80);
    // The answer to the ping needs no journal, and may come a little before the last.
    const answers = flood.heard().toString('hex').replace('d000', '');
    expect(answers).toBe(Buffer.concat([CONNACK, pubacks(80)]).toString('hex'));
    const { hits = 0, slowedSeconds = 0, waiting } = boundOf(broker, name) ?? {};
    expect(hits).toBeGreaterThan(0);
    expect(slowedSeconds).toBeGreaterThan(0.5);
    expect(waiting).toBe(0);
    await expect
      .poll(() => reports)
      .toContainEqual(
        expect.objectContaining({ bound: name, culprits: [{ client: 'flooder', address: '127.0.0.1' }] }),
      );
    await other.endAsync();
  });

  it('is slowed over WebSocket as well', async () => {
    await using broker = await openTestBroker({
      bounds: { maxMessagesPerSecond: 50, burstSeconds: 0.1 },
      websocket: { host: '127.0.0.1', port: 0, path: '/mqtt', origins: [], secure: false },
    });
    const client = await connectAsync(`ws://127.0.0.1:${broker.websocketPort}/mqtt`);
    const all = Array.from({ length: 40 }, (_, n) => client.publishAsync(`t/${n}`, 'x', { qos: 1 }));
    await Promise.all(all);
    expect(broker.topics()).toEqual(all.map((_, n) => `t/${n}`));
    expect(boundOf(broker, 'maxMessagesPerSecond')?.slowedSeconds).toBeGreaterThan(0.3);
    await client.endAsync();
  });

  it('is heard to its end, although it has hung up meanwhile', async () => {
    await using broker = await openTestBroker({ bounds: { maxMessagesPerSecond: 100, burstSeconds: 0.1 } });
    await using client = dial(broker.port);
    const withWill = connect([text('c'), text('will'), text('gone')], { flags: 0x06 });
    const all = Array.from({ length: 40 }, (_, n) => publish(n, 'last', Buffer.from([n]), 0x30));
    client.socket.end(Buffer.concat([withWill, ...all, packet(0xe0)]));
    await client.closed;
    await expect.poll(broker.connections).toBe(0);
    expect(broker.records.map((record) => record.kind === 'packet' && record.payload[0])).toEqual(
      all.map((_, n) => n),
    );
  });

  it('by pings alone waits too, once they are the flood', async () => {
    await using broker = await openTestBroker({ bounds: { maxMessagesPerSecond: 50, burstSeconds: 0.5 } });
    await using client = greet(broker.port, 'pinger');
    client.socket.write(Buffer.concat(Array.from({ length: 200 }, () => PINGREQ)));
    await expect.poll(() => boundOf(broker, 'maxMessagesPerSecond')?.waiting).toBe(1);
    expect(client.heard().length).toBeLessThan(4 + 2 * 60);
  });

  it('is not taken for silent while it is not read [MQTT-3.1.2-24]', async () => {
    await using broker = await openTestBroker({ bounds: { maxMessagesPerSecond: 10, burstSeconds: 0.1 } });
    await using client = greet(broker.port, 'slow', { keepAliveSeconds: 1 });
    client.socket.write(Buffer.concat([publishes(5), publish(6, 'big', Buffer.alloc(1000)), publishes(30)]));
    await expect.poll(() => client.heard().length, { timeout: 20_000 }).toBe(4 + 36 * 4);
    expect(broker.problems).toEqual([]);
  });
});

describe('publishes on their way to the journal', () => {
  it('are so many of one client; the rest waits in its socket, and another is served', async () => {
    const stuck = stuckJournal();
    await using broker = await openTestBroker({ journal: stuck.journal, bounds: { maxInFlight: 50 } });
    await using client = greet(broker.port, 'hasty');
    await expect.poll(client.heard).toEqual(CONNACK);
    // A ping is answered although publishes wait: it needs no journal.
    client.socket.write(Buffer.concat([publishes(10), PINGREQ]));
    await expect.poll(client.heard).toEqual(Buffer.concat([CONNACK, PINGRESP]));
    client.socket.write(publishes(3000));
    await expect.poll(() => boundOf(broker, 'maxInFlight')).toMatchObject({ inUse: 50, waiting: 1 });
    const other = await neighbour(broker);
    const published = other.publishAsync('other', 'x', { qos: 1 });
    await expect.poll(() => stuck.count('other')).toBe(1);
    expect(stuck.count('flood')).toBe(50);
    stuck.release();
    await published;
    await expect.poll(() => client.heard().length).toBe(4 + 2 + 3010 * 4);
    expect(boundOf(broker, 'maxInFlight')).toMatchObject({ inUse: 0, waiting: 0 });
    await other.endAsync();
  });

  it.each([
    ['QoS 1', 0x32],
    ['QoS 2', 0x34],
    ['QoS 1, retained', 0x33],
  ])('of %s do not keep a ping waiting, however long they take', async (_, first) => {
    const stuck = stuckJournal();
    await using broker = await openTestBroker({ journal: stuck.journal });
    await using client = greet(broker.port, 'patient');
    await expect.poll(client.heard).toEqual(CONNACK);
    const some = Array.from({ length: 20 }, (_, n) => publish(n + 1, 'flood', Buffer.alloc(0), first));
    client.socket.write(Buffer.concat(some));
    await expect.poll(() => stuck.count('flood')).toBe(20);
    client.socket.write(PINGREQ);
    await expect.poll(client.heard).toEqual(Buffer.concat([CONNACK, PINGRESP]));
    stuck.release();
    await expect.poll(() => client.heard().length).toBe(4 + 2 + 20 * 4);
  });

  it('of QoS 2 come to their end behind the bound', async () => {
    await using broker = await openTestBroker({ bounds: { maxInFlight: 3 } });
    const client = await neighbour(broker);
    await Promise.all(
      Array.from({ length: 300 }, (_, n) =>
        client.publishAsync(`t/${n}`, 'x', { qos: (n % 3) as 0 | 1 | 2 }),
      ),
    );
    const topics = () => broker.topics().filter((topic) => topic !== '');
    await expect.poll(() => topics().length).toBe(300);
    expect(new Set(topics()).size).toBe(300);
    await client.endAsync();
  });

  it('take so much memory of all clients, however many and however large, while the journal takes nothing', async () => {
    const stuck = stuckJournal();
    await using broker = await openTestBroker({ journal: stuck.journal, bounds: { maxInFlightTotalMb: 4 } });
    const beforeMb = heldBuffersMb();
    // 160 MB, of one buffer: what is held once more is held by the broker.
    const large = publish(1, 'large', Buffer.alloc(200_000));
    const clients = Array.from({ length: 40 }, (_, n) => greet(broker.port, `c${n}`));
    for (const { socket } of clients) for (let n = 0; n < 20; n++) socket.write(large);
    await expect.poll(() => boundOf(broker, 'maxInFlightTotalMb')?.waiting, { timeout: 10_000 }).toBe(40);
    expect(stuck.bytes()).toBeGreaterThanOrEqual(4 * 1024 * 1024);
    expect(stuck.bytes()).toBeLessThan(4 * 1024 * 1024 + 2 * 200_000);
    await expect.poll(() => heldBuffersMb() - beforeMb, { timeout: 20_000 }).toBeLessThan(30);
    expect(boundOf(broker, 'maxPartialTotalMb')?.inUse).toBe(0);

    // Reading is what stops: a client that only asks whether the broker is there is answered.
    const other = greet(broker.port, 'other');
    other.socket.write(PINGREQ);
    await expect.poll(other.heard).toEqual(Buffer.concat([CONNACK, PINGRESP]));
    clients.push(other);

    stuck.release();
    await expect.poll(() => stuck.count('large'), { timeout: 20_000 }).toBe(40 * 20);
    await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()));
  });

  it('and before the CONNACK are not read on, instead of being thrown out', async () => {
    await using broker = await openTestBroker();
    await using client = dial(broker.port);
    client.socket.write(Buffer.concat([connect(), publishes(5000)]));
    await expect.poll(() => client.heard().length).toBe(4 + 5000 * 4);
    expect(client.heard()).toEqual(Buffer.concat([CONNACK, pubacks(5000)]));
    expect(broker.problems).toEqual([]);
  });
});

describe('packets that come in part', () => {
  it('take so much memory of all clients: the longest unfinished goes, and others are served', async () => {
    await using broker = await openTestBroker({ bounds: { maxPartialTotalMb: 1 } });
    const begun = publish(1, 'never whole', Buffer.alloc(250_000)).subarray(0, 200_000);
    const slow = [];
    for (let n = 0; n < 8; n++) {
      const client = greet(broker.port, `slow${n}`);
      slow.push(client);
      client.socket.write(begun);
      await expect.poll(() => boundOf(broker, 'maxPartialTotalMb')?.inUse).toBeGreaterThan(0.15);
      await expect.poll(client.heard).toEqual(CONNACK);
    }
    await slow[0]?.closed;
    const other = await neighbour(broker);
    await other.publishAsync('other', Buffer.alloc(200_000), { qos: 1 });
    const { inUse = 9, hits } = boundOf(broker, 'maxPartialTotalMb') ?? {};
    expect(inUse).toBeLessThanOrEqual(1);
    expect(hits).toBeGreaterThan(0);
    expect(broker.topics()).toEqual(['other']);
    await other.endAsync();
    for (const client of slow) await client[Symbol.asyncDispose]();
  });
});

describe('the longest keep-alive', () => {
  it('holds for who asked for none: silence ends the connection, a ping keeps it (section 3.1.2.10)', async () => {
    await using broker = await openTestBroker({ bounds: { maxKeepAliveSeconds: 1 } });
    await using silent = greet(broker.port, 'silent');
    await using greedy = greet(broker.port, 'greedy', { keepAliveSeconds: 255 });
    await using living = greet(broker.port, 'living');
    const pinging = setInterval(() => living.socket.write(PINGREQ), 200);
    await Promise.all([silent.closed, greedy.closed]);
    clearInterval(pinging);
    expect(living.socket.closed).toBe(false);
    expect(boundOf(broker, 'maxKeepAliveSeconds')).toMatchObject({ limit: 1, hits: 2 });
  });
});

import { connectAsync, connect as connectMqtt } from 'mqtt';
import { describe, expect, it } from 'vitest';
import type { BoundReport } from '../../src/mqtt/bounds/bounds.ts';
import type { Broker } from '../../src/mqtt/broker.ts';
import { openTestBroker } from '../support/broker.ts';
import { dial, greet } from '../support/raw-client.ts';
import { openService } from '../support/service.ts';
import { openTempDir } from '../support/temp-dir.ts';
import { packet, text } from '../unit/mqtt/guard-bytes.ts';

const CONNACK = Buffer.from([0x20, 2, 0, 0]);
const neighbour = (broker: Broker) => connectAsync(`mqtt://127.0.0.1:${broker.port}`);
const boundOf = (broker: Broker, name: string) => broker.bounds().find(({ bound }) => bound === name);

describe('connections at their bounds', () => {
  it('are refused by the listener before a socket is made, and counted', async () => {
    await using broker = await openTestBroker({ maxConnections: 1 });
    const client = await neighbour(broker);
    await dial(broker.port).closed;
    await dial(broker.port).closed;
    expect(boundOf(broker, 'maxConnections')).toEqual({
      bound: 'maxConnections',
      limit: 1,
      inUse: 1,
      hits: 2,
    });
    await client.publishAsync('t', 'x', { qos: 1 });
    await client.endAsync();
  });

  it('are counted over all listeners', async () => {
    await using broker = await openTestBroker({
      maxConnections: 2,
      websocket: { host: '127.0.0.1', port: 0, path: '/mqtt', origins: [], secure: false },
    });
    const clients = [
      await neighbour(broker),
      await connectAsync(`ws://127.0.0.1:${broker.websocketPort}/mqtt`),
    ];
    await dial(broker.port).closed;
    expect(boundOf(broker, 'maxConnections')).toMatchObject({ inUse: 2, hits: 1 });
    for (const client of clients) await client.endAsync();
  });

  it('from one address are so many, and those that are there stay', async () => {
    const reports: BoundReport[] = [];
    await using broker = await openTestBroker({
      bounds: { maxConnectionsPerAddress: 2 },
      onBound: (report) => reports.push(report),
    });
    const client = await neighbour(broker);
    await using silent = dial(broker.port);
    await expect.poll(() => boundOf(broker, 'maxConnectionsPerAddress')?.inUse).toBe(2);
    await dial(broker.port).closed;
    await client.publishAsync('t', 'x', { qos: 1 });
    expect(silent.socket.closed).toBe(false);
    await expect
      .poll(() => reports)
      .toEqual([
        { bound: 'maxConnectionsPerAddress', limit: 2, hits: 1, culprits: [{ address: '127.0.0.1' }] },
      ]);
    await client.endAsync();
  });

  it('that say nothing do not keep out a client, nor throw one out', async () => {
    await using broker = await openTestBroker({ bounds: { maxConnecting: 3 } });
    const client = await neighbour(broker);
    const silent = Array.from({ length: 20 }, () => dial(broker.port));
    await Promise.all(silent.slice(0, 17).map(({ closed }) => closed));
    const late = await neighbour(broker);
    await Promise.all([client, late].map((each) => each.publishAsync('t', 'x', { qos: 1 })));
    expect(boundOf(broker, 'maxConnecting')).toMatchObject({ limit: 3, hits: 18 });
    await client.endAsync();
    await late.endAsync();
    for (const each of silent) await each[Symbol.asyncDispose]();
  });

  it('that say nothing in time are counted', async () => {
    await using broker = await openTestBroker({ connectTimeoutMs: 50 });
    await dial(broker.port).closed;
    expect(boundOf(broker, 'connectTimeoutSeconds')).toMatchObject({ limit: 0.05, hits: 1 });
  });

  it('of two devices with one client id end with one of them, and the other refused by CONNACK 3', async () => {
    const reports: BoundReport[] = [];
    await using broker = await openTestBroker({
      bounds: { maxTakeoversPerMinute: 3 },
      onBound: (report) => reports.push(report),
    });
    const client = await neighbour(broker);
    await using first = greet(broker.port, 'twin');
    await expect.poll(first.heard).toEqual(CONNACK);
    let holder = first;
    for (let turn = 0; turn < 3; turn++) {
      const rival = greet(broker.port, 'twin');
      await holder.closed;
      await expect.poll(rival.heard).toEqual(CONNACK);
      holder = rival;
    }
    await using refused = greet(broker.port, 'twin');
    await refused.closed;
    expect(refused.heard()).toEqual(Buffer.from([0x20, 2, 0, 3]));
    holder.socket.write(packet(0xc0));
    await expect.poll(() => holder.heard().subarray(4)).toEqual(Buffer.from([0xd0, 0]));
    await expect
      .poll(() => reports)
      .toEqual([
        {
          bound: 'maxTakeoversPerMinute',
          limit: 3,
          hits: 1,
          culprits: [{ client: 'twin', address: '127.0.0.1' }],
        },
      ]);
    // Whoever comes once the other has gone is no take-over.
    await holder[Symbol.asyncDispose]();
    await expect.poll(broker.connections).toBe(1);
    await using after = greet(broker.port, 'twin');
    await expect.poll(after.heard).toEqual(CONNACK);
    await client.publishAsync('t', 'x', { qos: 1 });
    await client.endAsync();
  });
});

describe('subscriptions at their bounds', () => {
  const grantsOf = (heard: Buffer, from: number) => [...heard.subarray(from)].slice(4);

  it('are refused by 0x80, and come free by UNSUBSCRIBE', async () => {
    await using broker = await openTestBroker({ bounds: { maxSubscriptions: 2 } });
    await using client = greet(broker.port, 'many');
    await expect.poll(client.heard).toEqual(CONNACK);
    const subscribe = (...topics: string[]) =>
      packet(0x82, [0, 1], ...topics.flatMap((topic) => [text(topic), [1]]));
    client.socket.write(subscribe('a', 'b', 'c'));
    await expect.poll(() => client.heard().length).toBe(4 + 7);
    expect(grantsOf(client.heard(), 4)).toEqual([1, 1, 0x80]);
    // The same filter again is no further one.
    client.socket.write(subscribe('a'));
    await expect.poll(() => grantsOf(client.heard(), 11)).toEqual([1]);
    client.socket.write(packet(0xa2, [0, 2], text('a')));
    await expect.poll(() => client.heard().length).toBe(16 + 4);
    client.socket.write(subscribe('c'));
    await expect.poll(() => grantsOf(client.heard(), 20)).toEqual([1]);
    expect(boundOf(broker, 'maxSubscriptions')).toMatchObject({ limit: 2, inUse: 2, hits: 1 });
    const other = await neighbour(broker);
    expect(await other.subscribeAsync('c', { qos: 1 })).toMatchObject([{ qos: 1 }]);
    await other.endAsync();
  });

  it('that are refused are not kept in the session either', async () => {
    await using broker = await openTestBroker({ bounds: { maxSubscriptions: 1 } });
    const session = { clientId: 'kept', clean: false, resubscribe: false };
    const first = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, session);
    const granted = await first.subscribeAsync(['a', 'b'], { qos: 1 }).catch((error: Error) => error);
    expect(granted).toMatchObject({ message: expect.stringMatching(/subscribe/i) });
    await first.endAsync();
    const other = await neighbour(broker);
    await other.publishAsync('b', 'refused', { qos: 1 });
    await other.publishAsync('a', 'granted', { qos: 1 });
    const heard: string[] = [];
    const again = connectMqtt(`mqtt://127.0.0.1:${broker.port}`, session);
    again.on('message', (topic) => heard.push(topic));
    await expect.poll(() => heard).toContain('a');
    await other.publishAsync('a', 'live', { qos: 1 });
    await expect.poll(() => heard.length).toBeGreaterThan(1);
    expect(heard).toEqual(['a', 'a']);
    await again.endAsync();
    await other.endAsync();
  });

  it('in one packet are so many', async () => {
    await using broker = await openTestBroker({ limits: { maxFiltersPerPacket: 2 } });
    await using client = greet(broker.port, 'many');
    client.socket.write(packet(0x82, [0, 1], ...['a', 'b', 'c'].flatMap((topic) => [text(topic), [1]])));
    await client.closed;
    expect(broker.problems).toEqual(['[mqtt.maxFiltersPerPacket] SUBSCRIBE of more than 2 topic filters']);
    expect(boundOf(broker, 'maxFiltersPerPacket')).toMatchObject({ limit: 2, hits: 1 });
  });
});

describe('/metrics', () => {
  it('shows every bound with its limit, its use and its hits', async () => {
    await using dir = await openTempDir();
    await using service = await openService(dir.path, { KVARTER_MQTT__MAXTOPICLEVELS: '3' });
    const client = await service.connect();
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
    client.publish('a/b/c/d', 'x');
    await closed;
    const metrics = await (await fetch(`http://127.0.0.1:${service.app.httpPort}/metrics`)).text();
    expect(metrics).toContain('kvarter_mqtt_limit{bound="maxConnections"} 20000');
    expect(metrics).toMatch(/kvarter_mqtt_in_use\{bound="maxConnections"\} [12]/);
    expect(metrics).toContain('kvarter_mqtt_limit{bound="maxPacketKb"} 256');
    expect(metrics).toContain('kvarter_mqtt_limit{bound="maxTopicLevels"} 3');
    expect(metrics).toContain('kvarter_mqtt_bound_hits_total{bound="maxTopicLevels"} 1');
    expect(metrics).toContain('kvarter_mqtt_bound_hits_total{bound="maxPacketKb"} 0');
    expect(metrics).toContain('kvarter_limit{bound="journal.maxGb"} 20');
  });
});

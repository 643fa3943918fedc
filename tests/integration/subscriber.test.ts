import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { connectAsync } from 'mqtt';
import { describe, expect, it } from 'vitest';
import type { JournalRecord } from '../../src/journal/journal.ts';
import { openSubscribers } from '../../src/mqtt/subscriber/subscribers.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { describeWith } from '../support/servers.ts';
import { byNumber, connected, numbers, patience, publish, subscribeTo } from '../support/subscriber.ts';

describeWith('mosquitto', 'with a real mosquitto, the subscriber', (program) => {
  it.each([1, 2] as const)(
    'journals QoS %d in the order of arrival, many at once, each once',
    async (qos) => {
      await using broker = await startMosquitto(program);
      const gate = Promise.withResolvers<void>();
      await using subscriber = subscribeTo(broker, {}, () => gate.promise);
      await connected(subscriber);
      await publish(broker, numbers(1, 250), { qos });
      // As many as are allowed on their way, and none more before the first is acknowledged.
      await expect.poll(() => subscriber.taken.length, patience).toBe(100);
      gate.resolve();
      await expect.poll(() => subscriber.taken.length, patience).toBe(250);
      expect(subscriber.taken).toEqual(numbers(1, 250));
      expect(subscriber.problems).toEqual([]);
    },
  );

  it('journals topic, time and bytes as they came, QoS 0 as well', async () => {
    await using broker = await startMosquitto(program);
    const records: JournalRecord[] = [];
    await using subscriber = subscribeTo(broker, {}, async (record) => void records.push(record));
    await connected(subscriber);
    const client = await connectAsync(broker.url);
    const payload = Buffer.from([0, 255, 128, 10]);
    await client.publishAsync('site/bytes', payload, { qos: 0 });
    await client.endAsync();
    await expect
      .poll(() => records, patience)
      .toEqual([{ kind: 'packet', receivedAtMs: 42, topic: 'site/bytes', payload }]);
  });

  it('takes in more QoS 0 than it lets wait, when the journal catches up', async () => {
    await using broker = await startMosquitto(program);
    const gate = Promise.withResolvers<void>();
    await using subscriber = subscribeTo(broker, { receiveMaximum: 10 }, () => gate.promise);
    await connected(subscriber);
    await publish(broker, numbers(1, 50), { qos: 0 });
    await expect.poll(() => subscriber.taken.length, patience).toBe(10);
    gate.resolve();
    await expect.poll(() => subscriber.taken, patience).toEqual(numbers(1, 50));
  });

  it('answers at the broker that a packet came from, and at no other', async () => {
    await using broker = await startMosquitto(program);
    const node = await connectAsync(broker.url);
    await node.subscribeAsync('spBv1.0/houses/NCMD/gw');
    const asked: string[] = [];
    node.on('message', (topic, payload) => asked.push(`${topic} ${payload.toString()}`));
    const settings = { url: broker.url, receiveMaximum: 100, sessionExpiryHours: 1 };
    await using subscribers = openSubscribers(
      [
        { ...settings, name: 'houses', topics: ['spBv1.0/houses/#'] },
        { ...settings, name: 'others', topics: ['spBv1.0/others/#'] },
      ],
      {
        journal: { append: async () => undefined },
        clock: () => 42,
        onTrouble: () => () => undefined,
        onState: () => undefined,
      },
    );
    await expect.poll(() => subscribers.states().every(({ connected: is }) => is), patience).toBe(true);
    await subscribers.answer('spBv1.0/houses/NDATA/gw', 'spBv1.0/houses/NCMD/gw', Buffer.from('again'));
    await subscribers.answer('spBv1.0/away/NDATA/gw', 'spBv1.0/houses/NCMD/gw', Buffer.from('never'));
    await expect.poll(() => asked, patience).toEqual(['spBv1.0/houses/NCMD/gw again']);
    await node.endAsync();
  });

  it('has what was published while it was away', async () => {
    await using broker = await startMosquitto(program);
    {
      await using subscriber = subscribeTo(broker);
      await connected(subscriber);
    }
    await publish(broker, numbers(1, 40));
    await publish(broker, numbers(41, 50), { qos: 2 });
    await using subscriber = subscribeTo(broker);
    await expect.poll(() => byNumber(subscriber.taken), patience).toEqual(numbers(1, 50));
  });

  it('does not acknowledge what is not durable: another connection of the session gets it again', async () => {
    await using broker = await startMosquitto(program);
    const never = Promise.withResolvers<void>();
    await using first = subscribeTo(broker, {}, () => never.promise);
    await connected(first);
    await publish(broker, numbers(1, 3));
    await publish(broker, ['4'], { qos: 2 });
    await expect.poll(() => first.taken.length, patience).toBe(4);
    // Takes the session over as a kvarter does that starts after a crash; the first then fights for it no longer.
    const leaving = first[Symbol.asyncDispose]();
    await using second = subscribeTo(broker);
    await expect.poll(() => byNumber(second.taken), patience).toEqual(numbers(1, 4));
    never.resolve();
    await leaving;
  });

  it('acknowledges what became durable while it was leaving', async () => {
    await using broker = await startMosquitto(program);
    const gate = Promise.withResolvers<void>();
    const first = subscribeTo(broker, {}, () => gate.promise);
    await connected(first);
    await publish(broker, numbers(1, 5));
    await expect.poll(() => first.taken.length, patience).toBe(5);
    const leaving = first[Symbol.asyncDispose]();
    gate.resolve();
    await leaving;
    await using second = subscribeTo(broker);
    await connected(second);
    await publish(broker, ['6']);
    await expect.poll(() => second.taken, patience).toEqual(['6']);
  });

  it.each([1, 2] as const)('has what the journal refused sent again, QoS %d', async (qos) => {
    await using broker = await startMosquitto(program);
    const durable = new Set<string>();
    let failures = 1;
    await using subscriber = subscribeTo(broker, {}, async (record) => {
      if (failures > 0) {
        failures -= 1;
        throw new Error('the disk is full');
      }
      if (record.kind === 'packet') durable.add(Buffer.from(record.payload).toString());
    });
    await connected(subscriber);
    await publish(broker, numbers(1, 20), { qos });
    await expect.poll(() => byNumber([...durable]), patience).toEqual(numbers(1, 20));
    expect(subscriber.problems).toEqual(['the disk is full']);
    await connected(subscriber);
  });

  it('loses nothing that a broker with persistence still has when it is killed', async () => {
    await using broker = await startMosquitto(program, { persistence: true });
    const gate = Promise.withResolvers<void>();
    const durable = new Set<string>();
    await using subscriber = subscribeTo(broker, {}, async (record) => {
      await gate.promise;
      if (record.kind === 'packet') durable.add(Buffer.from(record.payload).toString());
    });
    await connected(subscriber);
    await publish(broker, numbers(1, 150));
    await publish(broker, numbers(151, 300), { qos: 2 });
    await expect.poll(() => subscriber.taken.length, patience).toBe(100);
    await broker.save();
    await broker.kill();
    await expect.poll(() => subscriber.connected(), patience).toBe(false);
    gate.resolve();
    await broker.start();
    await expect.poll(() => byNumber([...durable]), patience).toEqual(numbers(1, 300));
    await connected(subscriber);
  });

  it('subscribes again when a broker without persistence has forgotten it', async () => {
    await using broker = await startMosquitto(program);
    await using subscriber = subscribeTo(broker);
    await connected(subscriber);
    await publish(broker, ['1']);
    await expect.poll(() => subscriber.taken, patience).toEqual(['1']);
    await broker.kill();
    await expect.poll(() => subscriber.connected(), patience).toBe(false);
    await broker.start();
    await connected(subscriber);
    // The ids of the new session begin anew, and mean other packets.
    await publish(broker, ['2'], { qos: 2 });
    await expect.poll(() => subscriber.taken, patience).toEqual(['1', '2']);
  });

  it('waits for a broker that is not there yet', async () => {
    const broker = await startMosquitto(program);
    await using _broker = broker;
    await broker.kill();
    await using subscriber = subscribeTo(broker);
    await expect.poll(() => subscriber.problems.join(), patience).toMatch(/ECONNREFUSED/);
    expect(subscriber.trouble()?.message).toMatch(/ECONNREFUSED/);
    await broker.start();
    await connected(subscriber);
  });

  it('shares the messages of a group: each comes to one of them', async () => {
    await using broker = await startMosquitto(program);
    const group = (clientId: string) => subscribeTo(broker, { clientId, share: 'kvarters' });
    await using one = group('one');
    await using two = group('two');
    await connected(one);
    await connected(two);
    await publish(broker, numbers(1, 60));
    await expect.poll(() => byNumber([...one.taken, ...two.taken]), patience).toEqual(numbers(1, 60));
    expect(Math.min(one.taken.length, two.taken.length)).toBeGreaterThan(0);
  });

  it('takes a retained message once, not at each connection', async () => {
    await using broker = await startMosquitto(program);
    await publish(broker, ['kept'], { retain: true });
    {
      await using subscriber = subscribeTo(broker);
      await expect.poll(() => subscriber.taken, patience).toEqual(['kept']);
    }
    await using again = subscribeTo(broker);
    await connected(again);
    await publish(broker, ['new']);
    await expect.poll(() => again.taken, patience).toEqual(['new']);
  });

  it('subscribes to a topic that is new in the settings, although the session is old', async () => {
    await using broker = await startMosquitto(program);
    {
      await using subscriber = subscribeTo(broker);
      await connected(subscriber);
    }
    await using subscriber = subscribeTo(broker, { topics: ['site/#', 'other/+'] });
    await connected(subscriber);
    await publish(broker, ['x'], { topic: 'other/a' });
    await expect.poll(() => subscriber.taken, patience).toEqual(['x']);
  });

  it('takes nothing in that kvarter itself has published', async () => {
    await using broker = await startMosquitto(program);
    await using subscriber = subscribeTo(broker, { topics: ['#'] });
    await connected(subscriber);
    await publish(broker, ['alert'], { topic: 'kvarter/alerts/b1/1' });
    await publish(broker, ['reading'], { topic: 'kvarter/el-b1/up' });
    await expect.poll(() => subscriber.taken, patience).toEqual(['reading']);
  });
});

describe('with a broker that has few packet ids, the subscriber', () => {
  it('takes each QoS 2 packet, because an id is free after PUBREL', async () => {
    const payloads = ['1', '2', '3'];
    await using broker = await oneIdBroker(payloads);
    await using subscriber = subscribeTo(broker);
    await expect.poll(() => subscriber.taken, patience).toEqual(payloads);
    await connected(subscriber);
  });
});

/** Sends QoS 2 packets one after the other, all with the packet id 1, as a broker does when its ids begin anew. */
async function oneIdBroker(payloads: readonly string[]): Promise<{ readonly url: string } & AsyncDisposable> {
  const left = [...payloads];
  const server = createServer((socket) => {
    const publish = () => {
      const payload = left.shift();
      if (payload !== undefined)
        socket.write(
          Buffer.concat([Buffer.from([0x34, 8, 0, 2]), Buffer.from('st\0\x01\0'), Buffer.from(payload)]),
        );
    };
    // Each answer is awaited before the next packet, so a chunk is a packet.
    socket
      .on('error', () => undefined)
      .on('data', (bytes) => {
        const kind = (bytes[0] ?? 0) >> 4;
        if (kind === 1) socket.write(Buffer.from([0x20, 3, 0, 0, 0])); // CONNECT → CONNACK
        if (kind === 8) socket.write(Buffer.from([0x90, 4, bytes[2] ?? 0, bytes[3] ?? 0, 0, 2])); // SUBSCRIBE → SUBACK
        if (kind === 5) socket.write(Buffer.from([0x62, 2, 0, 1])); // PUBREC → PUBREL
        if (kind === 8 || kind === 7) publish(); // after SUBACK, and at each PUBCOMP
        if (kind === 14) socket.end(); // DISCONNECT
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `mqtt://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      await once(server.close(), 'close');
    },
  };
}

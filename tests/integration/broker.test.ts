import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { connectAsync } from 'mqtt';
import { describe, expect, it } from 'vitest';
import { KvarterError } from '../../src/domain/errors.ts';
import type { Broker } from '../../src/mqtt/broker.ts';
import { openTestBroker } from '../support/broker.ts';

const url = (broker: Broker) => `mqtt://127.0.0.1:${broker.port}`;

describe('the embedded broker', () => {
  it('acknowledges a publish after the journal has it, in order, whatever the sizes', async () => {
    const gate = Promise.withResolvers<void>();
    const topics: string[] = [];
    await using broker = await openTestBroker({
      journal: {
        append: async (record) => {
          if (record.kind === 'packet') topics.push(record.topic);
          await gate.promise;
        },
      },
    });
    const client = await connectAsync(url(broker));
    let acknowledged = 0;
    const all = Array.from({ length: 20 }, (_, n) =>
      client.publishAsync(`t/${n}`, 'x'.repeat((n % 3) * 40_000), { qos: 1 }).then(() => {
        acknowledged += 1;
      }),
    );
    await expect.poll(() => topics.length).toBeGreaterThan(0);
    expect(acknowledged).toBe(0);
    gate.resolve();
    await Promise.all(all);
    expect(topics).toEqual(Array.from({ length: 20 }, (_, n) => `t/${n}`));
    await client.endAsync();
  });

  it('does not acknowledge what the journal cannot take: the client sends it again', async () => {
    let failures = 1;
    const stored: string[] = [];
    await using broker = await openTestBroker({
      journal: {
        append: async (record) => {
          if (failures > 0) {
            failures -= 1;
            throw new KvarterError('journal-write-failed', 'the disk is full');
          }
          if (record.kind === 'packet') stored.push(Buffer.from(record.payload).toString());
        },
      },
    });
    const client = await connectAsync(url(broker), { reconnectPeriod: 20 });
    client.on('error', () => undefined);
    await client.publishAsync('t', 'precious', { qos: 1 });
    expect(stored).toEqual(['precious']);
    await client.endAsync();
  });

  it('journals QoS 0 and 2 as well, byte for byte', async () => {
    await using broker = await openTestBroker();
    const client = await connectAsync(url(broker));
    const bytes = Buffer.from([0, 255, 128, 10]);
    await client.publishAsync('zero', bytes, { qos: 0 });
    await client.publishAsync('two', bytes, { qos: 2 });
    await expect.poll(() => broker.records.length).toBe(3);
    const exchange = { client: client.options.clientId, packetId: expect.any(Number) };
    const packet = { kind: 'packet', receivedAtMs: 42, payload: bytes };
    expect(broker.records).toEqual([
      { ...packet, topic: 'zero' },
      { ...packet, topic: 'two', exchange },
      { kind: 'released', exchange },
    ]);
    await client.endAsync();
  });

  it.each([
    ['nobody', {}],
    ['a wrong password', { username: 'kvarter', password: 'guess' }],
    ['a wrong user', { username: 'other', password: 'right' }],
  ])('with credentials, turns away %s', async (_, given) => {
    await using broker = await openTestBroker({ account: { username: 'kvarter', password: 'right' } });
    await expect(connectAsync(url(broker), { reconnectPeriod: 0, ...given })).rejects.toThrow(
      /not authorized|bad user/i,
    );
    const client = await connectAsync(url(broker), { username: 'kvarter', password: 'right' });
    await client.publishAsync('t', 'x', { qos: 1 });
    expect(broker.records).toHaveLength(1);
    await client.endAsync();
  });

  it.each(['$SYS/x', 'kvarter/alerts/b/1', 'kvarter/commands/b'])(
    'lets no client publish on %s',
    async (topic) => {
      await using broker = await openTestBroker();
      const client = await connectAsync(url(broker), { reconnectPeriod: 0 });
      const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
      client.publish(topic, 'x', { qos: 0 });
      await closed;
      expect(broker.records).toEqual([]);
    },
  );

  it('closes what is more than its connections', async () => {
    await using broker = await openTestBroker({ maxConnections: 1 });
    const client = await connectAsync(url(broker));
    const socket = connectSocket(broker.port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'close');
    expect(broker.connections()).toBe(1);
    await client.endAsync();
  });

  it('survives bytes that are no MQTT', async () => {
    await using broker = await openTestBroker();
    const socket = connectSocket(broker.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3]));
    socket.end();
    await once(socket, 'close');
    const client = await connectAsync(url(broker));
    await client.publishAsync('t', 'x', { qos: 1 });
    expect(broker.records).toHaveLength(1);
    await client.endAsync();
  });
});

import { connectAsync } from 'mqtt';
import { describe, expect, it } from 'vitest';
import type { Broker } from '../../src/mqtt/broker.ts';
import { openTestBroker } from '../support/broker.ts';
import { heldBuffersMb } from '../support/memory.ts';
import { greet, type RawClient } from '../support/raw-client.ts';
import { packet, text } from '../unit/mqtt/guard-bytes.ts';

const boundOf = (broker: Broker, name: string) => broker.bounds().find(({ bound }) => bound === name);
const PAYLOAD = Buffer.alloc(200_000);
const MESSAGES = 250;

/** Subscribes to everything, and then reads nothing more. */
async function stall(broker: Broker, clientId: string, qos: 0 | 1): Promise<RawClient> {
  const client = greet(broker.port, clientId);
  client.socket.write(packet(0x82, [0, 1], text('#'), [qos]));
  await expect.poll(() => client.heard().length).toBe(4 + 5);
  client.socket.pause();
  return client;
}

describe('subscribers that read nothing', () => {
  it('hold neither memory nor the others, while 50 MB are published to them', async () => {
    // Nothing but the broker may hold what was published.
    await using broker = await openTestBroker({ journal: { append: async () => undefined } });
    await using zero = await stall(broker, 'zero', 0);
    await using one = await stall(broker, 'one', 1);
    const url = `mqtt://127.0.0.1:${broker.port}`;
    const [publisher, reader] = await Promise.all([connectAsync(url), connectAsync(url)]);
    let heard = 0;
    reader.on('message', () => {
      heard += 1;
    });
    await reader.subscribeAsync('#', { qos: 1 });
    const beforeMb = heldBuffersMb();
    for (let n = 0; n < MESSAGES; n++) await publisher.publishAsync(`t/${n}`, PAYLOAD, { qos: 1 });
    await expect.poll(() => heard, { timeout: 10_000 }).toBe(MESSAGES);
    await expect.poll(() => heldBuffersMb() - beforeMb, { timeout: 20_000 }).toBeLessThan(15);

    // QoS 0 is left out while too much waits; of QoS 1 nothing may be, so the connection ends.
    expect(boundOf(broker, 'maxBacklogKb')?.hits).toBeGreaterThan(1);
    expect(broker.problems).toEqual([expect.stringMatching(/^\[mqtt\.maxBacklogKb\] /)]);
    expect(broker.connections()).toBe(3);
    one.socket.resume();
    await one.closed;
    expect(zero.socket.closed).toBe(false);
    await publisher.endAsync();
    await reader.endAsync();
  });

  it('of all together hold so much: who has read least goes', async () => {
    await using broker = await openTestBroker({ bounds: { maxBacklogTotalMb: 4 } });
    const stalled = await Promise.all([0, 1, 2, 3, 4].map((n) => stall(broker, `s${n}`, 0)));
    const publisher = await connectAsync(`mqtt://127.0.0.1:${broker.port}`);
    for (let n = 0; n < 40; n++) await publisher.publishAsync('t', PAYLOAD, { qos: 1 });
    await expect.poll(() => boundOf(broker, 'maxBacklogTotalMb')?.hits).toBeGreaterThan(0);
    await expect.poll(() => boundOf(broker, 'maxBacklogTotalMb')?.inUse).toBeLessThanOrEqual(4);
    await publisher.publishAsync('t', 'x', { qos: 1 });
    await publisher.endAsync();
    for (const client of stalled) await client[Symbol.asyncDispose]();
  });

  it('for the time of the drain time-out are gone', async () => {
    await using broker = await openTestBroker({ bounds: { drainTimeoutSeconds: 1 } });
    const publisher = await connectAsync(`mqtt://127.0.0.1:${broker.port}`);
    for (let n = 0; n < 150; n++) {
      await publisher.publishAsync(`r/${n}`, PAYLOAD, { qos: 1, retain: true });
    }
    const client = greet(broker.port, 'r');
    await expect.poll(() => client.heard().length).toBe(4);
    client.socket.pause();
    client.socket.write(packet(0x82, [0, 1], text('#'), [0]));
    await expect.poll(() => boundOf(broker, 'drainTimeoutSeconds')?.hits, { timeout: 10_000 }).toBe(1);
    client.socket.resume();
    await client.closed;
    await publisher.endAsync();
  });
});

describe('QoS 2 publishes that are never released', () => {
  it('are so many of one client: it is disconnected, and another is served', async () => {
    await using broker = await openTestBroker({ bounds: { maxOpenExchanges: 5 } });
    await using client = greet(broker.port, 'open');
    for (let id = 1; id <= 6; id++) client.socket.write(packet(0x34, text('two'), [0, id]));
    await client.closed;
    expect(broker.topics().filter((topic) => topic === 'two')).toHaveLength(5);
    expect(boundOf(broker, 'maxOpenExchanges')).toMatchObject({ limit: 5, hits: 1 });
    const other = await connectAsync(`mqtt://127.0.0.1:${broker.port}`);
    await other.publishAsync('other', 'x', { qos: 2 });
    await other.endAsync();
  });
});

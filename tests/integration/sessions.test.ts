import { connect, connectAsync, type IConnackPacket, type IPublishPacket, type MqttClient } from 'mqtt';
import { describe, expect, it } from 'vitest';
import type { Broker } from '../../src/mqtt/broker.ts';
import { openTestBroker } from '../support/broker.ts';
import { openTempDir } from '../support/temp-dir.ts';

const url = ({ port }: Broker) => `mqtt://127.0.0.1:${port}`;
const boundOf = (broker: Broker, name: string) => broker.bounds().find(({ bound }) => bound === name);

type Attached = { readonly client: MqttClient; readonly isPresent: boolean; readonly got: IPublishPacket[] };

async function attach(broker: Broker, clientId: string, clean = false): Promise<Attached> {
  const client = connect(url(broker), { clientId, clean, reconnectPeriod: 0 });
  const got: IPublishPacket[] = [];
  client.on('message', (_topic, _payload, packet) => got.push(packet));
  const connack = await new Promise<IConnackPacket>((resolve) => client.once('connect', resolve));
  return { client, isPresent: connack.sessionPresent, got };
}

/** A session that subscribes, and is left. */
async function leave(broker: Broker, clientId: string, filter?: string, qos: 0 | 1 | 2 = 1): Promise<void> {
  const { client } = await attach(broker, clientId);
  if (filter !== undefined) await client.subscribeAsync(filter, { qos });
  await client.endAsync();
}

const texts = ({ got }: Attached) => got.map(({ payload }) => String(payload));

describe('a session that is kept', () => {
  it.each([
    ['clean', true],
    ['kept', false],
  ])('%s or not, a subscriber loses nothing of twenty publishers at once', async (_, clean) => {
    await using broker = await openTestBroker();
    const board = await attach(broker, 'board', clean);
    await board.client.subscribeAsync('p/#', { qos: 1 });
    const publishers = await Promise.all(
      Array.from({ length: 20 }, (__, n) => attach(broker, `p${n}`, true)),
    );
    const publishing = publishers.map(async ({ client }, p) => {
      const all = Array.from({ length: 500 }, (__, n) => client.publishAsync(`p/${p}`, `${n}`, { qos: 1 }));
      await Promise.all(all);
      await client.endAsync();
    });
    await Promise.all(publishing);
    await expect.poll(() => board.got.length, { timeout: 20_000 }).toBe(20 * 500);
    for (const p of publishers.keys()) {
      const numbers = board.got.flatMap(({ topic, payload }) =>
        topic === `p/${p}` ? [Number(payload)] : [],
      );
      expect(numbers).toEqual(Array.from({ length: 500 }, (__, n) => n));
    }
    await board.client.endAsync();
  });

  it('gets what came while it was away before what comes now, each once', async () => {
    await using broker = await openTestBroker();
    await leave(broker, 'board', 'a', 2);
    const publisher = await attach(broker, 'publisher', true);
    const send = (from: number, count: number) =>
      Promise.all(
        Array.from({ length: count }, (_, n) =>
          publisher.client.publishAsync('a', `${from + n}`, { qos: 2 }),
        ),
      );
    await send(0, 400);
    const during = send(400, 400);
    const board = await attach(broker, 'board');
    await during;
    await send(800, 20);
    await expect.poll(() => board.got.length, { timeout: 20_000 }).toBe(820);
    expect(texts(board)).toEqual(Array.from({ length: 820 }, (_, n) => `${n}`));
    for (const { client } of [board, publisher]) await client.endAsync();
  });

  it('is present when it subscribes to nothing, and not behind a clean one [MQTT-3.2.2-2]', async () => {
    await using broker = await openTestBroker();
    const present: boolean[] = [];
    for (const clean of [false, false, true, false]) {
      const { client, isPresent } = await attach(broker, 'c', clean);
      present.push(isPresent);
      await client.endAsync();
    }
    expect(present).toEqual([false, true, false, false]);
  });

  it('ends when nobody comes back for it', async () => {
    let nowMs = 0;
    await using broker = await openTestBroker({ clock: () => nowMs, bounds: { sessionExpiryHours: 0.0005 } });
    await leave(broker, 'gone', 'a');
    const stays = await attach(broker, 'stays');
    nowMs += 3600_000;
    await expect.poll(() => boundOf(broker, 'sessionExpiryHours')?.hits).toBe(1);
    expect(boundOf(broker, 'maxSessions')?.inUse).toBe(1);
    const { client, isPresent } = await attach(broker, 'gone');
    expect(isPresent).toBe(false);
    await client.endAsync();
    await stays.client.endAsync();
  });

  it('does not wait for what is published without an acknowledgement, nor for filters of QoS 0', async () => {
    await using broker = await openTestBroker();
    await leave(broker, 'zero', 'a', 0);
    await leave(broker, 'one', 'a', 1);
    const publisher = await connectAsync(url(broker));
    await publisher.publishAsync('a', 'unacknowledged', { qos: 0 });
    await publisher.publishAsync('a', 'acknowledged', { qos: 2 });
    await publisher.endAsync();
    const [zero, one] = [await attach(broker, 'zero'), await attach(broker, 'one')];
    await expect
      .poll(() => one.got.map(({ payload, qos }) => [String(payload), qos]))
      .toEqual([['acknowledged', 1]]);
    expect(zero.got).toEqual([]);
    for (const { client } of [zero, one]) await client.endAsync();
  });
});

describe('at its bound', () => {
  it.each([
    ['maxQueuedMessages', { maxQueuedMessages: 5 }, 'x'],
    ['maxQueuedKb', { maxQueuedKb: 5 }, 'x'.repeat(800)],
    ['maxQueuedTotalMb', { maxQueuedTotalMb: 5 / 1024 }, 'x'.repeat(800)],
  ])(
    'of %s the oldest message of a queue is dropped, and counted; ingest goes on',
    async (bound, bounds, padding) => {
      await using broker = await openTestBroker({ bounds });
      await leave(broker, 'board', 'a');
      const publisher = await connectAsync(url(broker));
      for (let n = 0; n < 9; n += 1) await publisher.publishAsync('a', `${n}${padding}`, { qos: 1 });
      await publisher.endAsync();
      expect(broker.records).toHaveLength(9);
      expect(boundOf(broker, bound)?.hits).toBe(4);
      const board = await attach(broker, 'board');
      await expect.poll(() => texts(board).map((text) => text[0])).toEqual(['4', '5', '6', '7', '8']);
      await expect.poll(() => boundOf(broker, bound)?.inUse).toBe(0);
      await board.client.endAsync();
    },
  );

  it('of sessions the one that was left longest ago ends', async () => {
    await using broker = await openTestBroker({ bounds: { maxSessions: 2 } });
    for (const id of ['a', 'b', 'a', 'c']) await leave(broker, id);
    expect(boundOf(broker, 'maxSessions')).toMatchObject({ inUse: 2, hits: 1 });
    const a = await attach(broker, 'a');
    expect(a.isPresent).toBe(true);
    await a.client.endAsync();
  });

  it('of retained messages a new one is published and not retained; those there are can change', async () => {
    await using broker = await openTestBroker({ bounds: { maxRetained: 2 } });
    const board = await attach(broker, 'board', true);
    await board.client.subscribeAsync('r/#', { qos: 1 });
    for (const [topic, text] of [
      ['r/a', '1'],
      ['r/b', '2'],
      ['r/c', '3'],
      ['r/a', '4'],
    ] as const) {
      await board.client.publishAsync(topic, text, { qos: 1, retain: true });
    }
    await expect.poll(() => texts(board)).toEqual(['1', '2', '3', '4']);
    expect(boundOf(broker, 'maxRetained')).toMatchObject({ inUse: 2, hits: 1 });
    const late = await attach(broker, 'late', true);
    await late.client.subscribeAsync('r/#', { qos: 1 });
    await expect.poll(() => texts(late).toSorted()).toEqual(['2', '4']);
    for (const { client } of [board, late]) await client.endAsync();
  });
});

it("what a broker keeps is the next one's, and a QoS 2 message that was received is not forwarded again", async () => {
  await using dir = await openTempDir();
  {
    await using broker = await openTestBroker({ dataDir: dir.path });
    await leave(broker, 'board', 'a/+');
    await broker.publish('a/own', 'from kvarter', { retain: true, qos: 1 });
  }
  await using broker = await openTestBroker({ dataDir: dir.path });
  const board = await attach(broker, 'board');
  expect(board.isPresent).toBe(true);
  await expect.poll(() => texts(board)).toEqual(['from kvarter']);
  const late = await attach(broker, 'late', true);
  await late.client.subscribeAsync('#', { qos: 0 });
  await expect.poll(() => texts(late)).toEqual(['from kvarter']);
  for (const { client } of [board, late]) await client.endAsync();
});

import { connect, type IConnackPacket, type MqttClient, type Packet } from 'mqtt';
import { describe, expect, it } from 'vitest';
import { type ServiceProcess, startService } from '../support/service-process.ts';
import { openTempDir } from '../support/temp-dir.ts';

type Attached = {
  readonly client: MqttClient;
  readonly isSessionPresent: boolean;
  /** The messages and releases that it was sent. */
  readonly packets: Packet[];
  readonly texts: () => string[];
};

type How = {
  readonly clean?: boolean;
  /** It acknowledges nothing. */
  readonly isMute?: boolean;
  readonly willTopic?: string;
};

async function attach({ mqttPort }: ServiceProcess, clientId: string, how: How = {}): Promise<Attached> {
  const { clean = false, isMute = false, willTopic } = how;
  const will = { topic: willTopic ?? '', payload: Buffer.from(clientId), qos: 1 as const, retain: false };
  const client = connect(`mqtt://127.0.0.1:${mqttPort}`, {
    clientId,
    clean,
    reconnectPeriod: 0,
    ...(willTopic === undefined ? {} : { will }),
  });
  client.on('error', () => undefined);
  const packets: Packet[] = [];
  client.on('packetreceive', (packet) => {
    if (packet.cmd === 'publish' || packet.cmd === 'pubrel') packets.push({ ...packet });
  });
  // Calling back is what acknowledges.
  if (isMute) client.handleMessage = () => undefined;
  const connack = await new Promise<IConnackPacket>((resolve) => client.once('connect', resolve));
  return {
    client,
    isSessionPresent: connack.sessionPresent,
    packets,
    texts: () => packets.flatMap((packet) => (packet.cmd === 'publish' ? [String(packet.payload)] : [])),
  };
}

/** A message of its own comes behind all that was to come: there is no waiting for nothing. */
async function settle(service: ServiceProcess, { client, texts }: Attached): Promise<void> {
  const end = `end ${Math.random()}`;
  await client.subscribeAsync('settle', { qos: 1 });
  const { client: other } = await attach(service, `settler ${Math.random()}`, { clean: true });
  await other.publishAsync('settle', end, { qos: 1 });
  await expect.poll(texts, { timeout: 10_000 }).toContain(end);
  await other.endAsync();
}

const withoutEnds = (texts: readonly string[]) => texts.filter((text) => !text.startsWith('end '));

describe.each(['SIGKILL', 'SIGTERM'] as const)('behind %s', (signal) => {
  it('sessions, subscriptions, queues in order, retained messages and wills are there again', async () => {
    await using dir = await openTempDir();
    const sent = Array.from({ length: 60 }, (_, n) => `${n}`);
    {
      await using service = await startService(dir.path);
      const board = await attach(service, 'board');
      expect(board.isSessionPresent).toBe(false);
      await board.client.subscribeAsync('a/#', { qos: 2 });
      await board.client.subscribeAsync('gone', { qos: 1 });
      await board.client.unsubscribeAsync('gone');
      await board.client.endAsync();
      const watcher = await attach(service, 'watcher');
      await watcher.client.subscribeAsync('wills/+', { qos: 1 });
      await watcher.client.endAsync();
      await (await attach(service, 'silent')).client.endAsync();
      await attach(service, 'mortal', { willTopic: 'wills/mortal', clean: true });
      const publisher = await attach(service, 'publisher', { clean: true });
      await publisher.client.publishAsync('r/kept', 'kept', { qos: 1, retain: true });
      await publisher.client.publishAsync('r/ended', 'ended', { qos: 1, retain: true });
      await publisher.client.publishAsync('r/ended', '', { qos: 1, retain: true });
      await publisher.client.publishAsync('gone', 'no', { qos: 1 });
      const all = sent.map((text, n) =>
        publisher.client.publishAsync('a/b', text, { qos: n % 2 === 0 ? 1 : 2 }),
      );
      await Promise.all(all);
      // At once: what is acknowledged is kept.
      await service.running.end(signal);
    }
    await using service = await startService(dir.path);
    const watcher = await attach(service, 'watcher');
    expect(watcher.isSessionPresent).toBe(true);
    await expect.poll(watcher.texts).toEqual(['mortal']);
    await settle(service, watcher);
    expect(withoutEnds(watcher.texts())).toEqual(['mortal']);

    const board = await attach(service, 'board');
    expect(board.isSessionPresent).toBe(true);
    await settle(service, board);
    const texts = withoutEnds(board.texts());
    expect(texts.toSorted((a, b) => Number(a) - Number(b))).toEqual(sent);
    // Each QoS is a stream of its own to its publisher, who was free to send them in any order.
    for (const rest of [0, 1]) {
      const ofQos = (text: string) => Number(text) % 2 === rest;
      expect(texts.filter(ofQos)).toEqual(sent.filter(ofQos));
    }
    expect((await attach(service, 'silent')).isSessionPresent).toBe(true);

    const late = await attach(service, 'late', { clean: true });
    await late.client.subscribeAsync('r/#', { qos: 1 });
    await settle(service, late);
    expect(late.packets.filter((packet) => packet.cmd === 'publish' && packet.retain)).toMatchObject([
      { topic: 'r/kept', qos: 1 },
    ]);

    await board.client.endAsync();
    const anew = await attach(service, 'board', { clean: true });
    expect(anew.isSessionPresent).toBe(false);
    await anew.client.endAsync();
    expect((await attach(service, 'board')).isSessionPresent).toBe(false);
  });
});

describe('behind kill -9, a subscriber that had not acknowledged', () => {
  it('a QoS 1 message gets it again, as it was: with DUP, and under its packet id', async () => {
    await using dir = await openTempDir();
    let before: Packet[];
    {
      await using service = await startService(dir.path);
      const board = await attach(service, 'board', { isMute: true });
      await board.client.subscribeAsync('a', { qos: 1 });
      const publisher = await attach(service, 'publisher');
      await publisher.client.publishAsync('a', 'precious', { qos: 1 });
      await expect.poll(board.texts).toEqual(['precious']);
      // Written in the same turn as it was sent, so by the time that another message has passed.
      await publisher.client.publishAsync('b', 'x', { qos: 1 });
      before = board.packets;
      await service.running.end('SIGKILL');
    }
    await using service = await startService(dir.path);
    const board = await attach(service, 'board');
    await settle(service, board);
    const [first] = before;
    expect(first).toMatchObject({ dup: false });
    expect(board.packets.slice(0, 1)).toMatchObject([
      { cmd: 'publish', dup: true, messageId: first?.messageId, qos: 1 },
    ]);
    expect(withoutEnds(board.texts())).toEqual(['precious']);
  });

  it('a QoS 2 message that it has received gets its release, not the message', async () => {
    await using dir = await openTempDir();
    let messageId: number | undefined;
    {
      await using service = await startService(dir.path);
      const board = await attach(service, 'board', { isMute: true });
      await board.client.subscribeAsync('a', { qos: 2 });
      const publisher = await attach(service, 'publisher');
      await publisher.client.publishAsync('a', 'precious', { qos: 2 });
      await expect.poll(() => board.packets.map(({ cmd }) => cmd)).toEqual(['publish', 'pubrel']);
      messageId = board.packets[0]?.messageId;
      await service.running.end('SIGKILL');
    }
    await using service = await startService(dir.path);
    const board = await attach(service, 'board');
    await settle(service, board);
    expect(board.packets[0]).toMatchObject({ cmd: 'pubrel', messageId });
    expect(withoutEnds(board.texts())).toEqual([]);
  });
});

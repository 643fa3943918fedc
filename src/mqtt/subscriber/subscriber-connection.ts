import { readFile } from 'node:fs/promises';
import { connect, type IClientOptions, type IPublishPacket, type MqttClient } from 'mqtt';
import type { SubscriberOptions } from './subscriber.ts';
import type { Receipts } from './subscriber-receipts.ts';

/** QoS 1; resolves when the broker has it. */
export type Publish = (topic: string, payload: Uint8Array) => Promise<void>;

const KEEP_ALIVE_S = 30;
const CONNECT_TIMEOUT_MS = 20_000;
const FAREWELL_MS = 1000;

/**
 * MQTT.js handles one packet at a time, and sends PUBACK before it handles the next: a journal that commits in groups
 * would get groups of one. Its way to refuse a packet locally does neither wait nor acknowledge, so every packet is
 * "refused" with this mark, and acknowledged from here when it is durable.
 */
const LATER = new Error('acknowledged when it is durable');

/**
 * One connection, from its beginning to its end. Resolves when the signal has ended it; rejects when it could not be made,
 * when the journal could not take a packet, or when the broker or the network ended it.
 *
 * @param onSubscribed once, when all topics are answered; with an error that names those the broker refuses
 * and how to publish for as long as the connection holds
 */
export async function openConnection(
  options: SubscriberOptions,
  receipts: Receipts,
  onSubscribed: (refused: Error | undefined, publish: Publish) => void,
  signal: AbortSignal,
): Promise<void> {
  let failure: Error | undefined;
  let leaving = false;
  const pending = new Set<Promise<void>>();

  const client = connect(options.url, {
    ...(await clientOptions(options)),
    customHandleAcks: (_topic, _payload, packet: IPublishPacket, done) => {
      if (!leaving) receive(packet);
      done(LATER);
    },
  });
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
  const fail = (error: Error) => {
    failure ??= error;
    leaving = true;
    client.stream.destroy();
  };

  function receive(packet: IPublishPacket): Promise<void> {
    const durable = receipts.take(packet).then(
      () => acknowledge(client, packet),
      (cause: unknown) => fail(asError(cause)),
    );
    pending.add(durable);
    return durable.finally(() => pending.delete(durable));
  }
  // QoS 0 has no acknowledgements and so no bound: past it, the socket is read no further until the journal has caught up.
  client.handleMessage = (packet, done) => {
    const taken = leaving ? undefined : receive(packet);
    if (taken && pending.size >= options.receiveMaximum) void taken.then(() => done());
    else done();
  };

  client.on('packetreceive', (packet) => {
    // Before MQTT.js hands out the packets that follow on CONNACK.
    if (packet.cmd === 'connack' && !packet.sessionPresent) receipts.forget();
    if (packet.cmd === 'pubrel' && packet.messageId !== undefined) receipts.release(packet.messageId);
  });
  client.on('error', (error) => {
    if (error === LATER) return;
    failure ??= asError(error);
  });
  client.on('disconnect', ({ reasonCode }) => {
    failure ??= new Error(
      `${options.url} has ended the session with reason 0x${(reasonCode ?? 0).toString(16)}`,
    );
  });
  client.on('connect', () => {
    const publish: Publish = async (topic, payload) => {
      await client.publishAsync(topic, Buffer.from(payload), { qos: 1 });
    };
    subscribe(client, options).then(
      (refused) => onSubscribed(refused, publish),
      (cause: unknown) => fail(asError(cause)),
    );
  });

  const leave = () => {
    leaving = true;
    if (!client.connected) return void client.stream.destroy();
    void Promise.allSettled(pending).then(() => {
      // The session stays: DISCONNECT without an expiry of its own keeps the one of CONNECT.
      client.end();
      setTimeout(() => client.stream.destroy(), FAREWELL_MS).unref();
    });
  };
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  await closed;
  leaving = true;
  signal.removeEventListener('abort', leave);
  if (!signal.aborted) throw failure ?? new Error(`${options.url} has closed the connection`);
}

async function clientOptions(options: SubscriberOptions): Promise<IClientOptions> {
  const read = (file: string | undefined) => (file === undefined ? undefined : readFile(file));
  const [password, ca, cert, key] = await Promise.all(
    [options.passwordFile, options.caFile, options.certFile, options.keyFile].map(read),
  );
  return {
    protocolVersion: 5,
    clean: false,
    clientId: options.clientId,
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(password === undefined ? {} : { password: password.toString('utf8').trim() }),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    properties: {
      sessionExpiryInterval: Math.min(options.sessionExpirySeconds, 0xffff_ffff),
      receiveMaximum: options.receiveMaximum,
    },
    keepalive: KEEP_ALIVE_S,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // Each connection is a client of its own: when to come back is decided in subscriber.ts.
    reconnectPeriod: 0,
    resubscribe: false,
  };
}

/**
 * At every connection, also when the session is still there: so a topic that is new in the settings is subscribed to.
 * Retain handling 1 (MQTT 5, 3.8.3.1): what is retained comes with a new subscription only, not again at each
 * connection. QoS 2 is asked for, so each message keeps the QoS that it was published with.
 */
async function subscribe(client: MqttClient, options: SubscriberOptions): Promise<Error | undefined> {
  const filters = options.topics.map((filter) =>
    options.share === undefined ? filter : `$share/${options.share}/${filter}`,
  );
  const refused: string[] = [];
  for (const filter of filters) {
    await client.subscribeAsync(filter, { qos: 2, rh: 1 }).catch((cause: unknown) => {
      if (!client.connected) throw cause;
      refused.push(`${filter} (${asError(cause).message})`);
    });
  }
  return refused.length > 0 ? new Error(`${options.url} refuses ${refused.join(', ')}`) : undefined;
}

/** PUBACK or PUBREC on the connection that the packet came on; on another one its id may mean another packet. */
function acknowledge({ stream }: MqttClient, { qos, messageId }: IPublishPacket): void {
  if (qos === 0 || messageId === undefined || stream.destroyed || !stream.writable) return;
  // A group commit makes many packets durable in one turn: their acknowledgements leave in one write.
  stream.cork();
  queueMicrotask(() => stream.uncork());
  // MQTT 5, 3.4.2.1 and 3.5.2.1: with two bytes the reason is "success".
  stream.write(Buffer.from([qos === 1 ? 0x40 : 0x50, 2, messageId >> 8, messageId & 0xff]));
}

/** Node's errors of a name with several addresses say nothing themselves. */
function asError(cause: unknown): Error {
  if (!(cause instanceof Error)) return new Error(String(cause));
  if (cause instanceof AggregateError && cause.message === '') {
    return new Error(cause.errors.map((error: unknown) => asError(error).message).join(', '), { cause });
  }
  return cause;
}

import { Aedes, type Client, type PublishPacket } from 'aedes';
import type { Credentials } from '../access/credential.ts';
import type { Cursor, Journal } from '../journal/journal.ts';
import { aedesHooks } from './aedes-hooks.ts';
import { type BoundReport, type BoundState, type BrokerBounds, boundsFrom } from './bounds/bounds.ts';
import { watchBounds } from './bounds/broker-bounds.ts';
import { createKeepAlive } from './bounds/keep-alive.ts';
import { createConnections } from './connections.ts';
import { createDownstream } from './downstream/downstream.ts';
import { keepGrantedOnly } from './downstream/granted-subscriptions.ts';
import { createListenedTopics } from './downstream/listened.ts';
import { watchedEmitter } from './downstream/watched-emitter.ts';
import { type AccessCounts, type GatekeeperOptions, openGatekeeper } from './gatekeeper.ts';
import { defaultLimits, type GuardLimits } from './guard/guard-gate.ts';
import { trackSessions } from './guard/guard-sessions.ts';
import { type ListenSettings, openListeners, type Ports } from './listeners/open-listeners.ts';
import { openKeeping } from './sessions/keeping.ts';

export type BrokerOptions = ListenSettings &
  GatekeeperOptions & {
    /** What a packet and its topic may be; a client that sends more is disconnected. */
    readonly limits?: Partial<GuardLimits>;
    /** How much one client, one address, and all of them may have. */
    readonly bounds?: Partial<BrokerBounds>;
    /** From the connection to a whole CONNECT. Default: 10 s. */
    readonly connectTimeoutMs?: number;
    /** Folder of what outlives the broker. None: nothing does. */
    readonly dataDir?: string;
    readonly journal: Pick<Journal, 'append' | 'read' | 'head' | 'sizeBytes'>;
    /** A connection that ended badly, or a publish that could not be journaled. */
    readonly onProblem: (problem: { client: string | undefined; message: string }) => void;
    /** A bound was hit: at once, then summed up. */
    readonly onBound?: (report: BoundReport) => void;
    /** The certificates have been read again, or cannot be used; then those before stay. */
    readonly onCertificates?: (refused: Error | undefined) => void;
  };

export interface Broker extends AsyncDisposable, Ports {
  readonly connections: () => number;
  /** Each bound with what is in use of it, and how often it was hit. */
  readonly bounds: () => readonly BoundState[];
  /** From here on the broker needs the journal at its next start. */
  readonly journalPlace: () => Cursor | undefined;
  readonly access: () => Readonly<AccessCounts>;
  /** From now on these hold, for who is connected too. */
  setCredentials(credentials: Credentials): void;
  /** From kvarter itself to whoever subscribes; not journaled. */
  publish(
    topic: string,
    payload: string | Uint8Array,
    options: { retain: boolean; qos: 0 | 1 },
  ): Promise<void>;
}

/** Beyond the largest packet, for small ones that come together. */
const MESSAGE_ROOM_BYTES = 64 * 1024;

/**
 * The embedded broker: aedes on TCP, TLS and WebSocket, with the guard, the bounds, the gatekeeper and what is kept around
 * it. A publish of a QoS above 0 is acknowledged after its packet is durable in the journal.
 */
export async function openBroker(options: BrokerOptions): Promise<Broker> {
  const { journal, clock, onProblem } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const connectTimeoutMs = options.connectTimeoutMs ?? 10_000;
  const most = boundsFrom(options.bounds);
  await using stack = new AsyncDisposableStack();
  const bounds = stack.use(
    watchBounds({
      bounds: most,
      maxConnections: options.maxConnections,
      limits,
      connectTimeoutMs,
      onBound: (report) => options.onBound?.(report),
    }),
  );
  const gatekeeper = stack.use(await openGatekeeper(options));
  const keeping = stack.use(
    await openKeeping({
      dataDir: options.dataDir,
      bounds: most,
      journal,
      clock,
      senderOf: gatekeeper.senderOf,
      isConnected: (client) => sessions.has(client),
      onBound: bounds.hitBy,
      onProblem: ({ message }) => onProblem({ client: undefined, message }),
    }),
  );
  const downstream = createDownstream({
    maxBacklogBytes: most.maxBacklogKb * 1024,
    mayReceive: gatekeeper.mayReceive,
    isDue: keeping.isDue,
    onLeftOut: (client) => bounds.hit('maxBacklogKb', client),
  });
  const keepAlive = stack.use(
    createKeepAlive({
      maxSeconds: most.maxKeepAliveSeconds,
      packetTimeoutSeconds: most.packetTimeoutSeconds,
      isWaiting: (stream) => bounds.flows.isWaiting(stream),
    }),
  );
  const wanted = createListenedTopics();
  const recordOf = (client: Client, topic: string, payload: Buffer) => {
    const sender = gatekeeper.senderOf(client);
    const packet = { kind: 'packet', receivedAtMs: clock(), topic, payload } as const;
    return sender === undefined ? packet : { ...packet, sender };
  };
  const aedes = await Aedes.createBroker({
    persistence: keeping.persistence,
    // mqtt.maxOpenExchanges holds before a publish is journaled, and across connections.
    maxInflightInbound: 0,
    // A client whose socket takes nothing for so long is gone.
    drainTimeout: most.drainTimeoutSeconds * 1000,
    connectTimeout: connectTimeoutMs,
    mq: watchedEmitter(wanted),
    maxTopicLevels: limits.maxTopicLevels,
    // Packets behind a CONNECT that is not answered yet [MQTT-3.1.4-5]: as many as one chunk of small ones can hold.
    queueLimit: 1000,
    // For MQTT 3.1, which allows 23: clients never kept to it, and 3.1.1 lets a server take more [MQTT-3.1.3-5].
    maxClientsIdLength: 65_535,
    ...aedesHooks({
      bounds,
      gatekeeper,
      keeping,
      downstream,
      keepAlive,
      connectionOf: (client) => connections.of(client),
      isConnected: (id) => sessions.has(id),
      recordOf,
      onProblem,
    }),
  });
  const ended = new WeakSet<Client>();
  const report = (client: Client, { message }: Error) => {
    // An error ends the client; what aedes says of it afterwards, once for each packet on its way, is no news.
    if (ended.has(client)) return;
    ended.add(client);
    bounds.ended(client, message);
    onProblem({ client: client.id, message });
  };
  aedes.on('clientError', report);
  aedes.on('connectionError', report);

  downstream.watch(aedes);
  const sessions = trackSessions(aedes);
  bounds.follow(aedes);
  keepGrantedOnly(aedes, (client, subscription) => bounds.subscriptions.isGranted(client, subscription));
  keeping.follow(aedes);
  const connections = createConnections({
    limits,
    bounds,
    downstream,
    keepAlive,
    handle: (stream) => aedes.handle(stream),
    lane: (clientOf) => ({
      append: journal.append,
      record: (topic, payload) => {
        const client = clientOf();
        return gatekeeper.mayPublish(client, topic) ? recordOf(client, topic, payload) : undefined;
      },
      isWanted: (topic) => wanted.has(topic) || keeping.wants(topic),
      keep: keeping.keep,
      onPublished: (published) =>
        aedes.publish({ cmd: 'publish', retain: false, dup: false, ...published }, () => undefined),
    }),
  });
  aedes.on('clientReady', (client) => {
    const connection = connections.of(client);
    connection?.lane.open();
    connection?.flow.open();
  });
  stack.defer(async () => {
    await new Promise<void>((resolve) => aedes.close(() => resolve()));
    // aedes closes its clients; a connection that has not sent a CONNECT yet is none.
    for (const stream of bounds.streams()) stream.destroy();
  });
  const publish = (packet: Omit<PublishPacket, 'cmd' | 'dup'>) =>
    new Promise<void>((resolve, reject) => {
      aedes.publish({ ...packet, cmd: 'publish', dup: false }, (error) =>
        error ? reject(error) : resolve(),
      );
    });
  keeping.publishWills(publish);
  const context = {
    handshakeTimeoutMs: connectTimeoutMs,
    // Several packets in one message are allowed, and none of them has to begin it [MQTT-6.0.0-2].
    maxMessageBytes: limits.maxPacketBytes + MESSAGE_ROOM_BYTES,
    onDrop: bounds.dropped,
    onFailure: (address: string | undefined, message: string) => {
      gatekeeper.counts.handshakesFailed += 1;
      onProblem({ client: address, message });
    },
    onCertificates: (refused: Error | undefined) => options.onCertificates?.(refused),
  };
  const listeners = await openListeners(options, context, connections.accept);

  const running = stack.move();
  return {
    ...listeners.ports,
    connections: sessions.count,
    bounds: () => bounds.states(keeping.inUse()),
    access: () => gatekeeper.counts,
    setCredentials: gatekeeper.setCredentials,
    journalPlace: keeping.journalPlace,
    publish: async (topic, payload, { retain, qos }) => {
      const message = { topic, payload: Buffer.from(payload), retain, qos };
      await keeping.keepOwn(message);
      await publish(message);
    },
    [Symbol.asyncDispose]: async () => {
      listeners.stop();
      await running.disposeAsync();
      await listeners[Symbol.asyncDispose]();
    },
  };
}

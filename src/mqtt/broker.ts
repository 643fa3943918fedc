import { Aedes, type AuthenticateError, type Client, type PublishPacket } from 'aedes';
import type { Credentials } from '../access/credential.ts';
import type { Cursor, Journal } from '../journal/journal.ts';
import { type BoundReport, type BoundState, type BrokerBounds, boundsFrom } from './bounds/bounds.ts';
import { watchBounds } from './bounds/broker-bounds.ts';
import type { Flow } from './bounds/flows.ts';
import { createKeepAlive } from './bounds/keep-alive.ts';
import { keepReading } from './bounds/keep-reading.ts';
import { createDownstream } from './downstream/downstream.ts';
import { keepGrantedOnly } from './downstream/granted-subscriptions.ts';
import { createListenedTopics } from './downstream/listened.ts';
import { watchedEmitter } from './downstream/watched-emitter.ts';
import { type AccessCounts, type GatekeeperOptions, openGatekeeper } from './gatekeeper.ts';
import { guardStream } from './guard/guard.ts';
import { defaultLimits, type GuardLimits } from './guard/guard-gate.ts';
import { trackSessions } from './guard/guard-sessions.ts';
import type { Accept, Peer } from './listeners/listeners.ts';
import { type ListenSettings, openListeners, type Ports } from './listeners/open-listeners.ts';
import { PublishLane } from './publish-lane.ts';
import { openKeeping, SESSION_MARK } from './sessions/keeping.ts';

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
 * The embedded broker: aedes on TCP, TLS and WebSocket. A publish of a QoS above 0 is acknowledged after its packet is
 * durable in the journal, because `authorizePublish` is the one step that aedes awaits before it sends PUBACK or PUBREC.
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
  const peers = new WeakMap<object, Peer>();
  const willTopics = new WeakMap<Client, string>();
  const lanes = new WeakMap<Client, PublishLane>();
  const flows = new WeakMap<Client, Flow>();
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
    // Before aedes would start a timer of its own, which hears nothing of the publish lane.
    preConnect: (client, packet, done) => {
      keepAlive.watch(client.conn, packet.keepalive ?? 0);
      packet.keepalive = 0;
      if (packet.will) willTopics.set(client, packet.will.topic);
      done(null, true);
    },
    maxTopicLevels: limits.maxTopicLevels,
    // Packets behind a CONNECT that is not answered yet [MQTT-3.1.4-5]: as many as one chunk of small ones can hold.
    queueLimit: 1000,
    // For MQTT 3.1, which allows 23: clients never kept to it, and 3.1.1 lets a server take more [MQTT-3.1.3-5].
    maxClientsIdLength: 65_535,
    authenticate: (client, username, password, done) => {
      // It has said who it is; finding out whether that is true may take a while.
      bounds.admission.identified(client.conn, client.id);
      const peer = peers.get(client.conn) ?? { address: undefined };
      gatekeeper.admit({ client, peer, username, password, willTopic: willTopics.get(client) }).then(
        (answer) => {
          if (!answer.ok) return done(refusal(answer.detail, answer.returnCode), false);
          const refused = bounds.refuseTakeover(client, sessions.has(client.id));
          if (refused) done(refused, false);
          else done(null, true);
        },
        (cause: unknown) => done(refusal(String(cause), 3), false),
      );
    },
    // A filter that is refused is answered with 0x80 [MQTT-3.9.3-2].
    authorizeSubscribe: (client, subscription, done) => {
      if (subscription.topic === SESSION_MARK) done(null, null);
      else if (gatekeeper.maySubscribe(client, subscription.topic)) {
        bounds.subscriptions.grant(client, subscription, (error, granted) =>
          done(error, granted && downstream.grant(client, granted)),
        );
      } else done(null, null);
    },
    // Once more: rights change, and aedes keeps the filters that were refused in the stored session.
    authorizeForward: (client, packet) => (gatekeeper.mayReceive(client, packet.topic) ? packet : null),
    // Replaces aedes's own check, so the guard of $SYS is put back here.
    authorizePublish: (client, packet, authorised) => {
      if (client === null) return authorised();
      const passed = lanes.get(client)?.pass(packet.topic.length + packet.payload.length);
      const done = (error?: Error) => {
        authorised(error);
        // Behind the PUBACK, which is written at once.
        passed?.();
      };
      // Says something of the client's connection, not of the subscribers' [MQTT-3.3.1-3].
      packet.dup = false;
      const problem = gatekeeper.publishProblem(client, packet.topic);
      if (problem !== undefined) return done(new Error(problem));
      const { topic, payload } = packet;
      const record = recordOf(client, topic, typeof payload === 'string' ? Buffer.from(payload) : payload);
      // aedes dispatches a socket's packets concurrently: this takes its place in line before it waits.
      keeping.take(client, packet, record, lanes.get(client)?.settled()).then(
        () => done(),
        (cause: unknown) => {
          const message = cause instanceof Error ? cause.message : String(cause);
          onProblem({ client: client.id, message });
          // Without an acknowledgement the client keeps the packet and sends it again when it reconnects.
          done(new Error(message));
        },
      );
    },
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
  aedes.on('clientReady', (client) => {
    lanes.get(client)?.open();
    flows.get(client)?.open();
  });
  const accept: Accept = (stream, peer) => {
    if (!bounds.admission.admit(stream, peer.address)) return;
    peers.set(stream, peer);
    const flow = bounds.flows.open(stream);
    const lane = new PublishLane(stream, {
      flow,
      append: journal.append,
      record: (topic, payload) =>
        gatekeeper.mayPublish(client, topic) ? recordOf(client, topic, payload) : undefined,
      isWanted: (topic) => wanted.has(topic) || keeping.wants(topic),
      keep: keeping.keep,
      onPublished: (published) =>
        aedes.publish({ cmd: 'publish', retain: false, dup: false, ...published }, () => undefined),
    });
    const line = downstream.open(stream);
    const guard = guardStream(stream, limits, {
      ...line.hooks,
      take: (first, bytes, start, end) => lane.take(first, bytes, start, end),
      heard: () => keepAlive.heard(stream),
      settled: () => lane.settled(),
      valve: flow.valve,
      held: (bytes) => {
        flow.held(bytes);
        keepAlive.held(stream, bytes);
      },
    });
    const client = aedes.handle(stream);
    lanes.set(client, lane);
    flows.set(client, flow);
    line.serve(client, guard);
    keepReading(stream, () => flow.isOpen() && !client.closed);
  };
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
  const listeners = await openListeners(options, context, accept);

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

function refusal(message: string, returnCode: 3 | 4 | 5): AuthenticateError {
  return Object.assign(new Error(message), { returnCode });
}

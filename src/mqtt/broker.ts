import { createHash, timingSafeEqual } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { Aedes, type AuthenticateError, type Client } from 'aedes';
import { isOwnTopic } from '../domain/own-topics.ts';
import type { Clock } from '../domain/time.ts';
import type { Journal } from '../journal/journal.ts';
import { guardStream } from './guard.ts';
import { defaultLimits, type GuardLimits } from './guard-gate.ts';
import { trackSessions } from './guard-sessions.ts';
import { type Accept, listenTcp } from './listeners.ts';

export type BrokerOptions = {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly credentials?: { readonly username: string; readonly password: string };
  readonly maxConnections: number;
  /** What a packet and its topic may be; a client that sends more is disconnected. */
  readonly limits?: Partial<GuardLimits>;
  /** From the connection to a whole CONNECT. Default: 10 s. */
  readonly connectTimeoutMs?: number;
  readonly journal: Pick<Journal, 'append'>;
  readonly clock: Clock;
  /** A connection that ended badly, or a publish that could not be journaled. */
  readonly onProblem: (problem: { client: string | undefined; message: string }) => void;
};

export interface Broker extends AsyncDisposable {
  readonly port: number;
  readonly connections: () => number;
  /** From kvarter itself to whoever subscribes; not journaled. */
  publish(topic: string, payload: string, options: { retain: boolean; qos: 0 | 1 }): Promise<void>;
}

/**
 * The embedded broker: aedes on TCP. A publish of a QoS above 0 is acknowledged after its packet is durable in the
 * journal, because `authorizePublish` is the one step that aedes awaits before it sends PUBACK or PUBREC.
 */
export async function openBroker(options: BrokerOptions): Promise<Broker> {
  const { journal, clock, credentials, onProblem } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const aedes = await Aedes.createBroker({
    connectTimeout: options.connectTimeoutMs ?? 10_000,
    maxTopicLevels: limits.maxTopicLevels,
    // Packets behind a CONNECT that is not answered yet [MQTT-3.1.4-5]: as many as one chunk of small ones can hold.
    queueLimit: 1000,
    authenticate: (_client, username, password, done) => {
      if (!credentials || isSame(credentials, username, password)) done(null, true);
      else done(refusal('bad user name or password', 4), false);
    },
    // Replaces aedes's own check, so the guard of $SYS is put back here.
    authorizePublish: (client, packet, done) => {
      if (client === null) return done();
      if (packet.topic.startsWith('$SYS/') || isOwnTopic(packet.topic)) {
        return done(new Error(`${packet.topic} is for kvarter itself to publish on`));
      }
      // aedes dispatches a socket's packets concurrently: append() takes its place in line before it waits.
      journal
        .append({
          kind: 'packet',
          receivedAtMs: clock(),
          topic: packet.topic,
          payload: typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload,
        })
        .then(
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
  const report = (client: Client | null, error: Error) =>
    onProblem({ client: client?.id, message: error.message });
  aedes.on('clientError', report);
  aedes.on('connectionError', report);

  const sessions = trackSessions(aedes);
  const open = new Set<Duplex>();
  const accept: Accept = (stream) => {
    open.add(stream);
    stream.once('close', () => open.delete(stream));
    guardStream(stream, limits);
    aedes.handle(stream);
  };
  const close = async () => {
    await new Promise<void>((resolve) => aedes.close(() => resolve()));
    // aedes closes its clients; a connection that has not sent a CONNECT yet is none.
    for (const stream of open) stream.destroy();
  };
  try {
    const listener = await listenTcp(options, accept);
    return {
      port: listener.port,
      connections: sessions.count,
      publish: (topic, payload, { retain, qos }) =>
        new Promise((resolve, reject) => {
          aedes.publish(
            { cmd: 'publish', topic, payload: Buffer.from(payload), retain, qos, dup: false },
            (error) => (error ? reject(error) : resolve()),
          );
        }),
      [Symbol.asyncDispose]: async () => {
        const closed = listener[Symbol.asyncDispose]();
        await close();
        await closed;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function isSame(
  credentials: { username: string; password: string },
  username: string | undefined,
  password: Buffer | undefined,
): boolean {
  // Hashes are of one length, so the comparison takes the same time whatever was sent.
  const hash = (name: string | undefined, secret: string | Buffer | undefined) =>
    createHash('sha256')
      .update(name ?? '')
      .update('\0')
      .update(secret ?? '')
      .digest();
  return timingSafeEqual(hash(credentials.username, credentials.password), hash(username, password));
}

function refusal(message: string, returnCode: 4 | 5): AuthenticateError {
  return Object.assign(new Error(message), { returnCode });
}

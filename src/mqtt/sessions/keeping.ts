import type { Aedes, AedesPublishPacket, Client, PublishPacket } from 'aedes';
import type { Clock } from '../../domain/time.ts';
import { openCheckpoints } from '../../journal/checkpoints.ts';
import type { Cursor, Journal, PacketRecord } from '../../journal/journal.ts';
import type { BrokerBounds } from '../bounds/bounds.ts';
import { openExchangeLog } from '../exchanges/exchange-log.ts';
import { incomingOf } from '../exchanges/incoming.ts';
import { openBrokerDb } from './broker-db.ts';
import { type Keepable, type KeptBound, KeptState } from './kept-state.ts';
import { persistenceOf } from './persistence.ts';
import type { Will } from './wills.ts';

export type KeepingOptions = {
  /** Folder of what outlives the broker. None: nothing does. */
  readonly dataDir: string | undefined;
  readonly bounds: BrokerBounds;
  readonly journal: Pick<Journal, 'append' | 'read' | 'head' | 'sizeBytes'>;
  readonly clock: Clock;
  /** The name that the client has proved to have. */
  readonly senderOf: (client: Client) => string | undefined;
  readonly isConnected: (client: string) => boolean;
  readonly onBound: (bound: KeptBound, client: string | undefined) => void;
  readonly onProblem: (error: Error) => void;
};

/** How often sessions are looked through for those that have expired; a short expiry is looked at more often. */
const SWEEP_MS = 60_000;
const SWEEPS_PER_EXPIRY = 20;
/** The end waits so long for wills to be published; then they are at the next start. */
const WILLS_MS = 1000;

/**
 * A filter that no message has. aedes takes a session for present when it has subscriptions; this is the one of those
 * that have none, for [MQTT-3.2.2-2] asks for the session. No client is granted it.
 */
export const SESSION_MARK = '$kvarter/session';

export type Keeping = Awaited<ReturnType<typeof openKeeping>>;

/** What the broker keeps beyond its connections and its end, and how aedes and the journal are told of it. */
export async function openKeeping(options: KeepingOptions) {
  const { journal, clock, bounds, senderOf, isConnected, onProblem } = options;
  await using stack = new AsyncDisposableStack();
  const { db } = stack.use(openBrokerDb(options.dataDir));
  const state = stack.use(
    new KeptState({ db, limits: limitsOf(bounds), clock, onBound: options.onBound, onProblem }),
  );
  const { sessions, wills } = state;
  const exchangeLog = stack.use(
    await openExchangeLog({
      journal,
      checkpoints: openCheckpoints(db),
      limits: { maxPerClient: bounds.maxOpenExchanges, maxTotal: bounds.maxOpenExchangesTotal },
      wasForwarded: (exchange) => state.wasForwarded(exchange),
      onOver: (exchange) => state.forgetForwarded(exchange),
      onProblem,
    }),
  );
  const { exchanges } = exchangeLog;
  state.pruneForwarded(exchanges.isOpen);
  /** Copies of QoS 2 publishes that are to be forwarded. */
  const first = new WeakSet<object>();
  const persistence = {
    ...persistenceOf(state, senderOf),
    ...incomingOf(exchanges, (packet) => first.has(packet)),
    /** aedes asks once, when a client connects that keeps its session. */
    subscriptionsByClient: async ({ id }: Pick<Client, 'id'>) => {
      const isNew = !sessions.has(id);
      // Before the session is there: a service that is killed in between must not take them for the new one's.
      if (isNew) await exchanges.releaseAll(id);
      sessions.connect(id);
      await state.flushed();
      if (isNew) return [];
      const filters = [...sessions.filters.of(id)].map(([topic, qos]) => ({ topic, qos }));
      return [{ topic: SESSION_MARK, qos: 0 }, ...filters];
    },
  };

  /** The newest publish of each client that aedes deals with. */
  const turns = new WeakMap<Client, Promise<void>>();
  const take = async (client: Client, packet: PublishPacket, record: PacketRecord): Promise<void> => {
    const message = { ...record, payload: bufferOf(record.payload), qos: packet.qos, retain: packet.retain };
    const { messageId } = packet;
    if (packet.qos !== 2 || messageId === undefined) {
      await journal.append(record);
      return state.keep(message, client.id);
    }
    const exchange = { client: client.id, packetId: messageId };
    const isFirst = await exchanges.take(exchange, record, client, () =>
      state.keep(message, client.id, exchange),
    );
    if (isFirst) first.add(packet);
  };

  const sweep = () => {
    sessions.expire();
    for (const client of [...exchanges.clients()]) {
      if (sessions.has(client) || isConnected(client)) continue;
      exchanges.releaseAll(client).catch(onProblem);
    }
  };
  const sweepMs = Math.min(SWEEP_MS, (bounds.sessionExpiryHours * 3_600_000) / SWEEPS_PER_EXPIRY);
  const timer = setInterval(sweep, sweepMs).unref();
  stack.defer(() => clearInterval(timer));
  stack.defer(async () => {
    let leave: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      leave = setTimeout(resolve, WILLS_MS);
    });
    await Promise.race([wills.settled(), late]);
    clearTimeout(leave);
  });

  const running = stack.move();
  return {
    persistence,
    /** From here on the journal is needed at the next start. */
    journalPlace: (): Cursor | undefined => exchangeLog.place(),
    /**
     * Journals a publish that aedes deals with, then keeps it; resolves when it may be acknowledged, in its turn: one that
     * has to be kept takes longer than the one behind it [MQTT-4.6.0-2].
     *
     * @param before resolves when what the client published before, past aedes, is acknowledged
     */
    take: (
      client: Client,
      packet: PublishPacket,
      record: PacketRecord,
      before: Promise<void> | undefined,
    ): Promise<void> => {
      const taken = take(client, packet, record);
      taken.catch(() => undefined);
      const inTurn = Promise.allSettled([before, turns.get(client)]).then(() => taken);
      turns.set(client, inTurn);
      return inTurn;
    },
    /** Keeps publishes of a QoS of 0 or 1 that are in the journal; nothing, at once, when they need not be. */
    keep: (messages: readonly Omit<Keepable, 'retain'>[]): Promise<void> | undefined => {
      let kept: Promise<void> | undefined;
      for (const message of messages) kept = state.keep({ ...message, retain: false }) ?? kept;
      return kept;
    },
    keepOwn: (message: Keepable): Promise<void> | undefined => state.keep(message),
    wants: (topic: string): boolean => sessions.filters.wants(topic),
    /** May this live message of a QoS above 0 be sent to the client now? See `Sessions.isDue`. */
    isDue: (client: Client, packet: AedesPublishPacket): boolean =>
      client.clean || sessions.isDue(client.id, packet),
    /** Publishes the wills of clients whose connections died with the process before this one. */
    publishWills: (publish: (will: Will) => Promise<void>): void => {
      for (const will of wills.all()) {
        const { topic, payload, sender } = will;
        const signed = sender === undefined ? {} : { sender };
        journal
          .append({ kind: 'packet', receivedAtMs: clock(), topic, payload, ...signed })
          .then(async () => {
            await state.keep(will, will.client);
            await publish(will);
            if (wills.get(will.client) === will) wills.delete(will.client);
          })
          .catch(onProblem);
      }
    },
    /** Sessions are connected or left as their clients are. */
    follow: (aedes: Aedes): void => {
      const holders = new Map<string, Client>();
      aedes.on('client', (client) => {
        if (client.clean) return;
        holders.set(client.id, client);
        sessions.attach(client.id);
        const left = () => {
          if (holders.get(client.id) !== client) return;
          holders.delete(client.id);
          sessions.disconnect(client.id);
        };
        if (client.conn.destroyed) left();
        else client.conn.once('close', left);
      });
    },
    inUse: () => {
      const fullest = sessions.fullest();
      return {
        maxSessions: sessions.size,
        maxQueuedMessages: fullest.messages,
        maxQueuedKb: fullest.bytes / 1024,
        maxQueuedTotalMb: sessions.queuedBytes / 1024 ** 2,
        maxRetained: state.retained.size,
        maxRetainedMb: state.retained.bytes / 1024 ** 2,
        maxOpenExchanges: exchanges.most(),
        maxOpenExchangesTotal: exchanges.count(),
      };
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function limitsOf(bounds: BrokerBounds) {
  return {
    maxSessions: bounds.maxSessions,
    expiryMs: bounds.sessionExpiryHours * 3_600_000,
    maxQueuedMessages: bounds.maxQueuedMessages,
    maxQueuedBytes: bounds.maxQueuedKb * 1024,
    maxQueuedTotalBytes: bounds.maxQueuedTotalMb * 1024 ** 2,
    maxRetained: bounds.maxRetained,
    maxRetainedBytes: bounds.maxRetainedMb * 1024 ** 2,
  };
}

/** The same bytes, and the same object where it is one already: by it a publish is known. */
function bufferOf(payload: Uint8Array): Buffer {
  return Buffer.isBuffer(payload) ? payload : Buffer.from(payload);
}

import { Readable } from 'node:stream';
import type { Keepable, KeptState } from './kept-state.ts';
import type { Queued } from './session-queue.ts';
import type { Will } from './wills.ts';

type Qos = 0 | 1 | 2;
type Named = { readonly id: string };
type Filter = { readonly topic: string; readonly qos: Qos };
type Publish = Omit<Keepable, 'retain'> &
  Pick<Queued, 'brokerId' | 'brokerCounter'> & { readonly cmd?: string; readonly retain?: boolean };
type Sent = { readonly cmd: string; readonly messageId?: number } & Partial<
  Pick<Queued, 'brokerId' | 'brokerCounter'>
>;
type WillPacket = Omit<Will, 'client' | 'sender'>;

/** Of a client that may be asked later who it is. */
export type SenderOf<C> = (client: C) => string | undefined;

/**
 * The persistence that aedes 1.2 asks: the kept state, in its words, as far as it asks. Incoming QoS 2 packets are the
 * journal's: see `incoming.ts`.
 *
 * It is no general adapter: a message is queued for the sessions that subscribe to it, once each and within bounds,
 * whatever list aedes hands in. `aedes-persistence-level`, the adapter that there is, has no bounds and no expiry, keeps
 * no session that subscribes to nothing, and would be a second kind of database.
 */
export function persistenceOf<C extends Named>(state: KeptState, senderOf: SenderOf<C> = () => undefined) {
  const { sessions, retained, wills } = state;
  let brokerId = '';
  const retainedStream = (filters: readonly string[]) =>
    Readable.from(
      (function* () {
        for (const message of retained.match(filters)) yield { cmd: 'publish', ...message, retain: true };
      })(),
    );
  return {
    setup: async (broker: Named): Promise<void> => {
      brokerId = broker.id;
    },

    storeRetained: async (packet: Publish): Promise<void> => {
      if (!state.isKept(packet.payload)) state.retain(packet, undefined);
    },
    createRetainedStream: (filter: string) => retainedStream([filter]),
    createRetainedStreamCombi: retainedStream,

    addSubscriptions: async ({ id }: Named, filters: readonly Filter[]): Promise<void> => {
      if (!sessions.has(id)) sessions.connect(id);
      for (const { topic, qos } of filters) sessions.filters.set(id, topic, qos);
    },
    removeSubscriptions: async ({ id }: Named, filters: readonly string[]): Promise<void> => {
      for (const filter of filters) sessions.filters.delete(id, filter);
    },
    subscriptionsByClient: async ({ id }: Named): Promise<Filter[]> =>
      [...sessions.filters.of(id)].map(([topic, qos]) => ({ topic, qos })),
    subscriptionsByTopic: async (topic: string): Promise<{ clientId: string; topic: string; qos: Qos }[]> =>
      sessions.filters.wants(topic)
        ? [...sessions.filters.match(topic)].map(([clientId, qos]) => ({ clientId, topic, qos }))
        : [],
    /** A clean session begins: the one before is over [MQTT-3.1.2-6]. */
    cleanSubscriptions: async ({ id }: Named): Promise<void> => sessions.end(id),

    outgoingEnqueueCombi: async (_subscribers: unknown, packet: Publish): Promise<void> =>
      state.handOn({ ...packet, retain: false }),
    outgoingUpdate: async ({ id }: Named, packet: Sent): Promise<void> => {
      const { messageId, brokerId: broker, brokerCounter } = packet;
      if (messageId === undefined) return;
      if (packet.cmd === 'pubrel') return sessions.released(id, messageId);
      if (broker === undefined || brokerCounter === undefined) return;
      await sessions.sent(id, { brokerId: broker, brokerCounter }, messageId);
    },
    outgoingClearMessageId: async ({ id }: Named, { messageId }: Pick<Sent, 'messageId'>) => {
      const entry = messageId === undefined ? undefined : sessions.acknowledged(id, messageId);
      return entry && packetOf(entry);
    },
    outgoingStream: ({ id }: Named) =>
      Readable.from(
        (async function* () {
          for await (const entry of sessions.handOut(id)) yield packetOf(entry);
        })(),
      ),

    putWill: async (client: C, { topic, payload, qos, retain }: WillPacket): Promise<void> => {
      const own = { topic, payload: Buffer.from(payload), qos, retain };
      wills.put({ client: client.id, sender: senderOf(client), ...own });
    },
    getWill: async ({ id }: Named) => willPacket(wills.get(id), brokerId),
    delWill: async ({ id }: Named) => willPacket(wills.delete(id), brokerId),
    /** Those of processes that are no more are published at the start, not by aedes. */
    streamWill: () => Readable.from([]),

    destroy: async (): Promise<void> => undefined,
  };
}

/** What was sent before comes with DUP [MQTT-3.3.1-1]; it is never marked as retained [MQTT-3.3.1-9]. */
function packetOf(entry: Queued) {
  const { topic, payload, qos, messageId, brokerId, brokerCounter, isReleased } = entry;
  if (isReleased) return { cmd: 'pubrel', messageId, brokerId, brokerCounter, topic, qos };
  const dup = messageId !== undefined;
  return { cmd: 'publish', topic, payload, qos, messageId, brokerId, brokerCounter, dup, retain: false };
}

function willPacket(will: Will | undefined, brokerId: string) {
  if (!will) return undefined;
  const { client, topic, payload, qos, retain } = will;
  return { clientId: client, brokerId, topic, payload, qos, retain };
}

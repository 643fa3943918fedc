import type { Exchange, Journal, JournalRecord } from '../journal/journal.ts';
import type { OpenExchanges } from './open-exchanges.ts';

type PacketRecord = Extract<JournalRecord, { kind: 'packet' }>;

/**
 * The QoS 2 publishes between their PUBLISH and their PUBCOMP, MQTT 3.1.1, 4.3.3: until its release a packet id of a client
 * stands for one message, however often it is sent. The journal knows them as well, so a restart forgets none:
 *
 * ```
 *   PUBLISH ─► packet with its exchange is durable ─► PUBREC      sent again: PUBREC, not journaled again
 *   PUBREL ──► `released` is durable ──────────────► PUBCOMP     only now may the client use the id anew
 * ```
 *
 * PUBCOMP waits for the release because of this: kill the service after PUBCOMP, let the first transmission of the next
 * message with that id be lost, and its second one would be taken for the message before, and be lost for ever.
 */
export interface Exchanges {
  /**
   * Journals the packet, unless its exchange is open: then it resolves when the first one is durable. Two copies of one
   * packet may be on their way at once, on the connection that is dying and on the next one.
   */
  take(exchange: Exchange, record: PacketRecord, holder: object): Promise<void>;
  /** True once for each exchange: who asks first forwards the message to subscribers. */
  claim(exchange: Exchange): boolean;
  isOpen(exchange: Exchange): boolean;
  /** The most that one client has open. */
  most(): number;
  /** PUBREL: resolves when the release is durable. It rejects when it could not be journaled; then no PUBCOMP may go out. */
  release(exchange: Exchange): Promise<void>;
  /**
   * The session is over [MQTT-3.1.2-6]: its ids mean nothing any more. With a holder only what came on that connection
   * last: another one may have begun a new session under the same client id.
   */
  releaseAll(client: string, holder?: object): Promise<void>;
  /** The clients that have open exchanges. */
  clients(): Iterable<string>;
  /** How many are open. */
  count(): number;
  /** Those that the journal knows as open at its head. Exact when asked from a macrotask: see `openExchangeLog`. */
  durable(): OpenExchanges;
}

/** More open exchanges than this are refused before they are journaled: a client that never releases. */
export type ExchangeLimit = { readonly maxPerClient: number };

type Entry = {
  /** Pending until the packet is durable, and rejected when it could not be journaled. */
  taken: Promise<void>;
  isDurable: boolean;
  isForwarded: boolean;
  releasing: Promise<void> | undefined;
  /** The connection that it came on last. */
  holder: object | undefined;
};

const DONE = Promise.resolve();

export function createExchanges(
  journal: Pick<Journal, 'append'>,
  known: OpenExchanges,
  { maxPerClient }: ExchangeLimit,
): Exchanges {
  const byClient = new Map<string, Map<number, Entry>>();
  let count = 0;
  for (const [client, ids] of known) {
    for (const id of ids) {
      put({ client, packetId: id }, { ...opened(DONE, undefined), isDurable: true, isForwarded: true });
    }
  }

  function put({ client, packetId }: Exchange, entry: Entry): void {
    const entries = byClient.get(client) ?? new Map<number, Entry>();
    byClient.set(client, entries.set(packetId, entry));
    count += 1;
  }

  function find({ client, packetId }: Exchange): Entry | undefined {
    return byClient.get(client)?.get(packetId);
  }

  function remove({ client, packetId }: Exchange): void {
    const entries = byClient.get(client);
    if (!entries?.delete(packetId)) return;
    count -= 1;
    if (entries.size === 0) byClient.delete(client);
  }

  async function take(exchange: Exchange, record: PacketRecord, holder: object): Promise<void> {
    const found = find(exchange);
    if (found?.releasing) {
      // A client may use the id again after PUBCOMP only. One that does not wait is made to.
      await found.releasing.catch(() => undefined);
      return take(exchange, record, holder);
    }
    if (found) {
      found.holder = holder;
      return found.taken;
    }
    if ((byClient.get(exchange.client)?.size ?? 0) >= maxPerClient) {
      throw new Error(`[mqtt.maxOpenExchanges] more than ${maxPerClient} QoS 2 packets without their PUBREL`);
    }
    const entry = opened(journal.append({ ...record, exchange }), holder);
    entry.taken = entry.taken.then(
      () => {
        entry.isDurable = true;
        entry.taken = DONE;
      },
      (cause: unknown) => {
        remove(exchange);
        throw cause;
      },
    );
    put(exchange, entry);
    return entry.taken;
  }

  /** Journals that these are over, once they are durable themselves. */
  async function end(client: string, ending: readonly (readonly [number, Entry])[]): Promise<void> {
    await Promise.allSettled(ending.map(([, { taken }]) => taken));
    // One whose packet could not be journaled is none.
    const open = ending.filter(([packetId, entry]) => find({ client, packetId }) === entry);
    // One record for all is said in the moment in which there are no others: those that come are behind it.
    const isAll = open.length > 1 && open.length === byClient.get(client)?.size;
    const ids = isAll ? [0] : open.map(([packetId]) => packetId);
    await Promise.all(
      ids.map((packetId) => journal.append({ kind: 'released', exchange: { client, packetId } })),
    );
    for (const [packetId] of open) remove({ client, packetId });
  }

  async function releaseThese(client: string, these: readonly (readonly [number, Entry])[]): Promise<void> {
    const fresh = these.filter(([, { releasing }]) => releasing === undefined);
    const ending = end(client, fresh).catch((cause: unknown) => {
      for (const [, entry] of fresh) entry.releasing = undefined;
      throw cause;
    });
    for (const [, entry] of fresh) entry.releasing = ending;
    await Promise.all(these.map(([, { releasing }]) => releasing));
  }

  async function release({ client, packetId }: Exchange): Promise<void> {
    const entry = find({ client, packetId });
    if (entry) await releaseThese(client, [[packetId, entry]]);
  }

  async function releaseAll(client: string, holder?: object): Promise<void> {
    const all = [...(byClient.get(client) ?? [])];
    const these = holder === undefined ? all : all.filter(([, entry]) => entry.holder === holder);
    if (these.length > 0) await releaseThese(client, these);
  }

  return {
    take,
    claim: (exchange) => {
      const entry = find(exchange);
      if (!entry || entry.isForwarded) return false;
      entry.isForwarded = true;
      return true;
    },
    isOpen: (exchange) => find(exchange) !== undefined,
    most: () => {
      let most = 0;
      for (const { size } of byClient.values()) most = Math.max(most, size);
      return most;
    },
    release,
    releaseAll,
    clients: () => byClient.keys(),
    count: () => count,
    durable: () => {
      const open = new Map<string, Set<number>>();
      for (const [client, entries] of byClient) {
        const ids = [...entries].filter(([, { isDurable }]) => isDurable).map(([packetId]) => packetId);
        if (ids.length > 0) open.set(client, new Set(ids));
      }
      return open;
    },
  };
}

function opened(taken: Promise<void>, holder: object | undefined): Entry {
  return { taken, isDurable: false, isForwarded: false, releasing: undefined, holder };
}

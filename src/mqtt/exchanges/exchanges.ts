import type { Exchange, Journal, PacketRecord } from '../../journal/journal.ts';
import type { OpenExchanges } from './open-exchanges.ts';

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
   * Journals the packet, unless its exchange is open: then it resolves when the first one is durable and kept. Two copies
   * of one packet may be on their way at once, on the connection that is dying and on the next one.
   *
   * @param keep keeps the message for subscribers; called once for each exchange, when the packet is durable
   * @returns is it this copy that is to be forwarded?
   */
  take(exchange: Exchange, record: PacketRecord, holder: object, keep?: Keep): Promise<boolean>;
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

export type Keep = () => Promise<void> | undefined;

/** More open exchanges than these are refused before they are journaled: clients that never release. */
export type ExchangeLimits = { readonly maxPerClient: number; readonly maxTotal: number };

export type ExchangesOptions = {
  readonly journal: Pick<Journal, 'append'>;
  /** Those that are open already. */
  readonly known: OpenExchanges;
  readonly limits: ExchangeLimits;
  /** Was it forwarded by a process that is no more? Otherwise it is when it is sent again. */
  readonly wasForwarded?: (exchange: Exchange) => boolean;
  readonly onOver?: (exchange: Exchange) => void;
};

type Entry = {
  /** Pending until the packet is durable and kept, and rejected when it could not be journaled. */
  taken: Promise<void>;
  isDurable: boolean;
  isForwarded: boolean;
  releasing: Promise<void> | undefined;
  /** The connection that it came on last. */
  holder: object | undefined;
};

const DONE = Promise.resolve();

export function createExchanges(options: ExchangesOptions): Exchanges {
  const { journal, known, limits, wasForwarded, onOver } = options;
  const byClient = new Map<string, Map<number, Entry>>();
  let count = 0;
  for (const [client, ids] of known) {
    for (const packetId of ids) {
      const exchange = { client, packetId };
      const isForwarded = wasForwarded?.(exchange) ?? true;
      put(exchange, { ...opened(DONE, undefined), isDurable: true, isForwarded });
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

  function remove(exchange: Exchange): void {
    const { client, packetId } = exchange;
    const entries = byClient.get(client);
    if (!entries?.delete(packetId)) return;
    onOver?.(exchange);
    count -= 1;
    if (entries.size === 0) byClient.delete(client);
  }

  async function take(
    exchange: Exchange,
    record: PacketRecord,
    holder: object,
    keep?: Keep,
  ): Promise<boolean> {
    const found = find(exchange);
    if (found?.releasing) {
      // A client may use the id again after PUBCOMP only. One that does not wait is made to.
      await found.releasing.catch(() => undefined);
      return take(exchange, record, holder, keep);
    }
    if (found) {
      found.holder = holder;
      const isForwarded = found.isForwarded;
      if (!isForwarded) {
        found.isForwarded = true;
        found.taken = keep?.() ?? DONE;
      }
      await found.taken;
      return !isForwarded;
    }
    refuseTooMany(exchange.client);
    const entry = opened(journal.append({ ...record, exchange }), holder);
    entry.taken = entry.taken.then(
      () => {
        entry.isDurable = true;
        const kept = keep?.();
        if (kept === undefined) entry.taken = DONE;
        return kept;
      },
      (cause: unknown) => {
        remove(exchange);
        throw cause;
      },
    );
    put(exchange, entry);
    await entry.taken;
    return true;
  }

  function refuseTooMany(client: string): void {
    const { maxPerClient, maxTotal } = limits;
    if ((byClient.get(client)?.size ?? 0) >= maxPerClient) {
      throw new Error(`[mqtt.maxOpenExchanges] ${maxPerClient} QoS 2 publishes wait for their PUBREL`);
    }
    if (count >= maxTotal) {
      throw new Error(
        `[mqtt.maxOpenExchangesTotal] ${maxTotal} QoS 2 publishes of all wait for their PUBREL`,
      );
    }
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
  return { taken, isDurable: false, isForwarded: true, releasing: undefined, holder };
}

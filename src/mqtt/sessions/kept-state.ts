import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../domain/time.ts';
import type { Exchange } from '../../journal/journal.ts';
import { type Retained, type RetainedBound, RetainedMessages } from './retained.ts';
import type { SessionBound, SessionLimits } from './session-limits.ts';
import type { Queued } from './session-queue.ts';
import { Sessions } from './sessions.ts';
import { openSessionTables } from './sessions-schema.ts';
import { TurnWriter } from './turn-writer.ts';
import { Wills } from './wills.ts';

export type KeptLimits = SessionLimits & {
  readonly maxRetained: number;
  readonly maxRetainedBytes: number;
};

export type KeptBound = SessionBound | RetainedBound;

export type KeptStateOptions = {
  readonly db: DatabaseSync;
  readonly limits: KeptLimits;
  readonly clock: Clock;
  readonly onBound: (bound: KeptBound, client: string | undefined) => void;
  readonly onProblem: (error: Error) => void;
};

/** A publish, as it is kept for those who are not there: queued for sessions, retained for later subscribers. */
export type Keepable = {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
};

type Copy = { readonly client: string; readonly entry: Queued };

/** What the broker knows beyond its connections: sessions with their queues, retained messages and wills. */
export class KeptState implements Disposable {
  readonly sessions: Sessions;
  readonly retained: RetainedMessages;
  readonly wills: Wills;
  readonly #writer: TurnWriter;
  readonly #options: KeptStateOptions;
  readonly #tables;
  readonly #forwarded = new Map<string, Exchange>();
  /**
   * What is kept already of a publish that aedes has still to hand on. It copies the packet on its way, never the
   * payload's buffer: that is what a publish is known by.
   */
  readonly #kept = new WeakMap<Buffer, readonly Copy[]>();

  constructor(options: KeptStateOptions) {
    const { db, limits, clock, onBound, onProblem } = options;
    this.#options = options;
    const tables = openSessionTables(db);
    this.#tables = tables;
    this.#writer = new TurnWriter({
      db,
      clear: tables.clear,
      writeAll: (write) => this.#writeAll(write),
      onProblem,
    });
    this.sessions = new Sessions({ tables, writer: this.#writer, limits, clock, onBound });
    this.wills = new Wills(tables, this.#writer);
    this.retained = new RetainedMessages({
      maxMessages: limits.maxRetained,
      maxBytes: limits.maxRetainedBytes,
    });
    for (const message of tables.load.retained()) this.retained.set(message);
    for (const exchange of tables.load.forwarded()) this.#forwarded.set(exchangeKey(exchange), exchange);
  }

  /**
   * Keeps a publish before it is acknowledged, so that `kill -9` behind its PUBACK takes it from no subscriber. Gives
   * nothing, at once, when nobody is away for whom it would have to be kept: the common case.
   *
   * @param exchange of a QoS 2 publish, which will not be handed on again when it is repeated after a restart
   */
  keep(message: Keepable, client?: string, exchange?: Exchange): Promise<void> | undefined {
    const isQueued = message.qos > 0 && this.sessions.filters.wants(message.topic);
    if (!isQueued && !message.retain) return undefined;
    if (message.retain) this.retain(message, client);
    this.#kept.set(message.payload, this.#queue(message));
    if (exchange && isQueued) {
      this.#forwarded.set(exchangeKey(exchange), exchange);
      this.#writer.add(this.#tables.putForwarded, exchange.client, exchange.packetId);
    }
    return this.#writer.flushed();
  }

  /** aedes hands a publish on, under this name: its copies get it; those that are not kept yet are. */
  handOn(message: Keepable & Pick<Queued, 'brokerId' | 'brokerCounter'>): void {
    const copies = this.#kept.get(message.payload) ?? this.#queue(message);
    for (const { client, entry } of copies) this.sessions.rename(client, entry, message);
  }

  isKept(payload: Buffer): boolean {
    return this.#kept.has(payload);
  }

  retain(message: Retained, client: string | undefined): void {
    const { topic, qos } = message;
    const payload = ownBytes(message.payload);
    const bound = this.retained.set({ topic, payload, qos });
    if (bound) this.#options.onBound(bound, client);
    else if (payload.length === 0) this.#writer.add(this.#tables.endRetained, topic);
    else this.#writer.add(this.#tables.putRetained, topic, payload, qos);
  }

  /** Was it handed on by a process that is no more? */
  wasForwarded(exchange: Exchange): boolean {
    return this.#forwarded.has(exchangeKey(exchange));
  }

  /** Forgets those that are over and were not when the process ended. */
  pruneForwarded(isOpen: (exchange: Exchange) => boolean): void {
    for (const exchange of this.#forwarded.values()) if (!isOpen(exchange)) this.forgetForwarded(exchange);
  }

  /** The exchange is over. */
  forgetForwarded(exchange: Exchange): void {
    if (!this.#forwarded.delete(exchangeKey(exchange))) return;
    this.#writer.add(this.#tables.endForwarded, exchange.client, exchange.packetId);
  }

  flushed(): Promise<void> {
    return this.#writer.flushed();
  }

  [Symbol.dispose](): void {
    this.#writer[Symbol.dispose]();
  }

  #queue(message: Keepable): Copy[] {
    const copies: Copy[] = [];
    if (message.qos === 0 || !this.sessions.filters.wants(message.topic)) return copies;
    const own = { ...message, payload: ownBytes(message.payload) };
    for (const [client, granted] of this.sessions.filters.match(message.topic)) {
      const entry = this.sessions.enqueue(client, own, granted);
      if (entry) copies.push({ client, entry });
    }
    return copies;
  }

  #writeAll(write: TurnWriter['add']): void {
    this.sessions.writeAll(write);
    this.wills.writeAll(write);
    for (const { topic, payload, qos } of this.retained.all()) {
      write(this.#tables.putRetained, topic, payload, qos);
    }
    for (const { client, packetId } of this.#forwarded.values()) {
      write(this.#tables.putForwarded, client, packetId);
    }
  }
}

/** A view of a socket's chunk would keep all of it alive. */
function ownBytes(payload: Buffer): Buffer {
  return Buffer.from(payload);
}

function exchangeKey({ client, packetId }: Exchange): string {
  return `${packetId} ${client}`;
}

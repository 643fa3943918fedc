import { createListenedTopics } from '../downstream/listened.ts';
import type { SessionTables } from './sessions-schema.ts';
import { TopicTree } from './topic-tree.ts';
import type { TurnWriter } from './turn-writer.ts';

type Qos = 0 | 1 | 2;

/** What the kept sessions subscribe to. Of QoS 0 nothing is queued, so those filters are known but match nothing here. */
export class SessionFilters {
  readonly #byClient = new Map<string, Map<string, Qos>>();
  readonly #tree = new TopicTree<1 | 2>();
  readonly #wanted = createListenedTopics();
  readonly #tables: SessionTables;
  readonly #writer: Pick<TurnWriter, 'add'>;

  constructor(tables: SessionTables, writer: Pick<TurnWriter, 'add'>) {
    this.#tables = tables;
    this.#writer = writer;
    for (const { client, filter, qos } of tables.load.subscriptions()) this.#put(client, filter, qos);
  }

  of(client: string): ReadonlyMap<string, Qos> {
    return this.#byClient.get(client) ?? new Map();
  }

  set(client: string, filter: string, qos: Qos): void {
    if (this.#byClient.get(client)?.get(filter) === qos) return;
    this.#remove(client, filter);
    this.#put(client, filter, qos);
    this.#writer.add(this.#tables.putSubscription, client, filter, qos);
  }

  delete(client: string, filter: string): void {
    if (this.#remove(client, filter)) this.#writer.add(this.#tables.endSubscription, client, filter);
  }

  forget(client: string): void {
    for (const filter of [...this.of(client).keys()]) this.delete(client, filter);
  }

  /** Everything, for a database that has nothing. */
  writeAll(write: TurnWriter['add']): void {
    for (const [client, filters] of this.#byClient) {
      for (const [filter, qos] of filters) write(this.#tables.putSubscription, client, filter, qos);
    }
  }

  #put(client: string, filter: string, qos: Qos): void {
    const filters = this.#byClient.get(client) ?? new Map<string, Qos>();
    this.#byClient.set(client, filters.set(filter, qos));
    if (qos > 0) {
      this.#tree.set(filter, client, qos === 1 ? 1 : 2);
      this.#wanted.add(filter);
    }
  }

  #remove(client: string, filter: string): boolean {
    const filters = this.#byClient.get(client);
    const qos = filters?.get(filter);
    if (!filters || qos === undefined) return false;
    filters.delete(filter);
    if (filters.size === 0) this.#byClient.delete(client);
    if (qos > 0) {
      this.#tree.delete(filter, client);
      this.#wanted.remove(filter);
    }
    return true;
  }

  /** Nearly free for topics that no session subscribes to. */
  wants(topic: string): boolean {
    return this.#tree.size > 0 && this.#wanted.has(topic);
  }

  /** Each client whose filters match, with the highest QoS of those [MQTT-3.3.5-1]. */
  match(topic: string): ReadonlyMap<string, 1 | 2> {
    const found = new Map<string, 1 | 2>();
    this.#tree.match(topic, (qos, client) => {
      if (qos > (found.get(client) ?? 0)) found.set(client, qos);
    });
    return found;
  }
}

import type { Client, Subscription } from 'aedes';

type Done = (error: Error | null, subscription?: Subscription | null) => void;

/** How many filters each client is subscribed to; what is over is refused by 0x80 in its SUBACK (section 3.9.3). */
export class SubscriptionCounts {
  readonly #max: number;
  readonly #onHit: (client: Client) => void;
  readonly #topics = new Map<Client, Set<string>>();

  constructor(max: number, onHit: (client: Client) => void) {
    this.#max = max;
    this.#onHit = onHit;
  }

  /** The last word on a subscription that is otherwise allowed. */
  grant(client: Client, subscription: Subscription, done: Done): void {
    // It left while it was being asked whether it may.
    if (client.conn.destroyed) {
      done(null, null);
      return;
    }
    let topics = this.#topics.get(client);
    if (!topics) {
      topics = new Set();
      this.#topics.set(client, topics);
      client.conn.once('close', () => this.#topics.delete(client));
    }
    if (topics.size >= this.#max && !topics.has(subscription.topic)) {
      this.#onHit(client);
      done(null, null);
      return;
    }
    topics.add(subscription.topic);
    done(null, subscription);
  }

  isGranted(client: Client, { topic }: Subscription): boolean {
    return this.#topics.get(client)?.has(topic) ?? false;
  }

  release(client: Client, topics: readonly string[]): void {
    const held = this.#topics.get(client);
    for (const topic of topics) held?.delete(topic);
  }

  /** The most that one client has. */
  most(): number {
    let most = 0;
    for (const { size } of this.#topics.values()) most = Math.max(most, size);
    return most;
  }
}

import type { Queued, SessionQueue } from './session-queue.ts';

/** The queue of a session, handed out to a connection that has just begun, until that has caught up with it. */
export class HandOut {
  readonly #queue: SessionQueue;
  /** Handed out, and not sent yet. */
  readonly #handing = new Set<Queued>();
  #allSent = Promise.withResolvers<void>();

  constructor(queue: SessionQueue) {
    this.#queue = queue;
  }

  /** Sent, or gone from the queue. */
  sent(entry: Queued): void {
    if (this.#handing.delete(entry) && this.#handing.size === 0) this.#allSent.resolve();
  }

  /**
   * All that is queued, in order, also what comes meanwhile. It ends when all of it is sent, in the same turn in which
   * nothing newer was there: what comes from then on is sent live, and behind all of this [MQTT-4.6.0-6].
   *
   * @param isWanted false when there is a newer connection
   */
  async *entries(isWanted: () => boolean, onCaughtUp: () => void): AsyncGenerator<Queued> {
    let last = 0;
    while (isWanted()) {
      for (const entry of this.#queue.entries()) {
        if (entry.seq <= last) continue;
        last = entry.seq;
        this.#handing.add(entry);
        yield entry;
        if (!isWanted()) return;
      }
      if (this.#handing.size === 0) return onCaughtUp();
      // What reads from here reads ahead of what it sends.
      await this.#allSent.promise;
      this.#allSent = Promise.withResolvers();
    }
  }
}

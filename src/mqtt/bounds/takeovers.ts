import { TokenBucket } from './token-bucket.ts';

/** Ids whose take-overs are long past are looked for when there are so many, and at each doubling. */
const PRUNE_FROM = 1000;

/**
 * How often one client id may take over its own session [MQTT-3.1.4-2]. Two devices that were given the same id throw
 * each other out for ever; past the bound the newcomer is turned away instead, and the one that is there stays.
 */
export class Takeovers {
  readonly #perMinute: number;
  readonly #byId = new Map<string, TokenBucket>();
  #pruneAt = PRUNE_FROM;

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /** Call it for a client that has proved who it is: a stranger must not use up what is another's. */
  mayTakeOver(clientId: string, nowMs: number): boolean {
    let bucket = this.#byId.get(clientId);
    if (!bucket) {
      if (this.#byId.size >= this.#pruneAt) this.#prune(nowMs);
      bucket = new TokenBucket(this.#perMinute / 60, this.#perMinute, nowMs);
      this.#byId.set(clientId, bucket);
    }
    bucket.refill(nowMs);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  /** The most take-overs of one id that still count, within about a minute. */
  inUse(nowMs: number): number {
    let most = 0;
    for (const bucket of this.#byId.values()) {
      bucket.refill(nowMs);
      most = Math.max(most, bucket.burst - bucket.tokens);
    }
    return Math.round(most);
  }

  #prune(nowMs: number): void {
    for (const [id, bucket] of this.#byId) {
      bucket.refill(nowMs);
      if (bucket.tokens >= bucket.burst) this.#byId.delete(id);
    }
    this.#pruneAt = Math.max(PRUNE_FROM, 2 * this.#byId.size);
  }
}

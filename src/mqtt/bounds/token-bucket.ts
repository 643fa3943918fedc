/**
 * So many a second, and a burst of so many at once. It may go below zero: what was taken too much is waited for. Time is
 * an argument, ms of any clock that does not jump.
 */
export class TokenBucket {
  tokens: number;
  readonly burst: number;
  readonly #perMs: number;
  #atMs: number;

  /** A rate of 0 is no limit. */
  constructor(perSecond: number, burst: number, nowMs: number) {
    this.#perMs = perSecond > 0 ? perSecond / 1000 : Number.POSITIVE_INFINITY;
    this.burst = perSecond > 0 ? Math.max(1, burst) : Number.POSITIVE_INFINITY;
    this.tokens = this.burst;
    this.#atMs = nowMs;
  }

  refill(nowMs: number): void {
    if (this.tokens < this.burst && nowMs > this.#atMs) {
      this.tokens = Math.min(this.burst, this.tokens + (nowMs - this.#atMs) * this.#perMs);
    }
    this.#atMs = nowMs;
  }

  /** How long until so many are there, ms, counted from the last refill. */
  waitMs(wanted: number): number {
    return this.tokens >= wanted ? 0 : (wanted - this.tokens) / this.#perMs;
  }
}

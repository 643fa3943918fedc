/**
 * What is kept of packets that are not whole yet, of all clients together. At the bound the one that waits longest loses
 * its connection: a packet comes whole within moments, and who sends a byte now and then is not to take up the memory.
 */
export class PartialPackets<Owner> {
  readonly #maxBytes: number;
  readonly #onBound: (longest: Owner) => void;
  /** In the order in which their packets began. */
  readonly #held = new Map<Owner, number>();
  #bytes = 0;

  constructor(maxBytes: number, onBound: (longest: Owner) => void) {
    this.#maxBytes = maxBytes;
    this.#onBound = onBound;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** So much is kept for it now; 0 when its packet is whole or it is gone. */
  holds(owner: Owner, bytes: number): void {
    this.#bytes += bytes - (this.#held.get(owner) ?? 0);
    if (bytes === 0) this.#held.delete(owner);
    else this.#held.set(owner, bytes);
    while (this.#bytes > this.#maxBytes) {
      const [longest] = this.#held.keys();
      if (longest === undefined) return;
      this.holds(longest, 0);
      this.#onBound(longest);
    }
  }
}

import type { Duplex } from 'node:stream';
import { addressGroup } from '../../access/address-group.ts';
import type { BrokerBounds } from './bounds.ts';

export type AdmissionLimits = Pick<BrokerBounds, 'maxConnectionsPerAddress' | 'maxConnecting'> & {
  readonly maxConnections: number;
};

export type AdmissionBound = keyof AdmissionLimits;

/**
 * Who may be connected: so many in all, over all listeners; so many from one address; and so many that have not said yet
 * who they are. At the last bound the longest waiting gives way to the newcomer: connections that say nothing cannot
 * keep out those that do. Loopback counts like any address, because a proxy on the same machine stands for the world.
 */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #onHit: (bound: AdmissionBound, stream: Duplex, address: string | undefined) => void;
  readonly #open = new Map<Duplex, string | undefined>();
  readonly #clients = new WeakMap<Duplex, string>();
  readonly #byGroup = new Map<string, number>();
  /** In the order of their coming. */
  readonly #connecting = new Set<Duplex>();

  constructor(
    limits: AdmissionLimits,
    onHit: (bound: AdmissionBound, stream: Duplex, address: string | undefined) => void,
  ) {
    this.#limits = limits;
    this.#onHit = onHit;
  }

  /** Takes the connection in, or destroys it: before anything is set up for it, so that a flood of them costs little. */
  admit(stream: Duplex, address: string | undefined): boolean {
    const group = addressGroup(address);
    const fromGroup = this.#byGroup.get(group) ?? 0;
    if (this.#open.size >= this.#limits.maxConnections)
      return this.#refuse('maxConnections', stream, address);
    if (fromGroup >= this.#limits.maxConnectionsPerAddress) {
      return this.#refuse('maxConnectionsPerAddress', stream, address);
    }
    if (this.#connecting.size >= this.#limits.maxConnecting) this.#dropLongestWaiting();
    this.#open.set(stream, address);
    this.#byGroup.set(group, fromGroup + 1);
    this.#connecting.add(stream);
    stream.once('close', () => this.#forget(stream, group));
    return true;
  }

  /** It has said who it is. */
  identified(stream: Duplex, client: string): void {
    this.#connecting.delete(stream);
    this.#clients.set(stream, client);
  }

  clientOf(stream: Duplex): string | undefined {
    return this.#clients.get(stream);
  }

  addressOf(stream: Duplex): string | undefined {
    return this.#open.get(stream);
  }

  /** All that are open, clients or not. */
  streams(): IterableIterator<Duplex> {
    return this.#open.keys();
  }

  inUse(): Readonly<Record<AdmissionBound, number>> {
    let most = 0;
    for (const count of this.#byGroup.values()) most = Math.max(most, count);
    return {
      maxConnections: this.#open.size,
      maxConnectionsPerAddress: most,
      maxConnecting: this.#connecting.size,
    };
  }

  #refuse(bound: AdmissionBound, stream: Duplex, address: string | undefined): false {
    this.#onHit(bound, stream, address);
    stream.on('error', () => undefined);
    stream.destroy();
    return false;
  }

  #dropLongestWaiting(): void {
    const [longest] = this.#connecting;
    if (!longest) return;
    this.#onHit('maxConnecting', longest, this.#open.get(longest));
    this.#connecting.delete(longest);
    longest.destroy();
  }

  #forget(stream: Duplex, group: string): void {
    this.#open.delete(stream);
    this.#connecting.delete(stream);
    const left = (this.#byGroup.get(group) ?? 0) - 1;
    if (left > 0) this.#byGroup.set(group, left);
    else this.#byGroup.delete(group);
  }
}

import type { ClientFlow } from './client-flow.ts';

/** What a client is not read for: a setting, or that it is not accepted yet. */
export type FlowBound =
  | 'connecting'
  | 'maxInFlight'
  | 'maxInFlightKb'
  | 'maxInFlightTotalMb'
  | 'maxMessagesPerSecond'
  | 'maxKbPerSecond';

export type SharedFlowOptions = {
  /** Of all clients together on their way to the journal. */
  readonly maxBytes: number;
  readonly onStopped: (bound: FlowBound) => void;
  readonly onResumed: (flow: ClientFlow, bound: FlowBound, waitedMs: number) => void;
};

const RESUME_SHARE = 0.75;

/**
 * What all clients together have on their way to the journal. The journal holds in memory what waits for it, and at its
 * bound that waits for as long as a store is down: this is how much that can be. Clients wait in the order of their
 * coming.
 */
export class SharedFlow {
  readonly #options: SharedFlowOptions;
  readonly #waiting = new Set<ClientFlow>();
  readonly #stopped = new Map<FlowBound, number>();
  #bytes = 0;
  #isWaking = false;

  constructor(options: SharedFlowOptions) {
    this.#options = options;
  }

  get bytes(): number {
    return this.#bytes;
  }

  freeBytes(): number {
    return this.#options.maxBytes - this.#bytes;
  }

  hasRoom(): boolean {
    return this.#bytes <= RESUME_SHARE * this.#options.maxBytes;
  }

  /** How many clients wait at this bound. */
  stoppedAt(bound: FlowBound): number {
    return this.#stopped.get(bound) ?? 0;
  }

  begin(bytes: number): void {
    this.#bytes += bytes;
  }

  settle(bytes: number): void {
    this.#bytes -= bytes;
    if (this.#waiting.size > 0 && this.hasRoom()) this.#wakeSoon();
  }

  stopped(flow: ClientFlow, bound: FlowBound): void {
    this.#stopped.set(bound, this.stoppedAt(bound) + 1);
    if (bound === 'maxInFlightTotalMb') this.#waiting.add(flow);
    this.#options.onStopped(bound);
  }

  resumed(flow: ClientFlow, bound: FlowBound, waitedMs: number): void {
    this.#stopped.set(bound, this.stoppedAt(bound) - 1);
    this.#waiting.delete(flow);
    this.#options.onResumed(flow, bound, waitedMs);
  }

  #wakeSoon(): void {
    if (this.#isWaking) return;
    this.#isWaking = true;
    setImmediate(() => {
      this.#isWaking = false;
      // Those that come back and find no room again stand at the end of the line.
      for (const flow of [...this.#waiting]) {
        if (!this.hasRoom()) break;
        flow.resumeShared();
      }
    });
  }
}

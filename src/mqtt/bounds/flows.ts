import type { Duplex } from 'node:stream';
import type { Valve } from '../guard/guard.ts';
import type { BrokerBounds } from './bounds.ts';
import { ClientFlow, type FlowLimits } from './client-flow.ts';
import { PartialPackets } from './partial-packets.ts';
import { type FlowBound, SharedFlow } from './shared-flow.ts';

const MB = 1024 * 1024;
/** A client that has waited for so long in sum is told of, and then again after as long. */
const TELL_AFTER_MS = 1000;

const slowing = [
  'maxInFlight',
  'maxInFlightKb',
  'maxInFlightTotalMb',
  'maxMessagesPerSecond',
  'maxKbPerSecond',
] as const satisfies readonly FlowBound[];

export type FlowsOptions = {
  readonly bounds: BrokerBounds;
  readonly onStopped: (bound: string) => void;
  readonly onWaited: (bound: string, waitedMs: number) => void;
  /** A client that has been slowed for a while: somebody should look at it. */
  readonly onSlow: (bound: string, stream: Duplex) => void;
};

/** One connection's part in it: what the guard asks, and what the publish lane tells. */
export type Flow = {
  readonly valve: Valve;
  readonly held: (bytes: number) => void;
  readonly begin: (bytes: number) => void;
  readonly settle: (publishes: number, bytes: number) => void;
  /** The client is accepted. */
  readonly open: () => void;
  readonly isOpen: () => boolean;
};

type Entry = { readonly flow: ClientFlow; waitedMs: number };

/** How fast each client is read, and what all of them have in memory before it is in the journal. */
export class Flows {
  readonly #options: FlowsOptions;
  readonly #limits: FlowLimits;
  readonly #shared: SharedFlow;
  readonly #partial: PartialPackets<Duplex>;
  readonly #streams = new Map<ClientFlow, Duplex>();
  readonly #entries = new Map<Duplex, Entry>();

  constructor(options: FlowsOptions) {
    this.#options = options;
    const { bounds } = options;
    this.#limits = {
      maxInFlight: bounds.maxInFlight,
      maxInFlightBytes: bounds.maxInFlightKb * 1024,
      messagesPerSecond: bounds.maxMessagesPerSecond,
      bytesPerSecond: bounds.maxKbPerSecond * 1024,
      burstSeconds: bounds.burstSeconds,
    };
    this.#shared = new SharedFlow({
      maxBytes: bounds.maxInFlightTotalMb * MB,
      onStopped: options.onStopped,
      onResumed: (flow, bound, waitedMs) => this.#resumed(flow, bound, waitedMs),
    });
    this.#partial = new PartialPackets(bounds.maxPartialTotalMb * MB, (stream) =>
      stream.destroy(new Error('[mqtt.maxPartialTotalMb] its packet has been incomplete for the longest')),
    );
  }

  open(stream: Duplex): Flow {
    const wake = () => {
      if (!stream.destroyed) stream.emit('readable');
    };
    const flow = new ClientFlow(this.#limits, this.#shared, performance.now(), wake);
    this.#entries.set(stream, { flow, waitedMs: 0 });
    this.#streams.set(flow, stream);
    stream.once('close', () => {
      flow.close(performance.now());
      this.#partial.holds(stream, 0);
      this.#entries.delete(stream);
      this.#streams.delete(flow);
    });
    return {
      valve: {
        isShut: () => flow.isShut(performance.now()),
        credit: () => flow.refresh(performance.now()),
        passed: (ranOut) => flow.passed(performance.now(), ranOut),
      },
      held: (bytes) => this.#partial.holds(stream, bytes),
      begin: (bytes) => flow.begin(bytes),
      settle: (publishes, bytes) => flow.settle(publishes, bytes),
      open: () => flow.open(),
      isOpen: () => flow.isOpen,
    };
  }

  /** Has it sent what has not been read yet? */
  isWaiting(stream: Duplex): boolean {
    return stream.readableLength > 0 || this.#entries.get(stream)?.flow.stoppedBy !== undefined;
  }

  inUse(): Readonly<Record<string, number>> {
    let [messages, bytes] = [0, 0];
    for (const { flow } of this.#entries.values()) {
      messages = Math.max(messages, flow.inFlight);
      bytes = Math.max(bytes, flow.inFlightBytes);
    }
    return {
      maxInFlight: messages,
      maxInFlightKb: bytes / 1024,
      maxInFlightTotalMb: this.#shared.bytes / MB,
      maxPartialTotalMb: this.#partial.bytes / MB,
    };
  }

  waiting(): Readonly<Record<string, number>> {
    return Object.fromEntries(slowing.map((bound) => [bound, this.#shared.stoppedAt(bound)]));
  }

  #resumed(flow: ClientFlow, bound: FlowBound, waitedMs: number): void {
    this.#options.onWaited(bound, waitedMs);
    const stream = this.#streams.get(flow);
    const entry = stream && this.#entries.get(stream);
    if (!entry) return;
    entry.waitedMs += waitedMs;
    if (entry.waitedMs < TELL_AFTER_MS) return;
    entry.waitedMs = 0;
    this.#options.onSlow(bound, stream);
  }
}

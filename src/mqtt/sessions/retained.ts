import { filterMatches } from '../../domain/topic-filter.ts';

/** The newest message of a topic, for those who subscribe later [MQTT-3.3.1-5]. */
export type Retained = { readonly topic: string; readonly payload: Buffer; readonly qos: 0 | 1 | 2 };

export type RetainedBound = 'maxRetained' | 'maxRetainedMb';

export type RetainedLimits = { readonly maxMessages: number; readonly maxBytes: number };

const ENTRY_BYTES = 200;

export class RetainedMessages {
  readonly #limits: RetainedLimits;
  readonly #messages = new Map<string, Retained>();
  #bytes = 0;

  constructor(limits: RetainedLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#messages.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** An empty payload ends what is retained [MQTT-3.3.1-10]. Gives the bound that keeps it from being retained. */
  set(message: Retained): RetainedBound | undefined {
    const before = this.#messages.get(message.topic);
    const freed = before ? bytesOf(before) : 0;
    if (message.payload.length > 0) {
      if (!before && this.#messages.size >= this.#limits.maxMessages) return 'maxRetained';
      if (this.#bytes - freed + bytesOf(message) > this.#limits.maxBytes) return 'maxRetainedMb';
      this.#messages.set(message.topic, message);
      this.#bytes += bytesOf(message);
    } else {
      this.#messages.delete(message.topic);
    }
    this.#bytes -= freed;
    return undefined;
  }

  all(): Iterable<Retained> {
    return this.#messages.values();
  }

  /** Each message that one of the filters matches, once for each filter: as many as there were subscriptions. */
  *match(filters: readonly string[]): Generator<Retained> {
    for (const filter of filters) {
      if (!filter.includes('+') && !filter.includes('#')) {
        const found = this.#messages.get(filter);
        if (found) yield found;
        continue;
      }
      for (const message of this.#messages.values()) if (filterMatches(filter, message.topic)) yield message;
    }
  }
}

function bytesOf({ topic, payload }: Retained): number {
  return topic.length + payload.length + ENTRY_BYTES;
}

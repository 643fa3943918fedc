import type { Clock } from '../domain/time.ts';
import type { OnRequest } from './frames.ts';

export type RequestOptions = {
  readonly publish: (
    topic: string,
    payload: Uint8Array,
    options: { readonly retain: boolean; readonly qos: 0 | 1 },
  ) => Promise<void>;
  /** The same at the external brokers that a packet on the topic `cameOn` may have come from. */
  readonly answer: (cameOn: string, topic: string, payload: Uint8Array) => Promise<void>;
  readonly clock: Clock;
  readonly log: { readonly warn: (fields: object, message: string) => void };
};

/** A packet that came longer ago is no longer live: what is missing was missed then, and is not asked for now. */
const LIVE_MS = 60_000;
/** Both readers may decode the same frame: once is enough. */
const AGAIN_MS = 30_000;
const MOST_TOPICS = 10_000;

/** Publishes what decoders ask for (that a Sparkplug node be born again), while the packet that made them ask is live. */
export function createRequests({ publish, answer, clock, log }: RequestOptions): OnRequest {
  const asked = new Map<string, number>();
  return ({ topic, payload }, packet) => {
    const now = clock();
    if (Math.abs(now - packet.receivedAtMs) > LIVE_MS) return;
    const lastMs = asked.get(topic);
    if (lastMs !== undefined && Math.abs(now - lastMs) < AGAIN_MS) return;
    asked.delete(topic);
    asked.set(topic, now);
    for (const oldest of asked.keys()) {
      if (asked.size <= MOST_TOPICS) break;
      asked.delete(oldest);
    }
    // A packet does not say whose broker it came through: the others have nobody who listens.
    Promise.all([
      publish(topic, payload, { retain: false, qos: 1 }),
      answer(packet.topic, topic, payload),
    ]).catch((cause: unknown) =>
      log.warn({ topic, error: String(cause) }, 'what a decoder asked for could not be published'),
    );
  };
}

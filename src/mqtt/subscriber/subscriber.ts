import { setTimeout as wait } from 'node:timers/promises';
import { asError } from '../../domain/errors.ts';
import type { Clock } from '../../domain/time.ts';
import { filterMatches } from '../../domain/topic-filter.ts';
import type { Journal } from '../../journal/journal.ts';
import { openConnection, type Publish } from './subscriber-connection.ts';
import { openReceipts } from './subscriber-receipts.ts';

/** An external broker, and how kvarter subscribes to it. Files are read anew at each connection: they may rotate. */
export type SubscriberOptions = {
  readonly name: string;
  /** mqtt://HOST:PORT or mqtts://HOST:PORT */
  readonly url: string;
  readonly username?: string | undefined;
  readonly passwordFile?: string | undefined;
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** The same at every start: it is the name of the session in which the broker keeps what kvarter has not had. */
  readonly clientId: string;
  readonly topics: readonly string[];
  /** Those who subscribe with the same group get each message once in total. */
  readonly share?: string | undefined;
  /** How long the broker keeps the session of a kvarter that is away, s. */
  readonly sessionExpirySeconds: number;
  /** Messages on their way to the journal at once. */
  readonly receiveMaximum: number;
  readonly journal: Pick<Journal, 'append'>;
  readonly clock: Clock;
  /** The connection could not be made or has ended badly; it is tried again. */
  readonly onProblem: (error: Error, retryInMs: number) => void;
  readonly onState: (connected: boolean) => void;
};

/** Closing it acknowledges what the journal has, and leaves the session at the broker for the next start. */
export interface Subscriber extends AsyncDisposable {
  readonly name: string;
  readonly connected: () => boolean;
  /** Why it is not connected, or which topics the broker refuses; undefined while all is well. */
  readonly trouble: () => Error | undefined;
  /** Does it subscribe to the topic? */
  readonly listensTo: (topic: string) => boolean;
  /** Resolves when the broker has it; rejects when it is not connected, or refuses. */
  readonly publish: Publish;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;
/** A connection that held this long was a good one: the next pause is the first again. */
const STEADY_MS = 60_000;

/**
 * Subscribes to an external broker (MQTT 5), for as long as it is open: connects, connects again after pauses that
 * double up to a minute, each shortened by chance so that many kvarters do not come back at once. A broker that is away
 * does not keep the service from starting.
 *
 * Journal and broker agree like this: a message is acknowledged when it is durable, not before; when the journal cannot
 * take one, the connection is closed, so that the broker sends all that it has no acknowledgement of again. A message may
 * thus come twice, never not at all; QoS 2 comes once for as long as both the broker's session and this process live.
 */
export function openSubscriber(options: SubscriberOptions): Subscriber {
  const stop = new AbortController();
  const receipts = openReceipts(options);
  let connected = false;
  let publish: Publish | undefined;
  let trouble: Error | undefined = new Error(`not yet connected to ${options.url}`);
  const say = (now: boolean) => {
    if (now === connected) return;
    connected = now;
    options.onState(now);
  };

  const running = (async () => {
    for (let failures = 0; !stop.signal.aborted; failures += 1) {
      const begun = performance.now();
      try {
        const subscribed = (refused: Error | undefined, publishes: Publish) => {
          trouble = refused;
          publish = publishes;
          say(true);
        };
        await openConnection(options, receipts, subscribed, stop.signal);
      } catch (cause) {
        trouble = asError(cause);
      }
      publish = undefined;
      say(false);
      if (stop.signal.aborted || !trouble) return;
      if (performance.now() - begun > STEADY_MS) failures = 0;
      const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures) * (0.5 + Math.random() / 2);
      options.onProblem(trouble, Math.round(pauseMs));
      await wait(pauseMs, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  })();

  return {
    name: options.name,
    connected: () => connected,
    trouble: () => trouble,
    listensTo: (topic) => options.topics.some((filter) => filterMatches(filter, topic)),
    publish: async (topic, payload) => {
      if (!publish) throw new Error(`not connected to ${options.url}`);
      await publish(topic, payload);
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}

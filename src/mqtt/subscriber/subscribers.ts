import { openSubscriber, type Subscriber, type SubscriberOptions } from './subscriber.ts';

/** A broker as the settings describe it. */
export type ExternalBroker = Omit<
  SubscriberOptions,
  'clientId' | 'sessionExpirySeconds' | 'journal' | 'clock' | 'onProblem' | 'onState'
> & {
  /** None: kvarter-NAME. */
  readonly clientId?: string | undefined;
  readonly sessionExpiryHours: number;
};

export type SubscribersOptions = Pick<SubscriberOptions, 'journal' | 'clock'> & {
  /** `part` is `broker NAME` here and below. */
  readonly onTrouble: (part: string) => (error: Error, retryInMs: number) => void;
  readonly onState: (part: string, connected: boolean) => void;
};

export interface Subscribers extends AsyncDisposable {
  readonly states: () => readonly { readonly broker: string; readonly connected: boolean }[];
  /** Answers a packet at every broker that it may have come from: those whose subscriptions match its topic. */
  readonly answer: (cameOn: string, topic: string, payload: Uint8Array) => Promise<void>;
  /** For `/health`, by `broker NAME`. */
  readonly health: () => Readonly<Record<string, { readonly ok: boolean; readonly detail?: string }>>;
}

/** Subscribes to all external brokers at once; none of them has to be there. */
export function openSubscribers(
  brokers: readonly ExternalBroker[],
  { journal, clock, onTrouble, onState }: SubscribersOptions,
): Subscribers {
  const subscribers = brokers.map(({ clientId, sessionExpiryHours, ...broker }) =>
    openSubscriber({
      ...broker,
      clientId: clientId ?? `kvarter-${broker.name}`,
      sessionExpirySeconds: Math.round(sessionExpiryHours * 3600),
      journal,
      clock,
      onProblem: onTrouble(`broker ${broker.name}`),
      onState: (connected) => onState(`broker ${broker.name}`, connected),
    }),
  );
  return {
    states: () => subscribers.map(({ name, connected }) => ({ broker: name, connected: connected() })),
    answer: async (cameOn, topic, payload) => {
      const asked = subscribers.filter(({ listensTo, connected }) => connected() && listensTo(cameOn));
      await Promise.all(asked.map(({ publish }) => publish(topic, payload)));
    },
    health: () =>
      Object.fromEntries(
        subscribers.map((subscriber) => [`broker ${subscriber.name}`, healthOf(subscriber)]),
      ),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(subscribers.map((subscriber) => subscriber[Symbol.asyncDispose]()));
    },
  };
}

function healthOf({ connected, trouble }: Subscriber): { ok: boolean; detail?: string } {
  const error = trouble();
  if (connected() && error === undefined) return { ok: true };
  return { ok: false, detail: error?.message ?? 'not connected' };
}

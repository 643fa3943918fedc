import type { Duplex } from 'node:stream';
import type { Aedes, AuthenticateError, Client } from 'aedes';
import type { GuardLimits } from '../guard/guard-gate.ts';
import { Admission } from './admission.ts';
import { watchBacklog } from './backlog.ts';
import { type BoundReport, type BoundState, BoundTally, type BrokerBounds } from './bounds.ts';
import { Flows } from './flows.ts';
import { SubscriptionCounts } from './subscription-counts.ts';
import { Takeovers } from './takeovers.ts';

export type BrokerBoundsOptions = {
  readonly bounds: BrokerBounds;
  readonly maxConnections: number;
  readonly limits: GuardLimits;
  readonly connectTimeoutMs: number;
  readonly onBound: (report: BoundReport) => void;
};

const TELL_EVERY_MS = 1000;

/** What aedes says when one of its own bounds is hit, and which setting that is. */
const ownWords: readonly (readonly [RegExp, string])[] = [
  [/^\[mqtt\.(\w+)\]/, '$1'],
  [/^connect did not arrive in time/, 'connectTimeoutSeconds'],
  [/^drain timeout/, 'drainTimeoutSeconds'],
];

export type BrokerWatch = ReturnType<typeof watchBounds>;

/** The broker's bounds in one place: who is admitted, how much each has, what was hit and who did it. */
export function watchBounds(options: BrokerBoundsOptions) {
  const { bounds, limits, maxConnections, onBound } = options;
  const tally = new BoundTally({
    maxConnections,
    ...bounds,
    connectTimeoutSeconds: options.connectTimeoutMs / 1000,
    maxPacketKb: limits.maxPacketBytes / 1024,
    maxTopicLevels: limits.maxTopicLevels,
    maxTopicBytes: limits.maxTopicBytes,
    maxFiltersPerPacket: limits.maxFiltersPerPacket,
  });
  const tell = () => tally.due(performance.now()).forEach(onBound);
  const timer = setInterval(tell, TELL_EVERY_MS).unref();

  const admission = new Admission({ ...bounds, maxConnections }, (bound, _stream, address) =>
    tally.hit(bound, { address }),
  );
  const hit = (bound: string, client: Pick<Client, 'conn'> & { readonly id?: string | null }) =>
    tally.hit(bound, { client: client.id ?? undefined, address: admission.addressOf(client.conn) });
  const takeovers = new Takeovers(bounds.maxTakeoversPerMinute);
  const subscriptions = new SubscriptionCounts(bounds.maxSubscriptions, (client) =>
    hit('maxSubscriptions', client),
  );

  const flows = new Flows({
    bounds,
    onStopped: (bound) => tally.slow(bound),
    onWaited: (bound, waitedMs) => tally.slowedFor(bound, waitedMs),
    onSlow: (bound, stream) =>
      tally.tell(bound, { client: admission.clientOf(stream), address: admission.addressOf(stream) }),
  });

  const backlog = watchBacklog(bounds.maxBacklogTotalMb, () => admission.streams());

  return {
    admission,
    subscriptions,
    flows,
    hit,
    /** Of one that is not connected, or not known. */
    hitBy: (bound: string, client: string | undefined) => tally.hit(bound, { client }),
    dropped: (address: string | undefined) => tally.hit('maxConnections', { address }),
    /** Why a client that has proved who it is may not come in now; undefined when it may. */
    refuseTakeover: (client: Client, isConnected: boolean): AuthenticateError | undefined => {
      if (!isConnected || takeovers.mayTakeOver(client.id, performance.now())) return undefined;
      const message = `[mqtt.maxTakeoversPerMinute] ${client.id} is connected, and taken over too often`;
      // Server unavailable: it may try again, and is let in once the other has gone.
      return Object.assign(new Error(message), { returnCode: 3 as const });
    },
    /** Listens for what a client ends with, and for what it lets go. */
    follow: (aedes: Aedes) => {
      aedes.on('unsubscribe', (topics, client) => subscriptions.release(client, topics));
    },
    /** A connection ended with this error: which bound was it, if any? */
    ended: (client: Client, message: string) => {
      for (const [pattern, bound] of ownWords) {
        const found = pattern.exec(message);
        if (!found) continue;
        hit(found[1] ?? bound, client);
        return;
      }
    },
    states: (kept: Readonly<Record<string, number>>): BoundState[] =>
      tally.states(
        {
          ...kept,
          ...admission.inUse(),
          ...flows.inUse(),
          ...backlog.inUse(),
          maxTakeoversPerMinute: takeovers.inUse(performance.now()),
          maxSubscriptions: subscriptions.most(),
        },
        flows.waiting(),
      ),
    /** All that are open, clients or not. */
    streams: (): Iterable<Duplex> => admission.streams(),
    [Symbol.dispose]: () => {
      clearInterval(timer);
      backlog[Symbol.dispose]();
      tell();
    },
  };
}

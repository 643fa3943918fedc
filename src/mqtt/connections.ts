import type { Duplex } from 'node:stream';
import type { Client } from 'aedes';
import type { BrokerWatch } from './bounds/broker-bounds.ts';
import type { Flow } from './bounds/flows.ts';
import type { KeepAlive } from './bounds/keep-alive.ts';
import { keepReading } from './bounds/keep-reading.ts';
import type { Downstream } from './downstream/downstream.ts';
import { guardStream } from './guard/guard.ts';
import type { GuardLimits } from './guard/guard-gate.ts';
import type { Accept, Peer } from './listeners/listeners.ts';
import { type LaneOptions, PublishLane } from './publish-lane.ts';

/** What stands between a client's socket and aedes. */
export type Connection = { readonly peer: Peer; readonly lane: PublishLane; readonly flow: Flow };

export type Connections = {
  readonly accept: Accept;
  readonly of: (client: Client) => Connection | undefined;
};

export type ConnectionsOptions = {
  readonly limits: GuardLimits;
  readonly bounds: Pick<BrokerWatch, 'admission' | 'flows'>;
  readonly downstream: Downstream;
  readonly keepAlive: KeepAlive;
  readonly handle: (stream: Duplex) => Client;
  /** What a client publishes goes this way, as far as the lane takes it. */
  readonly lane: (client: () => Client) => Omit<LaneOptions, 'flow'>;
};

/**
 * Takes connections in, each with its own parts in line:
 *
 * ```
 *   socket ─► admission ─► guard ─► publish lane ─► journal
 *                            │ the rest
 *                            ▼
 *                          aedes ─► downstream ─► socket
 * ```
 */
export function createConnections(options: ConnectionsOptions): Connections {
  const { limits, bounds, downstream, keepAlive, handle } = options;
  const connections = new WeakMap<Client, Connection>();
  return {
    of: (client) => connections.get(client),
    accept: (stream, peer) => {
      if (!bounds.admission.admit(stream, peer.address)) return;
      const flow = bounds.flows.open(stream);
      const lane = new PublishLane(stream, { ...options.lane(() => client), flow });
      const line = downstream.open(stream);
      const guard = guardStream(stream, limits, {
        ...line.hooks,
        take: (first, bytes, start, end) => lane.take(first, bytes, start, end),
        heard: () => keepAlive.heard(stream),
        settled: () => lane.settled(),
        valve: flow.valve,
        held: (bytes) => {
          flow.held(bytes);
          keepAlive.held(stream, bytes);
        },
      });
      const client = handle(stream);
      connections.set(client, { peer, lane, flow });
      line.serve(client, guard);
      keepReading(stream, () => flow.isOpen() && !client.closed);
    },
  };
}

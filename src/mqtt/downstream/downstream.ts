import type { Duplex } from 'node:stream';
import type { Aedes, AedesPublishPacket, Client, Subscription } from 'aedes';
import type { Guard } from '../guard/guard.ts';
import type { GateHooks } from '../guard/guard-gate.ts';
import { Answers, subackOf } from './answers.ts';
import { Delivery } from './delivery.ts';
import { OutgoingFlow } from './outgoing-flow.ts';
import { mendQueue } from './outgoing-queue.ts';
import { publishInOrder } from './publish-order.ts';

export type Downstream = ReturnType<typeof createDownstream>;

export type DownstreamOptions = {
  readonly maxBacklogBytes: number;
  readonly mayReceive: (client: Client, topic: string) => boolean;
  /** Is this live message its to send now? Of a kept session it waits for what is queued. */
  readonly isDue: (client: Client, packet: AedesPublishPacket) => boolean;
  /** A message of QoS 0 was not delivered, because the client does not read. */
  readonly onLeftOut: (client: Client) => void;
};

/** One connection's part in it. */
type Line = {
  readonly hooks: GateHooks;
  readonly serve: (client: Client, guard: Guard) => void;
};

/** All that is mended of what aedes sends to clients, in one place. */
export function createDownstream({ maxBacklogBytes, mayReceive, isDue, onLeftOut }: DownstreamOptions) {
  const served = new WeakMap<Client, { readonly delivery: Delivery; readonly guard: Guard }>();
  return {
    watch: (aedes: Aedes): void => {
      publishInOrder(aedes);
      mendQueue(aedes, (client) => served.get(client)?.delivery);
      aedes.on('unsubscribe', (filters, client) => {
        const parts = served.get(client);
        parts?.delivery.forget(filters);
        parts?.guard.unsubscribed();
      });
    },
    /** For `authorizeSubscribe` to hand on. */
    grant: (client: Client, subscription: Subscription): Subscription | null =>
      served.get(client)?.delivery.grant(subscription) ?? null,
    open: (stream: Duplex): Line => {
      const sent = new OutgoingFlow();
      const answers = new Answers(stream);
      return {
        hooks: { sent, onRepeats: (repeats) => answers.edit(subackOf(repeats)) },
        serve: (client, guard) => {
          const delivery = new Delivery(client, {
            sent,
            maxBacklogBytes,
            mayReceive: (topic) => mayReceive(client, topic),
            isDue: (packet) => isDue(client, packet),
            onLeftOut: () => onLeftOut(client),
          });
          served.set(client, { delivery, guard });
        },
      };
    },
  };
}

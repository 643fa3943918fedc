import { Readable } from 'node:stream';
import type { Aedes, Client } from 'aedes';
import type { Delivery } from './delivery.ts';

/** What is kept for a session that is away, or not acknowledged yet: a PUBLISH, or the PUBREL behind it. */
type Queued = {
  readonly cmd: string;
  readonly qos: 0 | 1 | 2;
  readonly topic: string;
  /** Of what was sent before. */
  readonly messageId?: number;
};
type Subscriber = { readonly clientId: string };

/** The part of an aedes persistence that keeps what is on its way to sessions. */
type OutgoingQueue = {
  outgoingStream: (client: Client) => AsyncIterable<Queued>;
  outgoingEnqueueCombi: (subscribers: Subscriber[], packet: object) => Promise<void>;
};

/**
 * Puts right how aedes 1.2 hands out what a session has missed. What was sent before comes with DUP [MQTT-3.3.1-1], the
 * QoS is the one granted [MQTT-3.8.4-6], and of a message that several subscriptions match one copy is kept.
 */
export function mendQueue(aedes: Aedes, deliveryOf: (client: Client) => Delivery | undefined): void {
  const queue = 'persistence' in aedes ? aedes.persistence : undefined;
  if (!isQueue(queue))
    throw new Error('aedes has changed its persistence: see src/mqtt/downstream/outgoing-queue.ts');
  const { outgoingStream, outgoingEnqueueCombi } = queue;
  queue.outgoingStream = (client) => {
    const stored = outgoingStream.call(queue, client);
    const delivery = deliveryOf(client);
    return delivery ? Readable.from(handedOut(stored, delivery)) : stored;
  };
  queue.outgoingEnqueueCombi = (subscribers, packet) => {
    const each = new Map(subscribers.map((subscriber) => [subscriber.clientId, subscriber]));
    return outgoingEnqueueCombi.call(queue, [...each.values()], packet);
  };
}

async function* handedOut(stored: AsyncIterable<Queued>, delivery: Delivery): AsyncGenerator<Queued> {
  for await (const packet of stored) {
    if (packet.cmd === 'pubrel') {
      delivery.released(packet.messageId);
      yield packet;
      continue;
    }
    const sent = delivery.redeliver(packet);
    // Every packet id waits to be acknowledged: the rest stays for the next connection.
    if (!sent) return;
    yield sent;
  }
}

function isQueue(value: unknown): value is OutgoingQueue {
  return (
    typeof value === 'object' &&
    value !== null &&
    'outgoingStream' in value &&
    typeof value.outgoingStream === 'function' &&
    'outgoingEnqueueCombi' in value &&
    typeof value.outgoingEnqueueCombi === 'function'
  );
}

import type { AedesPublishPacket, Client, Subscription } from 'aedes';
import { levelsMatch } from '../../domain/topic-filter.ts';
import type { OutgoingFlow } from './outgoing-flow.ts';

type Qos = 0 | 1 | 2;
type Deliver = (packet: AedesPublishPacket, done: () => void) => void;
type Delivering = Client & { deliver0: Deliver; deliverQoS: Deliver; duplicates: object };

export type DeliveryOptions = {
  /** What may wait in a connection whose client does not read; beyond it the client is closed. */
  readonly maxBacklogBytes: number;
  readonly sent: OutgoingFlow;
  readonly mayReceive: (topic: string) => boolean;
  /** Asked for messages of a QoS above 0: one that comes from the session's queue is not sent live. */
  readonly isDue: (packet: AedesPublishPacket) => boolean;
  /** A message of QoS 0 was not delivered, because too much waits already. */
  readonly onLeftOut: () => void;
};

/** Stands in for aedes's memory of what a client was sent: it has none. */
const forgetful = new Proxy({}, { get: () => undefined, set: () => true });

/**
 * Puts right how aedes 1.2 hands messages to one client. Left to itself
 * - it drops what was published before and comes after: a QoS 1 message that waits for its store is overtaken by one of
 *   QoS 0, and then taken for a duplicate of it;
 * - of several matching subscriptions the first decides the QoS, not the highest [MQTT-3.3.5-1], and one with a wildcard
 *   does not lower it at all [MQTT-3.8.4-6];
 * - it uses packet ids again that the client has not acknowledged [MQTT-2.3.1-4];
 * - one client that does not read holds up what goes to all others: a message is done when its last reader has it.
 */
export class Delivery {
  readonly #client: Delivering;
  readonly #options: DeliveryOptions;
  readonly #granted = new Map<string, { readonly levels: readonly string[]; readonly qos: Qos }>();
  #lastCounter: number | undefined;
  #hasBegun = false;
  /** Of what aedes was given to write and the connection has not taken yet. */
  #backlogBytes = 0;

  constructor(client: Client, options: DeliveryOptions) {
    if (!isDelivering(client))
      throw new Error('aedes has changed how it delivers: see src/mqtt/downstream/delivery.ts');
    this.#client = client;
    this.#options = options;
    const { deliver0, deliverQoS } = client;
    const deliver: Deliver = (packet, done) => this.#deliver(packet, done, deliver0, deliverQoS);
    client.deliver0 = deliver;
    client.deliverQoS = deliver;
    Object.defineProperty(client, 'duplicates', { value: forgetful });
  }

  /** For `authorizeSubscribe` to hand on: what is granted is remembered here, and aedes may deliver every QoS. */
  grant(subscription: Subscription): Subscription {
    this.#granted.set(subscription.topic, {
      levels: subscription.topic.split('/'),
      qos: subscription.qos,
    });
    return { ...subscription, qos: 2 };
  }

  forget(filters: readonly string[]): void {
    for (const filter of filters) this.#granted.delete(filter);
  }

  /** A PUBLISH from the session's queue as it goes out now; undefined when there is no packet id for it. */
  redeliver<P extends { readonly topic: string; readonly qos: Qos; readonly messageId?: number }>(
    packet: P,
  ): (P & { readonly dup: boolean }) | undefined {
    // A subscription that has ended since does not take back what was begun [MQTT-3.10.4-3].
    const granted = this.#highestQos(packet.topic);
    const qos = granted === 0 ? packet.qos : lower(packet.qos, granted);
    if (qos === 0) return { ...packet, dup: false };
    const { messageId } = packet;
    if (messageId === undefined) {
      const id = this.#takeId(qos);
      return id === undefined ? undefined : { ...packet, qos, messageId: id, dup: false };
    }
    this.#options.sent.resent(messageId, qos);
    return { ...packet, qos, dup: true };
  }

  /** A PUBREL goes out again. */
  released(messageId: number | undefined): void {
    if (messageId !== undefined) this.#options.sent.released(messageId);
  }

  #deliver(packet: AedesPublishPacket, done: () => void, deliver0: Deliver, deliverQoS: Deliver): void {
    // Not aedes's to find out: of a kept session it would then forget another message that waits to be sent.
    if (!this.#options.mayReceive(packet.topic)) {
      done();
      return;
    }
    packet.qos = lower(packet.qos, this.#highestQos(packet.topic));
    // A retained message, which carries no broker's id, holds up nobody but the client that has subscribed.
    if (!packet.brokerId) {
      this.#send(packet, done, deliver0, deliverQoS);
      return;
    }
    // Once for all matching subscriptions: mqemitter calls them in one go.
    if (packet.brokerCounter !== this.#lastCounter) {
      this.#lastCounter = packet.brokerCounter;
      // Before it is given a packet id.
      const isDue = packet.qos === 0 || this.#options.isDue(packet);
      if (!isDue) {
        done();
        return;
      }
      if (this.#backlogBytes <= this.#options.maxBacklogBytes) {
        const bytes = packet.topic.length + packet.payload.length;
        this.#backlogBytes += bytes;
        const onWritten = () => {
          this.#backlogBytes -= bytes;
        };
        this.#send(packet, onWritten, deliver0, deliverQoS);
      } else if (packet.qos === 0) this.#options.onLeftOut();
      else {
        this.#client.conn.destroy(
          new Error(`[mqtt.maxBacklogKb] ${this.#backlogBytes} bytes wait to be read`),
        );
      }
    }
    done();
  }

  #send(packet: AedesPublishPacket, done: () => void, deliver0: Deliver, deliverQoS: Deliver): void {
    if (packet.qos === 0) {
      deliver0(packet, done);
      return;
    }
    const id = this.#takeId(packet.qos);
    if (id === undefined) {
      this.#client.conn.destroy(new Error('[MQTT-2.3.1-4] every packet id waits to be acknowledged'));
      done();
      return;
    }
    packet.messageId = id;
    deliverQoS(packet, done);
  }

  #takeId(qos: 1 | 2): number | undefined {
    const { sent } = this.#options;
    if (!this.#hasBegun && !this.#client.clean) {
      // The other end may still hold ids of an earlier connection; a kept session goes on somewhere else.
      sent.startAt(1 + Math.floor(Math.random() * 65_535));
    }
    this.#hasBegun = true;
    return sent.take(qos);
  }

  #highestQos(topic: string): Qos {
    let highest: Qos = 0;
    const levels = this.#granted.size > 1 ? topic.split('/') : undefined;
    for (const granted of this.#granted.values()) {
      // What is delivered matches one of them: the only one, or else it is looked for.
      if (granted.qos > highest && (!levels || levelsMatch(granted.levels, levels))) highest = granted.qos;
    }
    return highest;
  }
}

function isDelivering(client: Client): client is Delivering {
  return (
    'deliver0' in client &&
    typeof client.deliver0 === 'function' &&
    'deliverQoS' in client &&
    typeof client.deliverQoS === 'function' &&
    'duplicates' in client
  );
}

function lower(a: Qos, b: Qos): Qos {
  return a < b ? a : b;
}

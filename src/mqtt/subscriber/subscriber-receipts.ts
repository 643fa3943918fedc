import type { IPublishPacket } from 'mqtt';
import { isOwnTopic } from '../../domain/own-topics.ts';
import type { Clock } from '../../domain/time.ts';
import type { Journal } from '../../journal/journal.ts';

/** What has been received in the broker's session; it outlives the connections. */
export type Receipts = {
  /**
   * Takes the packet's place in the journal at once, resolves when it is durable. A QoS 2 packet that the broker repeats
   * because it has not heard of its receipt is not journaled again.
   */
  take(packet: IPublishPacket): Promise<void>;
  /** PUBREL: the broker knows, and may use the id again. */
  release(messageId: number): void;
  /** The broker has begun a new session: its ids mean other packets now. */
  forget(): void;
};

export function openReceipts({
  journal,
  clock,
}: {
  readonly journal: Pick<Journal, 'append'>;
  readonly clock: Clock;
}): Receipts {
  // MQTT 5, 4.3.3: from PUBLISH to PUBREL the id stands for one message.
  const unreleased = new Map<number, Promise<void>>();
  let newest = Promise.resolve();
  const append = ({ topic, payload }: IPublishPacket): Promise<void> => {
    // A broker that is bridged to kvarter's own may send back what kvarter says; a wide filter is no reason to hear it.
    // It waits for those before it, because packets are acknowledged in their order: MQTT 5, 4.6.
    if (isOwnTopic(topic)) return newest.catch(() => undefined);
    newest = journal.append({
      kind: 'packet',
      receivedAtMs: clock(),
      topic,
      payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
    });
    return newest;
  };
  return {
    take: (packet) => {
      const { qos, messageId } = packet;
      if (qos !== 2 || messageId === undefined) return append(packet);
      const before = unreleased.get(messageId);
      if (before) return before;
      const durable = append(packet);
      unreleased.set(messageId, durable);
      durable.catch(() => {
        if (unreleased.get(messageId) === durable) unreleased.delete(messageId);
      });
      return durable;
    },
    release: (messageId) => unreleased.delete(messageId),
    forget: () => unreleased.clear(),
  };
}

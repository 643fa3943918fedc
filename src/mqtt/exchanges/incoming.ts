import type { Client } from 'aedes';
import { asError } from '../../domain/errors.ts';
import type { Exchange } from '../../journal/journal.ts';
import type { Exchanges } from './exchanges.ts';

/** What of a QoS 2 publish or its PUBREL is looked at here. */
type IncomingPacket = { readonly cmd: string; readonly messageId?: number | undefined };

/**
 * What aedes asks its persistence about QoS 2 publishes that come in. It does so behind `authorizePublish`, so an exchange
 * is open and durable already when it comes here.
 *
 * @param isFirst is it this copy of a PUBLISH that is to be forwarded?
 */
export function incomingOf(exchanges: Exchanges, isFirst: (packet: IncomingPacket) => boolean) {
  return {
    /** Found: PUBREC for a repeated PUBLISH, a release for a PUBREL. Not found: the message is forwarded. */
    incomingGetPacket: async (client: Client, packet: IncomingPacket): Promise<IncomingPacket> => {
      const isKnown =
        packet.cmd === 'pubrel' ? exchanges.isOpen(exchangeOf(client, packet)) : !isFirst(packet);
      if (!isKnown) throw new Error('no such packet');
      return packet;
    },
    incomingStorePacket: async (): Promise<void> => undefined,
    incomingDelPacket: async (client: Client, packet: IncomingPacket): Promise<void> => {
      try {
        await exchanges.release(exchangeOf(client, packet));
      } catch (cause) {
        // aedes sends PUBCOMP whatever happens here. Without a connection it cannot; the client releases again on the next.
        client.conn.destroy(asError(cause));
        throw cause;
      }
    },
    /** Of a clean session: before its CONNACK, and when its connection has ended. */
    cleanIncoming: (client: Client): Promise<void> =>
      exchanges.releaseAll(client.id, client.closed ? client : undefined),
  };
}

function exchangeOf({ id }: Client, { messageId = 0 }: IncomingPacket): Exchange {
  return { client: id, packetId: messageId };
}

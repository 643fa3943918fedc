import type { Aedes, Client } from 'aedes';

/**
 * How many clients there are, and never two with one client id [MQTT-3.1.4-2]. aedes keeps both until two connections
 * take over the same id at once: then the client that leaves takes another one's entry with it, the count drifts, and
 * both stay.
 */
export function trackSessions(aedes: Aedes): {
  readonly count: () => number;
  readonly has: (clientId: string) => boolean;
} {
  const byId = new Map<string, Client>();
  aedes.on('client', (client) => {
    // It left while aedes was still taking it in.
    if (client.closed || client.conn.destroyed) return;
    const previous = byId.get(client.id);
    byId.set(client.id, client);
    if (previous && previous !== client) previous.close();
    client.conn.once('close', () => {
      if (byId.get(client.id) === client) byId.delete(client.id);
    });
  });
  return { count: () => byId.size, has: (clientId) => byId.has(clientId) };
}

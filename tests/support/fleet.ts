import { setTimeout as wait } from 'node:timers/promises';
import { connect, type MqttClient, Store } from 'mqtt';

export type FleetOptions = {
  readonly port: number;
  readonly clients: number;
  /** Publishes of one client on their way at once. */
  readonly inFlight: number;
  /** Between an acknowledgement and the next publish in its place, ms; 0 unless set. */
  readonly pauseMs?: number;
  readonly qos: (client: number) => 1 | 2;
  readonly topic: (client: number) => string;
  /** The client's n-th message, from 0 on. */
  readonly payload: (client: number, number: number) => string;
};

/**
 * Real clients (MQTT.js) with persistent sessions and stores of their own: when the broker goes they reconnect, and send
 * again what was not acknowledged, all by themselves.
 */
export type Fleet = {
  /** Messages acknowledged so far: PUBACK, or PUBCOMP for QoS 2. */
  readonly acknowledged: () => number;
  /** Resolves when so many more are acknowledged. */
  readonly acknowledges: (more: number) => Promise<void>;
  /** No new messages; resolves with what each client has sent, when all of it is acknowledged. */
  readonly finish: () => Promise<readonly number[]>;
} & AsyncDisposable;

export function startFleet(options: FleetOptions): Fleet {
  const { inFlight, pauseMs = 0, topic, payload } = options;
  let acknowledged = 0;
  let [isEnding, isGone] = [false, false];
  let waiting: { at: number; resolve: () => void }[] = [];
  const sent = Array.from({ length: options.clients }, () => 0);
  const clients: MqttClient[] = [];

  const note = () => {
    acknowledged += 1;
    waiting = waiting.filter(({ at, resolve }) => {
      if (acknowledged < at) return true;
      resolve();
      return false;
    });
  };

  const lanes = sent.flatMap((_, client) => {
    const mqtt = connect(`mqtt://127.0.0.1:${options.port}`, {
      clientId: `fleet-${client}`,
      clean: false,
      // The broker may be away for longer than the default allows for a connection to be made.
      reconnectPeriod: 30,
      incomingStore: new Store({ clean: false }),
      outgoingStore: new Store({ clean: false }),
    });
    mqtt.on('error', () => undefined);
    clients.push(mqtt);
    const lane = async () => {
      while (!isEnding) {
        const number = sent[client] ?? 0;
        sent[client] = number + 1;
        const message = payload(client, number);
        // MQTT.js gives back what waited behind its resending when the connection closed again: that was never sent.
        while (
          !(await mqtt.publishAsync(topic(client), message, { qos: options.qos(client) }).then(
            () => true,
            () => false,
          ))
        ) {
          if (isGone) return;
        }
        note();
        if (pauseMs > 0) await wait(pauseMs);
      }
    };
    return Array.from({ length: inFlight }, lane);
  });
  const done = Promise.all(lanes);

  return {
    acknowledged: () => acknowledged,
    acknowledges: (more) => new Promise((resolve) => waiting.push({ at: acknowledged + more, resolve })),
    finish: async () => {
      isEnding = true;
      await done;
      return sent;
    },
    [Symbol.asyncDispose]: async () => {
      isEnding = isGone = true;
      for (const client of clients) await client.endAsync(true);
    },
  };
}

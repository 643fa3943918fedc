import { setTimeout as delay } from 'node:timers/promises';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import type { FleetPacket } from './district.ts';
import type { Line } from './network/route.ts';

/** How to reach the broker; names as MQTT.js has them (`ca`, `cert`, `key` in PEM for `mqtts://`). */
export type Broker = {
  /** `mqtt://host:port`, or `mqtts://`. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: Pick<IClientOptions, 'ca' | 'cert' | 'key'>;
};

/** What keeps a line from the broker. `isRefused`: waiting is of no use, the broker does not want it. */
export type LineProblem = { readonly message: string; readonly isRefused: boolean };

type LineOptions = {
  readonly broker: Broker;
  readonly clientId?: string;
  readonly will?: Line['will'];
  readonly onProblem: (problem: LineProblem) => void;
  readonly onConnected?: (client: MqttClient) => void;
};

export type OpenLine = {
  /** Resolves when there is room for one more packet, or the line is closed. */
  readonly room: () => Promise<void>;
  /** Resolves with true at the PUBACK, with false when the line is closed before. */
  readonly deliver: (packet: Pick<FleetPacket, 'topic' | 'payload'>) => Promise<boolean>;
  /** Loses the connection without a word, so that the broker publishes its will. */
  readonly lose: () => void;
  readonly restore: () => void;
  readonly close: () => Promise<void>;
};

/** Packets on their way: enough to fill a connection, little to send again when the broker comes back. */
const MAX_IN_FLIGHT = 200;
const RETRY_MS = 100;
/** CONNACK 4 and 5 [MQTT-3.2.2-3]: the password is wrong, or may not. */
const REFUSALS = new Set([4, 5, 134, 135]);

/** One MQTT 3.1.1 connection that waits for a broker that is away, and gives up no packet until it is closed. */
export function openLine({ broker, clientId, will, onProblem, onConnected }: LineOptions): OpenLine {
  const { url, username, password, tls } = broker;
  const client = connect(url, {
    protocolVersion: 4,
    // A refusal at the door (busy, or a password that is being changed) is waited out like silence.
    reconnectOnConnackError: true,
    ...(clientId === undefined ? {} : { clientId }),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...tls,
    ...(will && { will: { ...will, qos: 1 as const, retain: false } }),
  });
  const report = reportOnce(client, onProblem);
  if (onConnected) client.on('connect', () => onConnected(client));
  const closing = new AbortController();
  const inFlight = new Set<(isAcknowledged: boolean) => void>();
  const waiting: (() => void)[] = [];

  const publish = async ({ topic, payload }: Pick<FleetPacket, 'topic' | 'payload'>): Promise<boolean> => {
    while (!closing.signal.aborted) {
      try {
        await client.publishAsync(topic, payload, { qos: 1 });
        return true;
      } catch (cause) {
        // mqtt.js sends again what was on its way when a connection broke, but gives back what was waiting behind
        // that when the next one breaks too.
        if (closing.signal.aborted) break;
        report(cause);
        await delay(RETRY_MS, undefined, { signal: closing.signal }).catch(() => {});
      }
    }
    return false;
  };

  return {
    room: async () => {
      while (inFlight.size >= MAX_IN_FLIGHT && !closing.signal.aborted) {
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    deliver: (packet) =>
      new Promise((resolve) => {
        const done = (isAcknowledged: boolean) => {
          inFlight.delete(done);
          resolve(isAcknowledged);
          waiting.shift()?.();
        };
        inFlight.add(done);
        publish(packet).then(done, () => done(false));
      }),
    lose: () => {
      client.options.reconnectPeriod = 0;
      client.stream?.destroy();
    },
    restore: () => {
      client.options.reconnectPeriod = 1000;
      if (!client.connected && !closing.signal.aborted) client.reconnect();
    },
    close: async () => {
      closing.abort();
      for (const done of [...inFlight]) done(false);
      for (const resolve of waiting.splice(0)) resolve();
      await client.endAsync(true);
    },
  };
}

/** A refused connection to a host with two addresses is an AggregateError without words of its own. */
export function messageOf(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(messageOf).join('; ');
  return cause instanceof Error ? cause.message : String(cause);
}

/** A broker that stays away says so once, not once a second. */
function reportOnce(client: MqttClient, onProblem: (problem: LineProblem) => void): (cause: unknown) => void {
  let said = '';
  const report = (cause: unknown) => {
    const message = messageOf(cause);
    const code = cause instanceof Error && 'code' in cause ? Number(cause.code) : Number.NaN;
    if (message !== said) onProblem({ message, isRefused: REFUSALS.has(code) });
    said = message;
  };
  client.on('error', report);
  client.on('connect', () => {
    said = '';
  });
  return report;
}

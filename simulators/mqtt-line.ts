import { setTimeout as delay } from 'node:timers/promises';
import { connect, type MqttClient } from 'mqtt';
import type { FleetPacket } from './district.ts';

type LineOptions = {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly onProblem: (message: string) => void;
};

type Line = {
  /** Resolves when there is room for one more packet, or the line is closed. */
  readonly room: () => Promise<void>;
  /** Resolves with true at the PUBACK, with false when the line is closed before. */
  readonly deliver: (packet: FleetPacket) => Promise<boolean>;
  readonly close: () => Promise<void>;
};

/** Packets on their way: enough to fill a connection, little to send again when the broker comes back. */
const MAX_IN_FLIGHT = 200;
const RETRY_MS = 100;

/** One MQTT 3.1.1 connection that waits for a broker that is away, and gives up no packet until it is closed. */
export function openLine({ url, username, password, onProblem }: LineOptions): Line {
  const client = connect(url, {
    protocolVersion: 4,
    // A refusal at the door (busy, or a password that is being changed) is waited out like silence.
    reconnectOnConnackError: true,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  });
  const report = reportOnce(client, onProblem);
  const closing = new AbortController();
  const inFlight = new Set<(isAcknowledged: boolean) => void>();
  const waiting: (() => void)[] = [];

  const publish = async ({ topic, payload }: FleetPacket): Promise<boolean> => {
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
function reportOnce(client: MqttClient, onProblem: (message: string) => void): (cause: unknown) => void {
  let said = '';
  const report = (cause: unknown) => {
    const message = messageOf(cause);
    if (message !== said) onProblem(message);
    said = message;
  };
  client.on('error', report);
  client.on('connect', () => {
    said = '';
  });
  return report;
}

import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../src/domain/time.ts';
import type { District, FleetPacket } from './district.ts';
import { messageOf, openLine } from './mqtt-line.ts';

export type FleetOptions = {
  readonly district: Pick<District, 'packets'>;
  /** `mqtt://host:port`, or `mqtts://`. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** Event time: what is due by it is sent. May run faster than real time. */
  readonly clock: Clock;
  /** The first moment whose packets are sent. */
  readonly fromMs: number;
  /** MQTT connections; a topic stays with one of them, so that a device's packets keep their order. */
  readonly clients?: number;
  readonly onProblem: (message: string) => void;
};

export interface Fleet extends AsyncDisposable {
  /** Packets that were handed to MQTT. */
  readonly sent: () => number;
  /** Packets that the broker has acknowledged (PUBACK). */
  readonly acknowledged: () => number;
  /** Resolves when all that is due by now is acknowledged, or the fleet is closed. */
  settled(): Promise<void>;
}

/** Real time between looks at the clock. */
const BATCH_MS = 50;

/**
 * Publishes what a district has due over real MQTT 3.1.1 with QoS 1, in order of time. A broker that is away is waited
 * for: nothing that is due is left out, though what a broken connection left open is sent again, some of it twice.
 * Closing gives up what is in flight; await `settled()` first to have it all.
 */
export function startFleet(options: FleetOptions): Fleet {
  const { district, clock, onProblem } = options;
  const closing = new AbortController();
  const lines = Array.from({ length: options.clients ?? 1 }, () => openLine(options));
  let sent = 0;
  let acknowledged = 0;
  let reachedMs = options.fromMs;
  const inFlight = new Set<Promise<void>>();

  const send = async (packet: FleetPacket): Promise<void> => {
    const line = lines[spread(packet.topic) % lines.length];
    if (!line) return;
    await line.room();
    sent += 1;
    const delivery = line.deliver(packet).then((isAcknowledged) => {
      if (isAcknowledged) acknowledged += 1;
      inFlight.delete(delivery);
    });
    inFlight.add(delivery);
  };

  const sendDue = async (): Promise<void> => {
    const toMs = clock();
    if (toMs <= reachedMs) return;
    const packets = district.packets(reachedMs, toMs);
    reachedMs = toMs;
    for (const packet of packets) {
      if (closing.signal.aborted) return;
      await send(packet);
    }
  };
  // One at a time: the packets' order is that of the district.
  let turn: Promise<void> = Promise.resolve();
  const takeTurn = (): Promise<void> => {
    turn = turn.then(sendDue);
    return turn;
  };

  const run = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      await takeTurn();
      await delay(BATCH_MS, undefined, { signal: closing.signal }).catch(() => {});
    }
  };
  const running = run().catch((cause: unknown) => onProblem(messageOf(cause)));

  return {
    sent: () => sent,
    acknowledged: () => acknowledged,
    settled: async () => {
      await takeTurn();
      await Promise.all(inFlight);
    },
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await Promise.all(lines.map((line) => line.close()));
      await running;
    },
  };
}

function spread(topic: string): number {
  let sum = 0;
  for (let i = 0; i < topic.length; i += 1) sum = (Math.imul(sum, 31) + topic.charCodeAt(i)) >>> 0;
  return sum;
}

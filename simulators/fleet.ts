import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../src/domain/time.ts';
import { obeyCommands } from './commands.ts';
import type { District, FleetEvent, FleetPacket } from './district.ts';
import { type Broker, type LineProblem, messageOf, type OpenLine, openLine } from './mqtt-line.ts';

export type FleetOptions = {
  readonly district: Pick<District, 'events' | 'lines' | 'world'>;
  readonly broker: Broker;
  /** The broker as a line of its own name; default: {@link FleetOptions.broker} for all. */
  readonly brokerOf?: (line: string) => Broker;
  /** Event time: what is due by it is sent. May run faster than real time. */
  readonly clock: Clock;
  /** The first moment whose packets are sent. */
  readonly fromMs: number;
  /** MQTT connections at most. One for each line while that is enough; else several lines share one, without wills. */
  readonly connections?: number;
  /**
   * Event time is that of the clock on the wall; default: true. Wills, births and what a device says before its clock is set have no
   * time but that at which they come in: of another time they would tell a building of today in the middle of its past, so
   * then they are not published.
   */
  readonly isNow?: boolean;
  readonly onProblem: (problem: LineProblem) => void;
  /** A command for a flexible load has come, and what the load said to it. */
  readonly onCommand?: (says: string) => void;
};

export interface Fleet extends AsyncDisposable {
  /** Packets that were handed to MQTT. */
  readonly sent: () => number;
  /** Event time up to which that is all: behind the clock when it goes faster than the broker takes it. */
  readonly sentToMs: () => number;
  /** Packets that the broker has acknowledged (PUBACK). */
  readonly acknowledged: () => number;
  /** Resolves when all that is due by now is acknowledged, or the fleet is closed. */
  settled(): Promise<void>;
}

/** Real time between looks at the clock. */
const BATCH_MS = 50;
/**
 * Of simulated time: so far apart at most are packets that are on their way together. When it goes fast, the devices of a
 * connection that is served later would seem to be silent for as long, and two minutes of silence are told.
 */
const APART_MS = 90_000;
const MOST_CONNECTIONS = 1000;
/** The name of the line on which loads hear their commands. */
const COMMAND_LINE = 'commands';

/**
 * Publishes what a district has due over real MQTT 3.1.1 with QoS 1, in order of time, each device or gateway over a
 * connection of its own, and lets its flexible loads obey what is published on `kvarter/commands/{building}/{load}`. A
 * broker that is away is waited for: nothing that is due is left out, though what a broken connection left open is sent
 * again, some of it twice. Closing gives up what is in flight; await `settled()` first to have it all.
 */
export function startFleet(options: FleetOptions): Fleet {
  const { district, broker, brokerOf = () => broker, clock, isNow = true, onProblem } = options;
  const closing = new AbortController();
  const open = new Map<string, OpenLine>();
  const lines = [...district.lines.values()];
  const most = Math.max(options.connections ?? MOST_CONNECTIONS, 1);
  const isShared = lines.length > most;
  const nameOf = (line: string) => (isShared ? `shared-${spread(line) % most}` : line);
  for (const { id, will } of lines) {
    const name = nameOf(id);
    if (open.has(name)) continue;
    const ownWill = will && !isShared && isNow ? { will } : {};
    open.set(name, openLine({ broker: brokerOf(id), onProblem, ...ownWill }));
  }
  const obedient = obeyCommands({
    broker: brokerOf(COMMAND_LINE),
    onProblem,
    world: district.world,
    ...(options.onCommand && { onCommand: options.onCommand }),
  });
  let sent = 0;
  let acknowledged = 0;
  let reachedMs = options.fromMs;
  let sentToMs = options.fromMs;
  /** With the times of what was sent, in order. */
  const inFlight = new Map<Promise<void>, number>();

  const send = async (line: OpenLine, packet: FleetPacket): Promise<void> => {
    await line.room();
    sent += 1;
    const delivery = line.deliver(packet).then((isAcknowledged) => {
      if (isAcknowledged) acknowledged += 1;
      inFlight.delete(delivery);
    });
    inFlight.set(delivery, packet.atMs);
  };

  /** Waits until what was due long before is taken; one connection keeps its order by itself. */
  const follow = async (atMs: number): Promise<void> => {
    if (open.size === 1) return;
    for (const [delivery, sentMs] of inFlight) {
      if (sentMs >= atMs - APART_MS) return;
      await delivery;
    }
  };

  const happen = async (event: FleetEvent): Promise<void> => {
    const line = open.get(nameOf(event.line));
    if (!line) return;
    if (event.type === 'packet') return event.isUntimed && !isNow ? undefined : send(line, event);
    if (isShared) return;
    if (event.type === 'up') return line.restore();
    // What it sent before is not lost with it.
    await Promise.all(inFlight.keys());
    line.lose();
  };

  const sendDue = async (): Promise<void> => {
    const toMs = clock();
    if (toMs <= reachedMs) return;
    const events = district.events(reachedMs, toMs);
    reachedMs = toMs;
    for (const event of events) {
      await follow(event.atMs);
      if (closing.signal.aborted) return;
      await happen(event);
      sentToMs = event.atMs;
    }
    sentToMs = toMs;
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
  const running = run().catch((cause: unknown) => onProblem({ message: messageOf(cause), isRefused: false }));

  return {
    sent: () => sent,
    sentToMs: () => sentToMs,
    acknowledged: () => acknowledged,
    settled: async () => {
      await takeTurn();
      await Promise.all(inFlight.keys());
    },
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await Promise.all([...open.values(), obedient].map((line) => line.close()));
      await running;
    },
  };
}

function spread(topic: string): number {
  let sum = 0;
  for (let i = 0; i < topic.length; i += 1) sum = (Math.imul(sum, 31) + topic.charCodeAt(i)) >>> 0;
  return sum;
}
